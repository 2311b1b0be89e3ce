import { afterAll, expect, test } from 'vitest';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import { startFaultProxy } from '../../src/sandbox/fault-proxy/index.ts';
import { awsClientConfig, describeWithServices } from '../services.ts';
import { quickClock } from './quick-clock.ts';
import { stackOnMoto } from './stack-on-moto.ts';

await describeWithServices('a volume that is to leave a snapshot', ['moto'], async ({ moto }) => {
  const proxy = await startFaultProxy({ target: moto.url, clock: quickClock() });
  const config = awsClientConfig(moto, proxy.url);
  const aws = openAws(awsClientConfig(moto));
  afterAll(async () => {
    aws.destroy();
    await proxy.stop();
  });
  const data = (more: object, properties: object = {}) => ({
    Data: {
      Type: 'AWS::EC2::Volume',
      Properties: {
        AvailabilityZone: 'eu-west-1a',
        Size: 1,
        Tags: [{ Key: 'Name', Value: 'data' }],
        ...properties,
      },
      ...more,
    },
  });
  const snapshotsOf = async (VolumeId: string) => {
    const ec2 = await aws.ec2();
    const { Snapshots = [] } = await ec2.describeSnapshots({
      Filters: [{ Name: 'volume-id', Values: [VolumeId] }],
    });
    return Snapshots;
  };
  const volumesLeft = async () => ((await (await aws.ec2()).describeVolumes({})).Volumes ?? []).length;
  const idOf = async (stack: ReturnType<typeof stackOnMoto>, name: string) =>
    (await stack.state.resources(`acme/shop:infra/${name}.json@test`))[0]!.physicalId;

  test('leaves it when it is taken out of the template, with the tags of the volume', async () => {
    const stack = stackOnMoto('removed', config);
    expect((await stack.apply(data({ DeletionPolicy: 'Snapshot' }))).planned.diagnostics).toEqual([]);
    const id = await idOf(stack, 'removed');
    expect((await stack.apply(undefined)).status).toBe('succeeded');
    expect(await volumesLeft()).toBe(0);
    const [snapshot, ...more] = await snapshotsOf(id);
    expect(more).toEqual([]);
    expect(snapshot?.Tags).toEqual(
      expect.arrayContaining([
        { Key: 'Name', Value: 'data' },
        { Key: 'slipway:logical-id', Value: 'Data' },
      ]),
    );
  });

  test('leaves it when it is replaced, and none where the policy says Delete', async () => {
    const stack = stackOnMoto('replaced', config);
    await stack.apply(data({ UpdateReplacePolicy: 'Snapshot' }));
    const first = await idOf(stack, 'replaced');
    const moved = data({ UpdateReplacePolicy: 'Snapshot' }, { AvailabilityZone: 'eu-west-1b' });
    expect((await stack.apply(moved)).status).toBe('succeeded');
    const second = await idOf(stack, 'replaced');
    expect(second).not.toBe(first);
    expect(await snapshotsOf(first)).toHaveLength(1);
    await stack.apply(undefined);
    expect(await snapshotsOf(second)).toEqual([]);
    expect(await volumesLeft()).toBe(0);
  });

  test('leaves one only, though the answer to the call that made it was lost', async () => {
    const stack = stackOnMoto('lost', config);
    await stack.apply(data({ DeletionPolicy: 'Snapshot' }));
    const id = await idOf(stack, 'lost');
    proxy.rules.add({ match: { action: 'CreateSnapshot', nth: 1 }, fault: { kind: 'cut', when: 'after' } });
    expect((await stack.apply(undefined)).status).toBe('succeeded');
    expect(await snapshotsOf(id)).toHaveLength(1);
  });

  test('is asked in vain of a type that has none: nothing is planned', async () => {
    const stack = stackOnMoto('vain', config);
    const { diagnostics } = await stack.plan({
      Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' }, DeletionPolicy: 'Snapshot' },
    });
    expect(diagnostics).toMatchObject([{ code: 'plan-unsupported' }]);
  });
});
