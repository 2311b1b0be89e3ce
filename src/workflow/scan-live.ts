import { type Diagnostic, hasErrors } from '../base/diagnostic.ts';
import type { Properties } from '../base/value.ts';
import { comparableLive } from '../plan/compare.ts';
import { recordedDrift } from '../plan/drift.ts';
import type { Action, Change, Plan } from '../plan/plan.ts';
import { type Finding, severities } from '../policy/finding.ts';
import { selectPacks } from '../policy/parse-policy.ts';
import type { Policy } from '../policy/policy.ts';
import { scan } from '../policy/scan.ts';
import { isGeneratedName } from '../provider/aws/generated-name.ts';
import type { Live } from '../provider/provider.ts';
import type { RunningFinding } from '../review/compliance.ts';
import { placeOf } from '../stack/place-of.ts';
import { resolveAlone } from '../stack/resolve.ts';
import type { DesiredStack, StackId } from '../stack/stack.ts';
import { stackNameOf } from '../stack/stack-id.ts';
import type { ResourceRecord } from '../state/state.ts';
import { readSource } from './check-source.ts';
import { checkNames, contextOf, type Judged, weigh } from './judge.ts';
import type { StackSource } from './plan-stack.ts';
import { type RunningStack, readRunning } from './running-stack.ts';
import { partitionOf } from './target.ts';
import type { Workflow } from './workflow.ts';

/** A stack, and the files that say on which line each of its resources stands. */
export type LiveSource = Pick<StackSource, 'stack' | 'environment' | 'file' | 'text' | 'parameters'>;

