import { afterAll, describe, expect, test } from 'vitest';
import { hasChanges } from '../../src/plan/plan.ts';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import { type ApplyRequest, applyStack } from '../../src/workflow/apply-stack.ts';
import { planStack, type StackSource } from '../../src/workflow/plan-stack.ts';
import { awsClientConfig, describeWithServices } from '../services.ts';
import { workflowOnMoto } from './stack-on-moto.ts';

const network = (outputs: object | undefined, cidr = '10.0.0.0/16') => ({
  Resources: { Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: cidr } } },
  ...(outputs ? { Outputs: outputs } : {}),
});
const exporting = (name: string) => ({ Id: { Value: { Ref: 'Vpc' }, Export: { Name: name } } });
const user = (vpc: unknown) => ({
  Resources: {
    Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'x', VpcId: vpc } },
  },
});
const importing = user({ 'Fn::ImportValue': 'net-vpc' });

await describeWithServices('exports between stacks', ['moto'], async ({ moto }) => {
  const config = awsClientConfig(moto);
  const aws = openAws(config);
  afterAll(() => aws.destroy());

  function open(name: string) {
    const workflow = workflowOnMoto(name, config);
    const sourceOf = (stack: string, template: object | undefined): StackSource => ({
      stack: `acme/shop:${stack}.json@test`,
      environment: { name: 'test', after: [], approvals: [] },
      file: `${stack}.json`,
      text: template && JSON.stringify(template, undefined, 1),
      packs: [],
    });
    const apply = (
      stack: string,
      template: object | undefined,
      permit: ApplyRequest['permit'] = () => true,
      more: Partial<ApplyRequest> & Pick<StackSource, 'adopts'> = {},
    ) => {
      const { adopts, ...request } = more;
      const source = { ...sourceOf(stack, template), ...(adopts ? { adopts } : {}) };
      return applyStack(workflow, { source, cause: {}, permit, ...request });
    };
    return {
      apply,
      exports: async () => Object.fromEntries(await workflow.state.exports('123456789012', config.region)),
      async problems(stack: string, template: object | undefined) {
        const { diagnostics, plan } = await planStack(workflow, sourceOf(stack, template));
        expect(plan === undefined).toBe(diagnostics.length > 0);
        return diagnostics.map((d) => `${d.code} ${d.where?.line}: ${d.summary}`);
      },
      async succeed(stack: string, template: object | undefined) {
        const { status, planned } = await apply(stack, template);
        expect({ status, problems: planned.diagnostics }).toEqual({ status: 'succeeded', problems: [] });
      },
    };
  }

  test('one that another stack imports can be neither deleted nor renamed nor changed, until that lets it go', async () => {
    const { problems, succeed } = open('in-use');
    await succeed('net', network(exporting('net-vpc')));
    await succeed('app', importing);
    const by = 'acme/shop:app.json@test imports it';
    expect(await problems('net', network(exporting('net-id')))).toEqual([
      `export-in-use 11: The export net-vpc cannot be renamed to net-id: ${by}`,
    ]);
    const gone = [`export-in-use undefined: The export net-vpc cannot be deleted: ${by}`];
    expect(await problems('net', network(undefined))).toEqual(gone);
    expect(await problems('net', undefined)).toEqual(gone);
    expect(await problems('net', network(exporting('net-vpc'), '10.1.0.0/16'))).toEqual([
      `export-in-use 11: The export net-vpc cannot have another value: ${by}`,
    ]);
    // Another output, or another resource, is nobody's business.
    expect(await problems('net', network({ ...exporting('net-vpc'), More: { Value: 'x' } }))).toEqual([]);

    await succeed('app', undefined);
    await succeed('net', network(exporting('net-vpc'), '10.1.0.0/16'));
    await succeed('net', undefined);
  });

  test('importers are all named, and one that imports no more is none', async () => {
    const { problems, succeed } = open('several');
    await succeed('net', network(exporting('net-vpc')));
    for (const app of ['a', 'b', 'c']) await succeed(app, importing);
    await succeed('b', { Resources: { Gateway: { Type: 'AWS::EC2::InternetGateway' } } });
    expect(await problems('net', undefined)).toEqual([
      'export-in-use undefined: The export net-vpc cannot be deleted: acme/shop:a.json@test, acme/shop:c.json@test import it',
    ]);
    for (const app of ['a', 'b', 'c', 'net']) await succeed(app, undefined);
  });

  test('one that a stack begins to import, or imports no more, is a change to be approved, where no resource changes', async () => {
    const { apply, exports, succeed } = open('only-imports');
    await succeed('net', network(exporting('net-vpc')));
    const literal = user((await exports())['net-vpc']);
    await succeed('app', literal);
    const planOf = async (template: object) => (await apply('app', template, () => false)).planned.plan!;

    const begins = await planOf(importing);
    expect(begins.changes.map((c) => c.action)).toEqual(['none']);
    expect(begins.importChanges).toEqual({ added: ['net-vpc'], removed: [] });
    expect([hasChanges(begins), hasChanges(await planOf(literal))]).toEqual([true, false]);
    await succeed('app', importing);
    expect(hasChanges(await planOf(importing))).toBe(false);

    expect((await planOf(literal)).importChanges).toEqual({ added: [], removed: ['net-vpc'] });
    await succeed('app', literal);
    await succeed('net', network(undefined));
    await succeed('app', undefined);
    await succeed('net', undefined);
  });

  test('one that a stack was made with stays in use when that takes over one resource of a later template', async () => {
    const { apply, problems, succeed } = open('adopting');
    const properties = { LogGroupName: '/exports/adopted' };
    const logs = { Logs: { Type: 'AWS::Logs::LogGroup', DeletionPolicy: 'Retain', Properties: properties } };
    await succeed('net', network(exporting('net-vpc')));
    await succeed('app', importing);
    await succeed('maker', { Resources: logs });
    await succeed('maker', undefined);
    const { Resources } = user('vpc-0a1b2c3d4e5f67890');
    const adopts = { logicalId: 'Logs', physicalId: properties.LogGroupName };
    const later = { Resources: { ...Resources, ...logs } };
    const adopted = await apply('app', later, undefined, { adopts });
    expect(adopted.planned.plan?.changes.map((c) => c.action)).toEqual(['import']);
    expect(adopted.status).toBe('succeeded');
    expect(await problems('net', undefined)).toEqual([
      'export-in-use undefined: The export net-vpc cannot be deleted: acme/shop:app.json@test imports it',
    ]);
    await succeed('app', undefined);
    await succeed('net', undefined);
  });

  describe('when one stack takes it away while another begins to import it,', () => {
    test('the one that comes second is refused', async () => {
      const { apply, succeed } = open('race');
      await succeed('net', network(exporting('net-vpc')));
      const taken = await apply('net', network(undefined), async () => {
        await succeed('app', importing);
        return true;
      });
      expect(taken.status).toBe('unplannable');
      expect(taken.planned.diagnostics).toMatchObject([{ code: 'export-in-use' }]);

      await succeed('app', undefined);
      const late = await apply('app', importing, async () => {
        await succeed('net', network(undefined));
        return true;
      });
      expect(late.status).toBe('unplannable');
      expect(late.planned.diagnostics).toMatchObject([{ code: 'plan-stale' }]);
      await succeed('net', undefined);
    });

    test('a name is taken from the moment an apply begins, has a value only when it ends, and is free when it is let go', async () => {
      const { apply, exports, succeed } = open('name');
      const named = (name: string, cidr?: string) => network(exporting(name), cidr);
      const rival = async () => {
        expect(await exports()).toEqual({});
        const { status, planned } = await apply('evil', named('net-vpc'));
        return `${status} ${planned.diagnostics.map((d) => d.summary)}`;
      };
      const taken = 'unplannable The export net-vpc belongs to acme/shop:net.json@test';
      const during = async (template: object) => {
        let said: string | undefined;
        const onRun = async () => {
          said = await rival();
        };
        expect((await apply('net', template, undefined, { onRun })).status).toBe('succeeded');
        return said;
      };
      // New, with another value, and by a stack that was destroyed before.
      expect(await during(named('net-vpc'))).toBe(taken);
      expect(await during(named('net-vpc', '10.1.0.0/16'))).toBe(taken);
      await succeed('net', undefined);
      expect(await during(named('net-vpc'))).toBe(taken);
      expect(Object.keys(await exports())).toEqual(['net-vpc']);

      await succeed('net', named('net-id'));
      const late = await apply('net', named('net-vpc'), async () => {
        await succeed('evil', named('net-vpc'));
        return true;
      });
      expect(late.status).toBe('unplannable');
      expect(late.planned.diagnostics).toMatchObject([{ code: 'export-taken' }]);
      expect(Object.keys(await exports()).sort()).toEqual(['net-id', 'net-vpc']);
      for (const stack of ['evil', 'net']) await succeed(stack, undefined);
    });

    test('a name that a failed apply was about to take is free, and one that it had before is not', async () => {
      const { apply, problems, succeed } = open('failed');
      const nowhere = {
        Table: { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: 'vpc-0123456789abcdef0' } },
      };
      const broken = (name: string, cidr?: string) => {
        const { Resources, ...outputs } = network(exporting(name), cidr);
        return { Resources: { ...Resources, ...nowhere }, ...outputs };
      };
      expect((await apply('net', broken('net-vpc'))).status).toBe('failed');
      await succeed('other', network(exporting('net-vpc')));
      expect(await problems('net', network(exporting('net-vpc')))).toEqual([
        'export-taken 11: The export net-vpc belongs to acme/shop:other.json@test',
      ]);
      await succeed('other', undefined);

      await succeed('net', network(exporting('net-vpc')));
      expect((await apply('net', broken('net-vpc', '10.1.0.0/16'))).status).toBe('failed');
      expect((await apply('net', broken('net-vpc', '10.1.0.0/16'))).status).toBe('failed');
      expect(await problems('other', network(exporting('net-vpc')))).toEqual([
        'export-taken 11: The export net-vpc belongs to acme/shop:net.json@test',
      ]);
      await succeed('net', network(exporting('net-vpc')));
      await succeed('net', undefined);
    });

    test('never both of two that are at it at the very same time', async () => {
      for (let n = 0; n < 5; n++) {
        const { apply, succeed } = open(`both-${n}`);
        await succeed('net', network(exporting('net-vpc')));
        const barrier = Promise.withResolvers<void>();
        let waiting = 2;
        const meet = async () => {
          waiting--;
          if (waiting === 0) barrier.resolve();
          await barrier.promise;
          return true;
        };
        const ended = await Promise.all([
          apply('net', network(undefined), meet),
          apply('app', importing, meet),
        ]);
        expect(ended.filter((one) => one.status === 'succeeded').length).toBeLessThan(2);
        await succeed('app', undefined);
        await succeed('net', undefined);
      }
    });
  });
});
