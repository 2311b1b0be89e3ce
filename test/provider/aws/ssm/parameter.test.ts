import { afterAll, expect, test } from 'vitest';
import { seal } from '../../../../src/base/value.ts';
import { attributesOf } from '../../../../src/plan/attributes.ts';
import { openAws } from '../../../../src/provider/aws/open-aws.ts';
import { registry } from '../../../../src/provider/registry.ts';
import { typeSchemas } from '../../../../src/provider/schemas.ts';
import { quickClock } from '../../../contract/quick-clock.ts';
import { contextOf, create, type Made, plan, remove, type Workbench } from '../../../contract/workbench.ts';
import { awsClientConfig, describeWithServices } from '../../../services.ts';

await describeWithServices('parameters', ['moto'], async ({ moto }) => {
  const aws = openAws(awsClientConfig(moto));
  const bench: Workbench = {
    types: registry,
    schemas: typeSchemas,
    // A name that begins with `ssm` is refused: no stack's name may get into a parameter's.
    context: contextOf(aws, quickClock(), 'acme/shop:infra/ssm.yaml@test'),
  };
  afterAll(() => aws.destroy());

  test('a secret value is compared, and neither planned nor kept in the clear', async () => {
    const made = await create(bench, 'Token', 'AWS::SSM::Parameter', { Type: 'String', Value: 'hunter2!' });
    const secret = { Type: 'String', Value: seal('hunter2!', 'key') };
    const recorded: Made = {
      ...made,
      record: { ...made.record, properties: { ...made.record.properties, Value: secret.Value } },
    };
    const same = await plan(bench, recorded, secret);
    expect(same).toMatchObject({ action: 'none', differences: [], drift: [] });
    const other = await plan(bench, recorded, { ...secret, Value: seal('correct horse', 'key') });
    expect(other).toMatchObject({ action: 'update' });
    const kept = attributesOf(made.live, recorded.record.properties);
    expect(JSON.stringify([same, other, kept])).not.toMatch(/hunter2|correct horse/);
    await remove(bench, made);
  });

  test('a name is made up in the form of CloudFormation', async () => {
    const made = await create(bench, 'Region', 'AWS::SSM::Parameter', { Type: 'String', Value: 'x' });
    expect(made.live.physicalId).toMatch(/^CFN-Region-[A-Z2-7]{12}$/);
    expect(made.live.attributes.Arn).toBe(
      `arn:aws:ssm:eu-west-1:123456789012:parameter/${made.live.physicalId}`,
    );
    await remove(bench, made);
  });

  test('more than one call takes are all read', async () => {
    const made: Made[] = [];
    for (let n = 0; n < 23; n++) {
      const properties = { Name: `/shop/p${n}`, Type: 'String', Value: String(n) };
      made.push(await create(bench, `P${n}`, 'AWS::SSM::Parameter', properties));
    }
    const context = {
      ...bench.context,
      by: 'stack' as const,
      once: <T>(_key: string, ask: () => T) => ask(),
    };
    const found = await registry['AWS::SSM::Parameter']!.read(
      context,
      made.map((one) => one.record),
    );
    expect([...found.values()].map((one) => one.properties.Value)).toEqual(
      made.map((one) => one.record.properties.Value),
    );
    for (const one of made) await remove(bench, one);
  });
});
