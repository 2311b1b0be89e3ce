import { afterAll, expect, test } from 'vitest';
import type { Properties } from '../../../../src/base/value.ts';
import { autoScalingGroup } from '../../../../src/provider/aws/auto-scaling/auto-scaling-group.ts';
import type { Aws } from '../../../../src/provider/aws/aws.ts';
import { openAws } from '../../../../src/provider/aws/open-aws.ts';
import type { ProviderContext } from '../../../../src/provider/provider.ts';
import { quickClock } from '../../../contract/quick-clock.ts';
import { contextOf } from '../../../contract/workbench.ts';
import { awsClientConfig, describeWithServices } from '../../../services.ts';

/** Calls that change a group, as they are told of here. */
const told: Readonly<Record<string, string>> = {
  createTags: 'mark',
  createOrUpdateTags: 'note',
  updateAutoScalingGroup: 'update',
  terminateInstanceInAutoScalingGroup: 'terminate',
  setDesiredCapacity: 'desire',
  suspendProcesses: 'suspend',
  resumeProcesses: 'resume',
  deleteTags: 'forget',
};

interface Watched {
  readonly context: ProviderContext;
  readonly log: string[];
}

await describeWithServices('a rolling update of a group', ['moto'], async ({ moto }) => {
  const aws = openAws(awsClientConfig(moto));
  afterAll(() => aws.destroy());
  const autoScaling = await aws.autoScaling();

  /** Tells of each call that changes something. With `diesAt`, the process dies there: `after 3`. */
  function watched(diesAt?: string): Watched {
    const log: string[] = [];
    let calls = 0;
    const wrap = <Client extends object>(client: Client): Client =>
      new Proxy(client, {
        get(target, name: string) {
          const member = Reflect.get(target, name) as unknown;
          if (typeof member !== 'function') return member;
          return async (input: Record<string, unknown>) => {
            const said = told[name];
            if (said === undefined) return Reflect.apply(member, target, [input]);
            calls += 1;
            const at = calls;
            const answer: unknown = await Reflect.apply(member, target, [input]);
            log.push([said, ...detailOf(input)].join(' '));
            if (diesAt === `after ${at}`) throw new Error('died');
            return answer;
          };
        },
      });
    // Paginators take the client itself.
    const clock = quickClock();
    const client = async (open: () => Promise<object>) => {
      const real = await open();
      const wrapped = wrap(real);
      return new Proxy(real, {
        get: (target, name: string) =>
          name.startsWith('paginate')
            ? (Reflect.get(target, name) as (...all: unknown[]) => unknown).bind(target)
            : Reflect.get(name in told ? wrapped : target, name),
      });
    };
    const spied = { ...aws, autoScaling: () => client(aws.autoScaling), ec2: () => client(aws.ec2) } as Aws;
    const context = contextOf(spied, clock, 'acme/shop:infra/rolling.json@test');
    return {
      log,
      context: {
        ...context,
        clock: {
          ...clock,
          async sleep(ms, signal) {
            if (ms >= 60_000) log.push(`pause ${ms / 60_000}`);
            await clock.sleep(ms, signal);
          },
        },
      },
    };
  }

  function detailOf({
    ShouldDecrementDesiredCapacity,
    DesiredCapacity,
    ScalingProcesses,
  }: Record<string, unknown>) {
    if (ShouldDecrementDesiredCapacity === true) return ['one for good'];
    if (Array.isArray(ScalingProcesses)) return ScalingProcesses.map(String);
    return DesiredCapacity === undefined ? [] : [String(DesiredCapacity)];
  }

  let names = 0;
  /** A group of old instances, and the update that wants new ones. */
  async function made(sizes: Properties, rolling: Properties) {
    names += 1;
    const name = `rolling${names}`;
    for (const [which, InstanceType] of [
      ['old', 't3.micro'],
      ['new', 't3.small'],
    ] as const) {
      await autoScaling.createLaunchConfiguration({
        LaunchConfigurationName: `${name}-${which}`,
        ImageId: 'ami-12c6146b',
        InstanceType,
      });
    }
    const properties = (which: string) =>
      autoScalingGroup.canonicalise({
        AutoScalingGroupName: name,
        LaunchConfigurationName: `${name}-${which}`,
        AvailabilityZones: ['eu-west-1a'],
        ...sizes,
        UpdatePolicy: { AutoScalingRollingUpdate: rolling },
      });
    const { context } = watched();
    await autoScalingGroup.create(context, {
      logicalId: 'Group',
      intent: name,
      properties: properties('old'),
      ownership: {},
    });
    const update = (within: ProviderContext) =>
      autoScalingGroup.update(within, {
        logicalId: 'Group',
        physicalId: name,
        before: properties('old'),
        after: properties('new'),
        ownership: {},
      });
    return { name, update, wanted: properties('new') };
  }

  async function groupNamed(name: string) {
    const { AutoScalingGroups } = await autoScaling.describeAutoScalingGroups({
      AutoScalingGroupNames: [name],
    });
    return AutoScalingGroups![0]!;
  }

  /** What is there when all is over, and how many instances there have been. */
  async function outcome(name: string) {
    const group = await groupNamed(name);
    const { Instances = [], Tags = [], SuspendedProcesses = [], DesiredCapacity } = group;
    const ec2 = await aws.ec2();
    const { Reservations = [] } = await ec2.describeInstances({
      Filters: [{ Name: 'instance-state-name', Values: ['terminated'] }],
    });
    const gone = Reservations.flatMap((one) => one.Instances ?? []).filter((one) =>
      one.Tags?.some(({ Key, Value }) => Key === 'slipway:outdated' && Value === name),
    );
    return {
      types: Instances.map((one) => one.InstanceType),
      desired: DesiredCapacity,
      suspended: SuspendedProcesses.map((one) => one.ProcessName),
      notes: Tags.map(({ Key }) => Key),
      gone: gone.length,
    };
  }

  const done = (count: number) => ({
    types: Array.from({ length: count }, () => 't3.small'),
    desired: count,
    suspended: [],
    notes: [],
    gone: count,
  });

  test.each<[string, Properties, Properties, number, string[]]>([
    [
      'one after the other, where nothing else is said',
      { MinSize: '2', MaxSize: '4' },
      {},
      2,
      ['mark', 'note', 'update', 'terminate', 'terminate', 'forget'],
    ],
    [
      'in batches with a pause, while others are suspended',
      { MinSize: '3', MaxSize: '4' },
      { MaxBatchSize: 2, PauseTime: 'PT10M', SuspendProcesses: ['AZRebalance', 'Launch'] },
      3,
      [
        'mark',
        'note',
        'update',
        'suspend AZRebalance',
        'terminate',
        'terminate',
        'pause 10',
        'terminate',
        'pause 10',
        'resume AZRebalance',
        'forget',
      ],
    ],
    [
      'with the default pause where signals were to come',
      { MinSize: '1', MaxSize: '1' },
      { WaitOnResourceSignals: true },
      1,
      ['mark', 'note', 'update', 'terminate', 'pause 5', 'forget'],
    ],
    [
      'no more at once than leaves enough in service',
      { MinSize: '3', MaxSize: '4' },
      { MaxBatchSize: 3, MinInstancesInService: 1 },
      3,
      ['mark', 'note', 'update', 'terminate', 'terminate', 'terminate', 'forget'],
    ],
    [
      'with new ones first where all are to stay in service',
      { MinSize: '2', MaxSize: '3' },
      { MaxBatchSize: 2, MinInstancesInService: 2 },
      2,
      [
        'mark',
        'note',
        'update',
        'note',
        'desire 3',
        'terminate one for good',
        'note',
        'desire 3',
        'terminate one for good',
        'forget',
      ],
    ],
  ])('replaces its instances %s', async (_, sizes, rolling, count, expected) => {
    const { name, update } = await made(sizes, rolling);
    const { context, log } = watched();
    await update(context);
    expect(log).toEqual(expected);
    expect(await outcome(name)).toEqual(done(count));
  });

  test.each<[string, Properties, Properties, number]>([
    [
      'in batches',
      { MinSize: '3', MaxSize: '4' },
      { MaxBatchSize: 2, MinInstancesInService: 1, SuspendProcesses: ['HealthCheck'] },
      3,
    ],
    ['new ones first', { MinSize: '2', MaxSize: '3' }, { MinInstancesInService: 2 }, 2],
  ])(
    'goes on where a process died, after every call: %s',
    { timeout: 120_000 },
    async (_, sizes, rolling, count) => {
      const whole = await made(sizes, rolling);
      const { context, log } = watched();
      await whole.update(context);
      // Before a call is after the one before it.
      const deaths = log.map((call, at) => ({ call, point: `after ${at + 1}` }));
      const ends = await Promise.all(
        deaths.map(async ({ call, point }) => {
          const { name, update } = await made(sizes, rolling);
          await expect(update(watched(point).context)).rejects.toThrow('died');
          await update(watched().context);
          return [call, await outcome(name)];
        }),
      );
      expect(ends).toEqual(log.map((call) => [call, done(count)]));
    },
  );

  test('what has not come to its end is a difference, until it has', async () => {
    const { name, update, wanted } = await made({ MinSize: '2', MaxSize: '2' }, { MaxBatchSize: 1 });
    await expect(update(watched('after 4').context)).rejects.toThrow('died');
    const { context } = watched();
    const read = async () => {
      const asked = { ...context, by: 'id' as const, once: <T>(_: string, ask: () => Promise<T>) => ask() };
      const found = await autoScalingGroup.read(asked, [
        { logicalId: 'Group', physicalId: name, properties: wanted },
      ]);
      return found.get('Group')?.properties.UpdatePolicy;
    };
    expect(await read()).toEqual({ AutoScalingRollingUpdate: 'unfinished' });
    await update(context);
    expect(await read()).toEqual(wanted.UpdatePolicy);
  });

  test('without such a policy instances stay as they are, and what was begun ends', async () => {
    const { name, update, wanted } = await made(
      { MinSize: '2', MaxSize: '2' },
      { SuspendProcesses: ['HealthCheck'] },
    );
    await expect(update(watched('after 5').context)).rejects.toThrow('died');
    const { UpdatePolicy: _, ...others } = wanted;
    const request = { logicalId: 'Group', physicalId: name, before: wanted, after: others, ownership: {} };
    await autoScalingGroup.update(watched().context, request);
    expect(await outcome(name)).toMatchObject({ suspended: [], notes: [], gone: 1 });
  });

  test.each<[string, Properties, Properties, string[], string]>([
    [
      'more are to stay in service than there may be',
      { MinSize: '1', MaxSize: '2' },
      { MinInstancesInService: 2 },
      [],
      'MinInstancesInService is 2, and MaxSize 2',
    ],
    [
      'somebody has suspended launches',
      { MinSize: '1', MaxSize: '2' },
      {},
      ['Launch'],
      'somebody has suspended its process Launch',
    ],
  ])('is refused before anything is changed where %s', async (_, sizes, rolling, suspended, said) => {
    const { name, update } = await made(sizes, rolling);
    if (suspended.length > 0) {
      await autoScaling.suspendProcesses({ AutoScalingGroupName: name, ScalingProcesses: suspended });
    }
    const { context, log } = watched();
    await expect(update(context)).rejects.toThrow(said);
    expect(log).toEqual([]);
  });
});
