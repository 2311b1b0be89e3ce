/** Rules of a group that are resources of their own leave those that the group has inline alone, and are left alone. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Properties } from '../../src/base/value.ts';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import type { Live } from '../../src/provider/provider.ts';
import { registry } from '../../src/provider/registry.ts';
import { typeSchemas } from '../../src/provider/schemas.ts';
import { likeAws, startFaultProxy } from '../../src/sandbox/fault-proxy/index.ts';
import { awsClientConfig, describeWithServices } from '../services.ts';
import { quickClock } from './quick-clock.ts';
import { contextOf, create, makeNeeds, plan, read, remove, update, type Workbench } from './workbench.ts';

const https = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '0.0.0.0/0' };
const http = { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIp: '0.0.0.0/0' };

await describeWithServices('standalone rules of a security group', ['moto'], async ({ moto }) => {
  const clock = quickClock();
  const proxy = await startFaultProxy({ target: moto.url, rules: likeAws, clock });
  const aws = openAws(awsClientConfig(moto, proxy.url));
  const bench = (stack: string): Workbench => ({
    types: registry,
    schemas: typeSchemas,
    context: contextOf(aws, clock, `acme/shop:infra/${stack}.yaml@test`),
  });
  const own = bench('rules');
  let refs: ReadonlyMap<string, Live>;
  let removeNeeds: () => Promise<void>;
  const group = (): Properties => ({
    GroupDescription: 'example',
    VpcId: refs.get('Vpc')!.physicalId,
    SecurityGroupIngress: [https],
  });

  beforeAll(async () => {
    const needs = { Vpc: { type: 'AWS::EC2::VPC', properties: { CidrBlock: '10.0.0.0/16' } } };
    ({ refs, remove: removeNeeds } = await makeNeeds(own, { needs }));
  });
  afterAll(async () => {
    await removeNeeds();
    aws.destroy();
    await proxy.stop();
  });

  test.each([
    ['of its own stack', 'rules'],
    ['of another stack', 'other'],
  ])('a group with rules %s plans to nothing, and they outlive a change of its own', async (_name, stack) => {
    const made = await create(own, 'Group', 'AWS::EC2::SecurityGroup', group());
    const GroupId = made.live.physicalId;
    const ingress = { GroupId, IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '10.0.0.0/8' };
    const egress = { GroupId, IpProtocol: 'udp', FromPort: 53, ToPort: 53, CidrIp: '10.0.0.0/8' };
    const rules = [
      await create(bench(stack), 'In', 'AWS::EC2::SecurityGroupIngress', ingress),
      await create(bench(stack), 'Out', 'AWS::EC2::SecurityGroupEgress', egress),
    ];

    expect(await plan(own, made, group())).toMatchObject({ action: 'none', drift: [] });
    const changed = { ...group(), SecurityGroupIngress: [http] };
    const edited = await update(own, made, (await read(own, made))!, changed);
    expect(await plan(own, edited, changed)).toMatchObject({ action: 'none', drift: [] });
    for (const rule of rules) expect(await read(bench(stack), rule)).toBeDefined();

    for (const one of [...rules, edited]) await remove(own, one);
  });

  test('a rule that nobody owns is still drift of its group', async () => {
    const made = await create(own, 'Group', 'AWS::EC2::SecurityGroup', group());
    const ec2 = await aws.ec2();
    await ec2.authorizeSecurityGroupIngress({ GroupId: made.live.physicalId, ...http });
    expect(await plan(own, made, group())).toMatchObject({
      action: 'update',
      drift: [{ path: 'SecurityGroupIngress' }],
    });
    await remove(own, made);
  });

  test('a group without rules of others is read in one call', async () => {
    const made = await create(own, 'Group', 'AWS::EC2::SecurityGroup', group());
    const asked = () => aws.calls.get('EC2.DescribeSecurityGroupRules') ?? 0;
    const before = asked();
    await read(own, made);
    expect(asked()).toBe(before);
    await remove(own, made);
  });

  test('a rule that becomes inline outlives the resource that it was', async () => {
    const made = await create(own, 'Group', 'AWS::EC2::SecurityGroup', group());
    const alone = { GroupId: made.live.physicalId, ...http };
    const rule = await create(own, 'In', 'AWS::EC2::SecurityGroupIngress', alone);
    const changed = { ...group(), SecurityGroupIngress: [https, http] };
    const edited = await update(own, made, (await read(own, made))!, changed);
    await remove(own, rule);
    expect(await plan(own, edited, changed)).toMatchObject({ action: 'none', drift: [] });
    await remove(own, edited);
  });

  test('two groups whose rules name one another are made, and go', async () => {
    const a = await create(own, 'A', 'AWS::EC2::SecurityGroup', group());
    const b = await create(own, 'B', 'AWS::EC2::SecurityGroup', group());
    const between = (from: string, to: string) => ({
      GroupId: to,
      IpProtocol: '-1',
      SourceSecurityGroupId: from,
    });
    const [idA, idB] = [a.live.physicalId, b.live.physicalId];
    const rules = [
      await create(own, 'AToB', 'AWS::EC2::SecurityGroupIngress', between(idA, idB)),
      await create(own, 'BToA', 'AWS::EC2::SecurityGroupIngress', between(idB, idA)),
    ];
    for (const one of [a, b]) expect(await plan(own, one, group())).toMatchObject({ action: 'none' });
    expect(await plan(own, rules[0]!, between(idA, idB))).toMatchObject({ action: 'none' });
    for (const one of [...rules, a, b]) await remove(own, one);
    for (const one of [...rules, a, b]) expect(await read(own, one)).toBeUndefined();
  });
});
