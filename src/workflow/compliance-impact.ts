import { SlipwayError } from '../base/error.ts';
import { type Finding, mayBlock } from '../policy/finding.ts';
import { selectPacks } from '../policy/parse-policy.ts';
import type { Policy } from '../policy/policy.ts';
import type { StackCompliance } from '../review/compliance.ts';
import type { Judged } from './judge.ts';
import { type LiveSource, readLive } from './read-live.ts';
import { judgeLive } from './scan-live.ts';
import { type RunsScan, scanRuns } from './scan-runs.ts';
import type { Workflow } from './workflow.ts';

type Source = LiveSource & { readonly packs: readonly string[] };

/** What one policy says of one stack as it runs. */
export interface LiveImpact {
  readonly compliance: StackCompliance;
  /** How many of its findings the policy of this id that is in force has as well. */
  readonly already: number;
}

/**
 * What the policy would say of a stack as it runs, whether it is in force or not; with its own parameters and exceptions
 * of the settings, so that what they get wrong about it is told.
 *
 * @throws SlipwayError what `readLive` and `judgeLive` throw
 */
export async function impactOnLive(workflow: Workflow, policy: Policy, source: Source): Promise<LiveImpact> {
  const subject = await readLive(workflow, source);
  const { clock } = workflow;
  const judge = (one: Policy) => judgeLive({ policies: () => [one], clock }, subject, judgedBy(one, source));
  const { findings, notAsked } = judge(policy);
  const inForce = selectPacks(workflow.policies(), source.packs).policies.find(({ id }) => id === policy.id);
  const known = new Set(inForce ? judge(inForce).findings.filter(mayBlock).map(placeOf) : []);
  const { stack, environment, file, vanished, unsettled, diagnostics } = subject;
  const checked = subject.plan.changes.length;
  return {
    compliance: { stack, environment, file, checked, findings, notAsked, vanished, unsettled, diagnostics },
    already: findings.filter((finding) => mayBlock(finding) && known.has(placeOf(finding))).length,
  };
}

/** What it would have said of the plans of the stack's latest runs. Where the settings are wrong about it: nothing. */
export async function impactOnRuns(
  workflow: Workflow,
  policy: Policy,
  source: Source,
  limit: number,
): Promise<RunsScan> {
  const { clock, state } = workflow;
  try {
    return await scanRuns({ policies: () => [policy], clock, state }, judgedBy(policy, source), limit);
  } catch (error) {
    // Told of what runs already.
    if (error instanceof SlipwayError) return { runs: [], more: false };
    throw error;
  }
}

/** As if it were the only policy, and in force. */
function judgedBy({ id, packs }: Policy, { stack, environment }: Source): Judged {
  const { allow = [], 'policy-parameters': parameters = {}, ...rest } = environment;
  const own = parameters[id];
  return {
    stack,
    packs,
    environment: {
      ...rest,
      allow: allow.filter(({ policy }) => policy === id),
      'policy-parameters': own === undefined ? {} : { [id]: own },
    },
  };
}

function placeOf({ logicalId, path = '' }: Finding): string {
  return `${logicalId} ${path}`;
}
