import { afterAll, expect, test } from 'vitest';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import { likeAws, startFaultProxy } from '../../src/sandbox/fault-proxy/index.ts';
import { awsClientConfig, describeWithServices } from '../services.ts';
import { quickClock } from './quick-clock.ts';
import { stackOnMoto } from './stack-on-moto.ts';

await describeWithServices('the desired state of an instance', ['moto'], async ({ moto }) => {
  const proxy = await startFaultProxy({ target: moto.url, rules: likeAws, clock: quickClock() });
  const config = awsClientConfig(moto, proxy.url);
  const aws = openAws(awsClientConfig(moto));
  afterAll(async () => {
    aws.destroy();
    await proxy.stop();
  });
  const till = (State: string | undefined, type = 't3.micro') => ({
    Till: {
      Type: 'AWS::EC2::Instance',
      Properties: { ImageId: 'ami-12c6146b', InstanceType: type },
      ...(State === undefined ? {} : { Metadata: { Slipway: { State } } }),
    },
  });
  const states = async () => {
    const { Reservations = [] } = await (await aws.ec2()).describeInstances({});
    const all = Reservations.flatMap((one) => one.Instances ?? []);
    return all.map((one) => one.State?.Name).filter((name) => name !== 'terminated');
  };
  const changeOf = async (stack: ReturnType<typeof stackOnMoto>, resources: object) => {
    const { plan, diagnostics } = await stack.plan(resources);
    expect(diagnostics).toEqual([]);
    return plan?.changes[0];
  };

  test('stops and starts it in place, and plans to nothing then', async () => {
    const stack = stackOnMoto('till', config);
    await stack.apply(till(undefined));
    expect(await changeOf(stack, till('running'))).toMatchObject({ action: 'none' });
    expect(await changeOf(stack, till('stopped'))).toMatchObject({
      action: 'update',
      differences: [{ path: 'State', before: 'running', after: 'stopped', replaces: false }],
    });
    expect((await stack.apply(till('stopped'))).status).toBe('succeeded');
    expect(await states()).toEqual(['stopped']);
    expect(await changeOf(stack, till('stopped'))).toMatchObject({ action: 'none' });

    // What needs it stopped is done without starting it.
    const started = proxy.count('StartInstances');
    expect((await stack.apply(till('stopped', 't3.small'))).status).toBe('succeeded');
    expect(await states()).toEqual(['stopped']);
    expect(proxy.count('StartInstances')).toBe(started);

    expect((await stack.apply(till('running', 't3.small'))).status).toBe('succeeded');
    expect(await states()).toEqual(['running']);
    expect((await stack.apply(undefined)).status).toBe('succeeded');
  });

  test('one that somebody stopped has drifted from running, and not where the template does not mind', async () => {
    const stack = stackOnMoto('drifted', config);
    await stack.apply(till('running'));
    const [record] = await stack.state.resources('acme/shop:infra/drifted.json@test');
    await (await aws.ec2()).stopInstances({ InstanceIds: [record!.physicalId] });
    expect(await changeOf(stack, till('running'))).toMatchObject({
      action: 'update',
      drift: [{ path: 'State', before: 'running', after: 'stopped' }],
    });
    expect((await stack.apply(till(undefined, 't3.small'))).status).toBe('succeeded');
    expect(await states()).toEqual(['stopped']);
    expect(await changeOf(stack, till(undefined, 't3.small'))).toMatchObject({ action: 'none' });
    await stack.apply(undefined);
  });

  test('is there from the start', async () => {
    const stack = stackOnMoto('born', config);
    expect((await stack.apply(till('stopped'))).status).toBe('succeeded');
    expect(await states()).toEqual(['stopped']);
    expect(await changeOf(stack, till('stopped'))).toMatchObject({ action: 'none' });
    await stack.apply(undefined);
  });

  test.each([
    ['Till', till('asleep'), /'asleep'.*AWS::EC2::Instance/],
    [
      'Vpc',
      {
        Vpc: {
          Type: 'AWS::EC2::VPC',
          Properties: { CidrBlock: '10.0.0.0/16' },
          Metadata: { Slipway: { State: 'running' } },
        },
      },
      /AWS::EC2::VPC cannot have/,
    ],
  ])('refuses a state that does not exist: %s', async (_name, resources, message) => {
    const { diagnostics, plan } = await stackOnMoto('refused', config).plan(resources);
    expect(plan).toBeUndefined();
    expect(diagnostics).toMatchObject([
      { code: 'plan-unsupported', summary: expect.stringMatching(message) },
    ]);
  });
});
