import { SlipwayError } from '../base/error.ts';
import { hasUnknown } from '../base/value.ts';
import type { Change, Plan } from '../plan/plan.ts';
import type { Finding } from '../policy/finding.ts';
import { selectPacks } from '../policy/parse-policy.ts';
import type { Policy } from '../policy/policy.ts';
import { scan } from '../policy/scan.ts';
import { contextOf, type Judged, weigh } from './judge.ts';
import type { Workflow } from './workflow.ts';

/** What could not be decided when the plan was made, and who has lifted what. */
export interface Undecided {
  readonly workflow: Pick<Workflow, 'policies' | 'clock'>;
  readonly judged: Judged;
  readonly plan: Plan;
  /** Ids of policies that were overridden for this plan. */
  readonly overridden: readonly string[];
}

/**
 * Policies that hung on values known only after apply are asked again when a change is about to be made, with its
 * values as they will be sent, and those of the changes before it. Throws `policy-refused` where one stands against
 * it, or still hangs on something: what cannot be decided does not pass. Undefined where nothing was left open.
 */
export function decideAtApply(undecided: Undecided): ((change: Change) => void) | undefined {
  const { workflow, judged, plan, overridden } = undecided;
  if (!plan.changes.some((change) => hasUnknown(change.after ?? {}))) return undefined;
  // The settings were checked when the plan was made; what has become of them since must not keep a run from its end.
  const { policies } = selectPacks(workflow.policies(), judged.packs);
  const nowhere = () => undefined;
  const lifted = (finding: Finding) =>
    finding.enforcement === 'overridable' && overridden.includes(finding.policy);
  const found = (asked: readonly Policy[], of: Plan, changes?: readonly Change[]) => {
    const context = contextOf(workflow, judged, nowhere);
    return weigh(scan(asked, of, context, changes), of, judged, context).filter(
      (finding) => finding.enforcement !== 'advisory' && !lifted(finding),
    );
  };
  const open = found(policies, plan).filter((finding) => finding.undecided);
  if (open.length === 0) return undefined;
  const openAt = Map.groupBy(open, (finding) => finding.logicalId);
  const known = new Map(plan.changes.map((change) => [change.logicalId, change]));
  return (change) => {
    known.set(change.logicalId, change);
    const ids = new Set(openAt.get(change.logicalId)?.map((finding) => finding.policy));
    if (ids.size === 0) return;
    // The others have said of this change what they will: a plan says what is not known, and they did not need it.
    const asked = policies.filter((policy) => ids.has(policy.id));
    const [finding] = found(asked, { ...plan, changes: [...known.values()] }, [change]);
    if (finding) throw refusal(finding);
  };
}

function refusal({ policy, logicalId, message, remedy, where, path }: Finding): SlipwayError {
  const what = path === undefined ? logicalId : `${logicalId}.${path}`;
  return new SlipwayError('policy-refused', {
    summary: `The policy ${policy} stands against ${what}: ${message}`,
    detail: 'It was decided now, because values that it hangs on were not known before the apply.',
    remedy,
    ...(where ? { where } : {}),
  });
}
