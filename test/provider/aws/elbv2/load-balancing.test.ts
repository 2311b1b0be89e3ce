import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Properties } from '../../../../src/base/value.ts';
import { openAws } from '../../../../src/provider/aws/open-aws.ts';
import type { Live } from '../../../../src/provider/provider.ts';
import { registry } from '../../../../src/provider/registry.ts';
import { typeSchemas } from '../../../../src/provider/schemas.ts';
import { listenerNeeds, notFound } from '../../../contract/examples/load-balancing.ts';
import { quickClock } from '../../../contract/quick-clock.ts';
import {
  contextOf,
  create,
  type Made,
  makeNeeds,
  plan,
  readBy,
  remove,
  resolve,
  update,
  type Workbench,
} from '../../../contract/workbench.ts';
import { awsClientConfig, describeWithServices } from '../../../services.ts';

const elb = (name: string) => `AWS::ElasticLoadBalancingV2::${name}`;

await describeWithServices('load balancing', ['moto'], async ({ moto }) => {
  const aws = openAws(awsClientConfig(moto));
  const bench: Workbench = {
    types: registry,
    schemas: typeSchemas,
    context: contextOf(aws, quickClock(), 'acme/shop:infra/balancing.yaml@test'),
  };
  let refs: ReadonlyMap<string, Live>;
  let removeNeeds: () => Promise<void>;
  beforeAll(async () => {
    const needs = await makeNeeds(bench, { needs: listenerNeeds });
    refs = needs.refs;
    removeNeeds = needs.remove;
  });
  afterAll(async () => {
    await removeNeeds();
    aws.destroy();
  });
  const make = (type: string, properties: Properties) =>
    create(bench, 'Example', elb(type), resolve(properties, refs) as Properties);
  const subnets = [{ Ref: 'SubnetA' }, { Ref: 'SubnetB' }];

  test.each<[string, Properties]>([
    ['LoadBalancer', { Name: 'taken', Subnets: subnets }],
    ['TargetGroup', { Name: 'taken', VpcId: { Ref: 'Vpc' }, Protocol: 'HTTP', Port: 80 }],
  ])('a %s does not take over what has its name already', async (type, properties) => {
    const first = await make(type, properties);
    await expect(make(type, properties)).rejects.toMatchObject({
      code: 'cloud-refused',
      problem: { remedy: 'Choose another Name, or leave it out to have one made up.' },
    });
    await remove(bench, first);
  });

  test.each<[string, (n: number) => Properties, number]>([
    ['LoadBalancer', () => ({ Subnets: subnets }), 2],
    ['TargetGroup', (n) => ({ VpcId: { Ref: 'Vpc' }, Protocol: 'HTTP', Port: 8000 + n }), 2],
    [
      'Listener',
      (n) => ({
        LoadBalancerArn: { Ref: 'Balancer' },
        Port: 8000 + n,
        Protocol: 'HTTP',
        DefaultActions: [notFound],
      }),
      2,
    ],
  ])('many of %s are read as one is, in calls that do not grow', async (type, propertiesOf, most) => {
    const made: Made[] = [];
    for (let n = 0; n < 7; n++) made.push(await make(type, propertiesOf(n)));
    const records = made.map((one, n) => ({ ...one.record, logicalId: `Example${n}` }));
    const total = () => [...aws.calls.values()].reduce((sum, n) => sum + n, 0);
    const context = { ...bench.context, once: <T>(_key: string, ask: () => Promise<T>) => ask() };
    const before = total();
    const inBulk = await registry[elb(type)]!.read({ ...context, by: 'stack' }, records);
    expect(total() - before).toBeLessThanOrEqual(most);
    expect(inBulk.size).toBe(7);
    expect(inBulk).toEqual(await registry[elb(type)]!.read({ ...context, by: 'id' }, records));
    for (const one of made) await remove(bench, one);
  });

  test('targets that something else registered are left alone', async () => {
    const own = {
      VpcId: { Ref: 'Vpc' },
      Protocol: 'HTTP',
      Port: 80,
      TargetType: 'ip',
      Targets: [{ Id: '10.20.1.7' }],
    };
    const properties = resolve(own, refs) as Properties;
    const group = await make('TargetGroup', own);
    const TargetGroupArn = group.live.physicalId;
    const client = await aws.elbv2();
    await client.registerTargets({ TargetGroupArn, Targets: [{ Id: '10.20.1.99' }] });
    expect(await plan(bench, group, properties)).toMatchObject({ action: 'none', drift: [] });
    const bare = { ...properties, Targets: [] };
    await update(bench, group, (await readBy(bench, 'stack', group))!, bare);
    const { TargetHealthDescriptions = [] } = await client.describeTargetHealth({ TargetGroupArn });
    expect(TargetHealthDescriptions.map((one) => one.Target?.Id)).toEqual(['10.20.1.99']);
    await remove(bench, group);
  });

  test('rules that move along one another wait for the place to be free', async () => {
    const listener = await make('Listener', {
      LoadBalancerArn: { Ref: 'Balancer' },
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [notFound],
    });
    const rule = (Priority: number, path: string) => ({
      ListenerArn: listener.live.physicalId,
      Priority,
      Conditions: [{ Field: 'path-pattern', Values: [path] }],
      Actions: [notFound],
    });
    const [first, second] = [
      await make('ListenerRule', rule(10, '/a')),
      await make('ListenerRule', rule(20, '/b')),
    ];
    const [moved] = await Promise.all([
      update(bench, first, (await readBy(bench, 'stack', first))!, rule(20, '/a')),
      update(bench, second, (await readBy(bench, 'stack', second))!, rule(30, '/b')),
    ]);
    expect(await plan(bench, moved, rule(20, '/a'))).toMatchObject({ action: 'none' });
    for (const one of [first, second, listener]) await remove(bench, one);
  });
});
