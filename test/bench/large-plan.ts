import { asApplied, largeTemplate, plan, resolve } from './large-stack.ts';
import { type Figure, median, type Scenario } from './scenario.ts';

const runs = 5;
const sizes = [1_000, 2_000, 5_000, 10_000];

/** Parse, validate, resolve and plan a stack that is as it should be; processor time only, no cloud. */
export const largePlan: Scenario = {
  name: 'large plan',
  async run(say) {
    const times = planTimes(sizes, runs);
    say(
      times.map(({ count, ms }) => `${count.toLocaleString('en')} resources ${ms.toFixed(0)} ms`).join(', '),
    );
    return [
      {
        what: 'parse, resolve and plan 10,000 resources, no-op',
        value: times.at(-1)!.ms,
        unit: 'ms',
        budget: { most: 1_000 },
      },
      {
        what: 'growth between 1,000 and 10,000 resources (1 is linear)',
        value: exponent(times),
        unit: 'exponent',
      },
      { what: 'peak memory of that', value: process.resourceUsage().maxRSS / 1024, unit: 'MB' },
    ] satisfies Figure[];
  },
};

export interface Sized {
  readonly count: number;
  readonly ms: number;
}

/** The middle of several runs for each size. The sizes take turns, so that a busy minute hits them all. */
export function planTimes(counts: readonly number[], times: number): readonly Sized[] {
  const stacks = counts.map((count) => {
    const text = largeTemplate(count);
    return { count, text, ...asApplied(plan(resolve(text), [], new Map())) };
  });
  const took = new Map<number, number[]>(counts.map((count) => [count, []]));
  for (let run = 0; run < times; run++) {
    for (const { count, text, recorded, live } of stacks) {
      const began = process.threadCpuUsage();
      const { changes } = plan(resolve(text), recorded, live);
      const { user, system } = process.threadCpuUsage(began);
      took.get(count)!.push((user + system) / 1000);
      if (changes.length !== count || changes.some((c) => c.action !== 'none'))
        throw new Error('the plan is not a no-op');
    }
  }
  return counts.map((count) => ({ count, ms: median(took.get(count)!) }));
}

/** The exponent of the power law that fits best: the slope of the least squares of log time over log size. */
export function exponent(times: readonly Sized[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [times.map(({ count }) => Math.log(count)), times.map(({ ms }) => Math.log(ms))];
  const [mx, my] = [mean(x), mean(y)];
  const covariance = mean(x.map((value, i) => (value - mx) * (y[i]! - my)));
  return covariance / mean(x.map((value) => (value - mx) ** 2));
}
