import { sameValue } from '../base/canonical-json.ts';
import type { SourceRange } from '../base/source.ts';
import { isList } from '../base/value.ts';
import type { Action, Change, Plan } from '../plan/plan.ts';
import { type Finding, severities } from '../policy/finding.ts';
import { selectPacks } from '../policy/parse-policy.ts';
import type { Policy } from '../policy/policy.ts';
import { type ScanContext, scan } from '../policy/scan.ts';
import { templatePath } from '../policy/template-path.ts';
import type { RunningFinding } from '../review/compliance.ts';
import { placeOf } from '../stack/place-of.ts';
import { checkNames, contextOf, type Judged, weigh } from './judge.ts';
import { type LiveSubject, topLevel } from './read-live.ts';
import type { Workflow } from './workflow.ts';

/** What policies say of what runs. */
export interface LiveScan {
  /** The worst first. */
  readonly findings: readonly RunningFinding[];
  /** Ids of policies in force that are about what a plan does, of which nothing runs: they were not asked. */
  readonly notAsked: readonly string[];
}

/**
 * Holds what runs against the policies in force, with the exceptions and parameters of the settings: as if each
 * resource were made today, the way it is. A policy that names its actions is asked as the first of them that leaves
 * something there; one that looks at deletes is about the act, and is not asked. Each is asked of all that the cloud
 * says, and of what was asked for: what was left to the cloud may be just what is wrong, and so may what it made of
 * that. What somebody changed by hand is asked about once more, as the update that it was: to take a property away may
 * be worse than never to have had it. What several find is one finding.
 *
 * @throws SlipwayError `settings-invalid` where the settings name what there is not
 */
export function judgeLive(
  workflow: Pick<Workflow, 'policies' | 'clock' | 'scanners'>,
  subject: LiveSubject,
  judged: Judged,
): LiveScan {
  checkNames(workflow.policies(), judged, workflow.scanners);
  const { policies } = selectPacks(workflow.policies(), judged.packs);
  const context = contextOf(workflow, judged, (logicalId, path) => placeIn(subject, logicalId, path));
  const byAction = Map.groupBy(policies, askedAs);
  const [whole, spoken] = [subject.plan, subject.spoken].map((plan) =>
    [...byAction].flatMap(([action, asked]) =>
      action === undefined ? [] : scan(asked, withAction(plan, action), context),
    ),
  );
  const found = eachOnce(whole!, spoken!, scanByHand(policies, subject, context));
  const weighed = weigh(found, subject.plan, judged, context).map((finding) => ({
    ...finding,
    ...(isOutside(subject, finding) ? { outside: true as const } : {}),
  }));
  return {
    findings: weighed.sort((a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity)),
    notAsked: (byAction.get(undefined) ?? []).map((policy) => policy.id),
  };
}

/** In this order: what is made is looked at by nearly every policy, and what stays by those that say so. */
const asked: readonly Action[] = ['create', 'update', 'import', 'none'];

function askedAs({ match: { actions } }: Pick<Policy, 'match'>): Action | undefined {
  if (!actions) return 'create';
  // What a freeze or a blast radius forbids is a deed, and a running stack does nothing.
  if (actions.includes('delete') || actions.includes('forget')) return undefined;
  return asked.find((action) => actions.includes(action));
}

/** What policies would have said of what somebody did past Slipway. */
function scanByHand(
  policies: readonly Policy[],
  { spoken, drifted }: LiveSubject,
  context: ScanContext,
): readonly Finding[] {
  const changes = spoken.changes.map((change): Change => {
    const { was, differences = [] } = drifted.get(change.logicalId) ?? {};
    if (!was) return change;
    const changed = differences.map((difference) => ({ ...difference, replaces: false }));
    return { ...change, action: 'update', before: { ...change.before, ...was }, differences: changed };
  });
  const asked = policies.filter((policy) => {
    const { actions } = policy.match;
    return askedAs(policy) !== undefined && (!actions || actions.includes('update'));
  });
  const altered = changes.filter(({ action }) => action === 'update');
  return altered.length === 0 ? [] : scan(asked, { ...spoken, changes }, context, altered);
}

/** What several scans say is said once. Several at one place, as elements of a list that look alike, are told apart by their number. */
function eachOnce(...scans: readonly (readonly Finding[])[]): Finding[] {
  const found = new Map<string, Finding>();
  for (const findings of scans) {
    const seen = new Map<string, number>();
    for (const finding of findings) {
      const { policy, logicalId, path = '' } = finding;
      const place = `${policy} ${logicalId} ${path}`;
      const nth = (seen.get(place) ?? 0) + 1;
      seen.set(place, nth);
      const key = `${place} ${nth}`;
      if (!found.has(key)) found.set(key, finding);
    }
  }
  return [...found.values()];
}

function withAction(plan: Plan, action: Action): Plan {
  return { ...plan, changes: plan.changes.map((change) => ({ ...change, action })) };
}

/** What somebody else has put into a list stands on no line: the list's own is the nearest that is true. */
function placeIn(subject: LiveSubject, logicalId: string, path: string): SourceRange | undefined {
  const { desired, plan } = subject;
  if (!isDrifted(subject, logicalId, path)) return placeOf(desired, logicalId, path);
  if (isAddedOutside(subject, logicalId, path)) return placeOf(desired, logicalId, topLevel(path));
  const change = plan.changes.find((one) => one.logicalId === logicalId)!;
  const written = desired?.resources.get(logicalId);
  const at = templatePath({ ...change, ...(written ? { desired: written.properties } : {}) }, path);
  return placeOf(desired, logicalId, at);
}

function isOutside(subject: LiveSubject, { logicalId, path }: Finding): boolean {
  return (
    path !== undefined && isDrifted(subject, logicalId, path) && isAddedOutside(subject, logicalId, path)
  );
}

function isDrifted({ drifted }: LiveSubject, logicalId: string, path: string): boolean {
  return topLevel(path) in (drifted.get(logicalId)?.was ?? {});
}

/** Of a list that has drifted some elements may be there as they were. */
function isAddedOutside({ drifted, plan }: LiveSubject, logicalId: string, path: string): boolean {
  const [, name, index] = /^([^.[]+)\[(\d+)\]/.exec(path) ?? [];
  if (name === undefined) return true;
  const now = plan.changes.find((one) => one.logicalId === logicalId)?.after?.[name];
  const was = drifted.get(logicalId)?.was[name];
  const element = isList(now) ? now[Number(index)] : undefined;
  return !(isList(was) && was.some((one) => sameValue(one, element)));
}
