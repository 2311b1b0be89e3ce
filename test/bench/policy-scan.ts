import type { Properties } from '../../src/base/value.ts';
import type { Change } from '../../src/plan/plan.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { scan } from '../../src/policy/scan.ts';
import { readPolicies } from '../../src/workflow/read-policies.ts';
import { plainChange } from '../plan/plain-change.ts';
import { planOf } from '../policy/policy-text.ts';
import { besideGuard } from './beside-guard.ts';
import { type Figure, median, type Scenario } from './scenario.ts';

const runs = 5;
const resources = 1_000;

/** Every shipped policy over a plan of all types that they look at; processor time only. */
export const policyScan: Scenario = {
  name: 'policy scan',
  async run(say) {
    const { compileMs, scanMs, policies, evaluations, findings } = await scanTimes(resources, runs);
    say(`${policies} policies over ${resources} resources, ${evaluations} evaluations, ${findings} findings`);
    return [
      { what: '1,000 resources against all packs', value: scanMs, unit: 'ms', budget: { most: 500 } },
      { what: 'evaluations a second', value: (evaluations / scanMs) * 1000, unit: 'times' },
      { what: 'reading and compiling all packs, once', value: compileMs, unit: 'ms' },
      ...(await figuresBesideGuard(say, policies)),
    ];
  },
};

/** Both as processes, each with what it takes to start and to read its rules. */
async function figuresBesideGuard(say: (text: string) => void, policies: number): Promise<readonly Figure[]> {
  const beside = await besideGuard(resources);
  if ('reason' in beside) {
    say(`not beside cfn-guard: ${beside.reason}`);
    return [];
  }
  const { slipwayMs, guardMs, guardControls } = beside;
  return [
    { what: `slipway policy scan, ${policies} policies over 1,000 resources`, value: slipwayMs, unit: 'ms' },
    { what: `cfn-guard, ${guardControls} controls over the same template`, value: guardMs, unit: 'ms' },
    { what: 'cfn-guard to Slipway', value: guardMs / slipwayMs, unit: 'times', budget: { least: 1 } },
  ];
}

/** The middle of several runs, each over a plan of its own: what is converted once for a plan is part of it. */
export async function scanTimes(count: number, times: number) {
  const began = process.threadCpuUsage();
  const policies = await readPolicies();
  const readMs = since(began);
  const examples = policies.flatMap((policy) => [...policy.examples.pass, ...policy.examples.fail]);
  const took: number[] = [];
  let findings = 0;
  for (let run = 0; run < times; run++) {
    const plan = planOf(...changesOf(examples, count));
    const start = process.threadCpuUsage();
    const context = {
      stack: plan.stack,
      environment: 'prod',
      now: '2026-07-15T12:00:00Z',
      positions: () => undefined,
    };
    findings = scan(policies, plan, context).length;
    took.push(since(start));
  }
  const evaluations = policies.reduce((sum, policy) => sum + matches(policy, examples, count), 0);
  const scanMs = median(took);
  // Expressions are compiled when they are first asked.
  const compileMs = readMs + Math.max(0, took[0]! - scanMs);
  return { compileMs, scanMs, policies: policies.length, evaluations, findings };
}

type Example = Policy['examples']['pass'][number];

/** The policies' own examples in turn: of every type, right and wrong, and no object twice. */
function changesOf(examples: readonly Example[], count: number): Change[] {
  return Array.from({ length: count }, (_, index) => {
    const example = examples[index % examples.length]!;
    return {
      ...plainChange,
      logicalId: `R${index}`,
      type: example.type,
      action: 'create',
      after: structuredClone(example.properties) as Properties,
    };
  });
}

function matches({ match }: Policy, examples: readonly Example[], count: number): number {
  const patterns = match.types.map((type) => new RegExp(`^${type.replaceAll('*', '.*')}$`));
  const looksAtCreates = match.actions?.includes('create') ?? true;
  const looked = (index: number) => patterns.some((p) => p.test(examples[index % examples.length]!.type));
  return looksAtCreates
    ? Array.from({ length: count }, (_, index) => looked(index)).filter(Boolean).length
    : 0;
}

function since(began: NodeJS.CpuUsage): number {
  const { user, system } = process.threadCpuUsage(began);
  return (user + system) / 1000;
}