/** What of a stack policies are asked about: what runs, read once and held against as many of them as one likes. */
export interface LiveSubject {
  readonly stack: StackId;
  readonly environment: string;
  /** Where its template is. */
  readonly file: string;
  /** Every resource that is there, as one that stays: `before` and `after` are both what runs. */
  readonly plan: Plan;
  /** The same with only those properties that somebody has asked for, as plans of the template have them. */
  readonly spoken: Plan;
  /** The template's resources, where it could be read. */
  readonly desired: DesiredStack | undefined;
  /** By logical id, the properties that are not as Slipway left them. */
  readonly drifted: ReadonlyMap<string, ReadonlySet<string>>;
  /** Logical ids of what is recorded and not there any more. */
  readonly vanished: readonly string[];
  /** A run is going on or was cut short: what is found may be half of a change. */
  readonly unsettled: boolean;
  /** Why lines of the template are missing. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What policies say of what runs. */
export interface LiveScan {
  /** The worst first. */
  readonly findings: readonly RunningFinding[];
  /** Ids of policies in force that are about what a plan does, of which nothing runs: they were not asked. */
  readonly notAsked: readonly string[];
}

/**
 * Reads what runs of a stack, and where its template says so. Writes nothing. A template that cannot be read only
 * costs the lines.
 *
 * @throws SlipwayError `state-missing`, and what the way to the cloud throws
 */
export async function readLive(workflow: Workflow, source: LiveSource): Promise<LiveSubject> {
  const { stack, environment, file } = source;
  const running = await readRunning(workflow, { stack, environment, session: 'compliance' });
  const { desired, diagnostics } = linesOf(workflow, source, running);
  return {
    stack,
    environment: environment.name,
    file,
    desired,
    diagnostics,
    plan: planOfLive(running, file, desired, wholly),
    spoken: planOfLive(running, file, desired, asAsked),
    drifted: driftedIn(running),
    vanished: running.resources.map((r) => r.logicalId).filter((id) => !running.live.has(id)),
    unsettled: running.unsettled,
  };
}

/**
 * Holds what runs against the policies in force, with the exceptions and parameters of the settings: as if each
 * resource were made today, the way it is. A policy that names its actions is asked as the first of them that leaves
 * something there; one that looks at deletes is about the act, and is not asked. Each is asked of all that the cloud
 * says, and of what was asked for: what was left to the cloud may be just what is wrong, and so may what it made of
 * that. What both find is one finding.
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
  const found = [...byAction].flatMap(([action, asked]) =>
    action === undefined
      ? []
      : [subject.plan, subject.spoken].flatMap((plan) => scan(asked, withAction(plan, action), context)),
  );
  const weighed = weigh(distinct(found), subject.plan, judged, context).map((finding) => ({
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

function distinct(findings: readonly Finding[]): Finding[] {
  const byPlace = new Map<string, Finding>();
  for (const finding of findings) {
    const { policy, logicalId, path = '' } = finding;
    const place = `${policy} ${logicalId} ${path}`;
    if (!byPlace.has(place)) byPlace.set(place, finding);
  }
  return [...byPlace.values()];
}

function withAction(plan: Plan, action: Action): Plan {
  return { ...plan, changes: plan.changes.map((change) => ({ ...change, action })) };
}

function planOfLive(
  { record, resources, live, typeOf, seal }: RunningStack,
  file: string,
  desired: DesiredStack | undefined,
  propertiesOf: PropertiesOf,
): Plan {
  const changes = resources.flatMap((resource): Change[] => {
    const { logicalId, type, dependsOn, deletionPolicy, updateReplacePolicy } = resource;
    const found = live.get(logicalId);
    if (!found) return [];
    const properties = propertiesOf(resource, found, { writeOnly: typeOf(type).writeOnly ?? [], seal });
    const written = desired?.resources.get(logicalId);
    return [
      {
        logicalId,
        type,
        action: 'none',
        physicalId: found.physicalId,
        before: properties,
        after: properties,
        ...(written ? { desired: written.properties, where: written.where } : {}),
        differences: [],
        replaceBecause: [],
        dependsOn,
        deletionPolicy,
        updateReplacePolicy,
        drift: [],
      },
    ];
  });
  const { id, environment, account, region } = record;
  return {
    format: 1,
    stack: id,
    environment,
    account,
    region,
    file,
    changes: changes.sort((a, b) => (a.logicalId < b.logicalId ? -1 : 1)),
    deposed: [],
    outputs: [],
    digest: '',
  };
}

type PropertiesOf = (
  record: ResourceRecord,
  live: Live,
  how: { readonly writeOnly: readonly string[]; readonly seal: RunningStack['seal'] },
) => Properties;

/** Those that Slipway has set, as they are now. What was made of secrets is sealed; what is never told is as recorded. */
const asAsked: PropertiesOf = ({ properties: recorded }, { properties }, { writeOnly, seal }) => {
  const kept = writeOnly.filter((key) => key in recorded);
  return {
    ...comparableLive(properties, {}, recorded, seal),
    ...Object.fromEntries(kept.map((key) => [key, recorded[key]!])),
  };
};

/** What the cloud filled in, too: whether a disk is encrypted counts, not who said so. Not the names that Slipway made up. */
const wholly: PropertiesOf = (record, live, how) => {
  const chosen = Object.entries(live.properties).filter(
    ([, value]) => typeof value !== 'string' || !isGeneratedName(value, record),
  );
  return { ...Object.fromEntries(chosen), ...asAsked(record, live, how) };
};

function driftedIn({ resources, live, typeOf, seal }: RunningStack): LiveSubject['drifted'] {
  return new Map(
    resources.flatMap((resource) => {
      const found = live.get(resource.logicalId);
      if (!found) return [];
      const differences = recordedDrift(resource, found, typeOf(resource.type), seal);
      return [[resource.logicalId, new Set(differences.map(({ path }) => topLevel(path)))] as const];
    }),
  );
}

/** The template's resources as far as the files alone tell. */
function linesOf(
  workflow: Workflow,
  source: LiveSource,
  { record: { account, region } }: RunningStack,
): Pick<LiveSubject, 'desired' | 'diagnostics'> {
  const { stack, file, text } = source;
  if (text === undefined) return { desired: undefined, diagnostics: [linesMissing(file, 'is not there')] };
  const { template, parameters, diagnostics } = readSource(workflow, source);
  const unreadable = {
    desired: undefined,
    diagnostics: [linesMissing(file, 'cannot be read as it is now')],
  };
  if (!template || hasErrors(diagnostics)) return unreadable;
  const target = { stack, stackName: stackNameOf(stack), account, region, partition: partitionOf(region) };
  const resolved = resolveAlone(template, parameters, target).stack;
  return resolved ? { desired: resolved, diagnostics: [] } : unreadable;
}

function linesMissing(file: string, why: string): Diagnostic {
  return {
    severity: 'warning',
    code: 'compliance-lines',
    summary: `${file} ${why}, so findings have no lines`,
    remedy: 'Look at what was merged last; slipway validate says what is wrong with a template.',
  };
}

/** An element of a list that somebody else has changed stands on no line: the list's own is the nearest that is true. */
function placeIn({ desired, drifted }: LiveSubject, logicalId: string, path: string) {
  const top = topLevel(path);
  const at = drifted.get(logicalId)?.has(top) ? top : path;
  return placeOf(desired, logicalId, at);
}

function isOutside({ drifted }: LiveSubject, { logicalId, path }: Finding): boolean {
  return path !== undefined && drifted.get(logicalId)?.has(topLevel(path)) === true;
}

function topLevel(path: string): string {
  return path.split(/[.[]/, 1)[0]!;
}
