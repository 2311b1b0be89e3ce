import { type Diagnostic, hasErrors } from '../base/diagnostic.ts';
import type { Properties } from '../base/value.ts';
import { comparableLive, type Difference } from '../plan/compare.ts';
import { recordedDrift } from '../plan/drift.ts';
import type { Change, Plan } from '../plan/plan.ts';
import { isGeneratedName } from '../provider/aws/generated-name.ts';
import type { Live } from '../provider/provider.ts';
import { resolveAlone } from '../stack/resolve.ts';
import type { DesiredStack, StackId } from '../stack/stack.ts';
import { stackNameOf } from '../stack/stack-id.ts';
import type { ResourceRecord } from '../state/state.ts';
import { readSource } from './check-source.ts';
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
  /** By logical id, what somebody else has changed. */
  readonly drifted: ReadonlyMap<string, Drifted>;
  /** Logical ids of what is recorded and not there any more. */
  readonly vanished: readonly string[];
  /** A run is going on or was cut short: what is found may be half of a change. */
  readonly unsettled: boolean;
  /** Why lines of the template are missing. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What is not as Slipway left it in a resource. */
export interface Drifted {
  /** Those properties as they were. */
  readonly was: Properties;
  readonly differences: readonly Difference[];
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
  const drifted = driftedIn(running);
  const made = { running, file, desired, drifted };
  return {
    stack,
    environment: environment.name,
    file,
    desired,
    diagnostics,
    plan: planOfLive(made, wholly),
    spoken: planOfLive(made, asAsked),
    drifted,
    vanished: running.resources.map((r) => r.logicalId).filter((id) => !running.live.has(id)),
    unsettled: running.unsettled,
  };
}

/** What a plan of what runs is made of. */
interface Made extends Pick<LiveSubject, 'file' | 'desired' | 'drifted'> {
  readonly running: RunningStack;
}

function planOfLive({ running, file, desired, drifted }: Made, propertiesOf: PropertiesOf): Plan {
  const { record, resources, live, typeOf, seal } = running;
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
        ...(written
          ? { desired: without(written.properties, drifted.get(logicalId)?.was), where: written.where }
          : {}),
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

/** Elements of a list that somebody has changed are not those of the template that have their numbers. */
function without<T>(properties: Readonly<Record<string, T>>, drifted: Properties = {}): Record<string, T> {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !(name in drifted)));
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
      if (differences.length === 0) return [];
      const names = differences.map(({ path }) => topLevel(path));
      const was = Object.fromEntries(names.map((name) => [name, resource.properties[name]!]));
      return [[resource.logicalId, { was, differences }] as const];
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

/** `Tags` of `Tags[0].Value`. */
export function topLevel(path: string): string {
  return path.split(/[.[]/, 1)[0]!;
}
