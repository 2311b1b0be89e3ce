import { systemClock } from '../../src/base/clock.ts';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import { refresh } from '../../src/provider/refresh.ts';
import { resourceType } from '../../src/provider/registry.ts';
import { total } from './life.ts';
import { mixedStack } from './mixed-stack.ts';
import type { Figure, Scenario } from './scenario.ts';
import { startStubCloud } from './stub-cloud.ts';

/** What it takes to read a stack of about 5,000 mixed EC2 resources. */
export interface Refreshed {
  readonly resources: number;
  readonly ms: number;
  readonly cpuMs: number;
  readonly calls: Readonly<Record<string, number>>;
}

/** @throws when one of them is not found */
export async function refreshMixed(count: number): Promise<Refreshed> {
  const cloud = await startStubCloud();
  const records = mixedStack(cloud, count);
  const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };
  const aws = openAws({ region: 'eu-west-1', endpoint: cloud.url, credentials });
  try {
    const context = {
      stack: records[0]!.stack,
      region: 'eu-west-1',
      account: '123456789012',
      partition: 'aws',
      aws,
      clock: systemClock,
    };
    const [began, used] = [performance.now(), process.cpuUsage()];
    const live = await refresh(context, records, (type) => resourceType(type));
    const ms = performance.now() - began;
    const { user, system } = process.cpuUsage(used);
    const lost = records.find((record) => !live.has(record.logicalId));
    if (lost) throw new Error(`not found: ${lost.type} ${lost.physicalId}`);
    const calls = Object.fromEntries([...aws.calls].sort(([a], [b]) => (a < b ? -1 : 1)));
    return { resources: records.length, ms, cpuMs: (user + system) / 1000, calls };
  } finally {
    aws.destroy();
    await cloud.stop();
  }
}

/** DESIGN.md section 12. */
export const refreshBudget = { most: 30 };

export const refreshLarge: Scenario = {
  name: 'refresh',
  async run(say) {
    const { resources, ms, cpuMs, calls } = await refreshMixed(5_000);
    const what = `refresh of ${resources.toLocaleString('en')} mixed EC2 resources`;
    say(`${what}: ${total(calls)} calls`);
    return [
      { what, value: total(calls), unit: 'calls', budget: refreshBudget, of: calls },
      { what: `${what}, on the stub cloud`, value: ms, unit: 'ms' },
      { what: `${what}, processor (the stub's too)`, value: cpuMs, unit: 'ms' },
    ] satisfies Figure[];
  },
};
