import { asApplied, largeTemplate, plan, resolve } from './large-stack.ts';
import { type Figure, median, type Scenario } from './scenario.ts';

const runs = 5;

/** Parse, validate, resolve and plan a stack that is as it should be; processor time only, no cloud. */
export const largePlan: Scenario = {
  name: 'large plan',
  async run(say) {
    const small = measure(1_000);
    const large = measure(10_000);
    say(`1,000 resources ${small.toFixed(0)} ms, 10,000 resources ${large.toFixed(0)} ms`);
    return [
      {
        what: 'parse, resolve and plan 10,000 resources, no-op',
        value: large,
        unit: 'ms',
        budget: { most: 1_000 },
      },
      {
        what: 'growth between 1,000 and 10,000 resources (1 is linear)',
        value: Math.log10(large / small),
        unit: 'exponent',
      },
    ] satisfies Figure[];
  },
};

function measure(count: number): number {
  const text = largeTemplate(count);
  const { recorded, live } = asApplied(plan(resolve(text), [], new Map()));
  const times = Array.from({ length: runs }, () => {
    const began = performance.now();
    const { changes } = plan(resolve(text), recorded, live);
    const took = performance.now() - began;
    if (changes.length !== count || changes.some((c) => c.action !== 'none'))
      throw new Error('the plan is not a no-op');
    return took;
  });
  return median(times);
}
