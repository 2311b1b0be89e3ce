import {
  isList,
  isObject,
  isSecret,
  isUnknown,
  type Properties,
  unknown,
  type Value,
} from '../base/value.ts';
import { attributesOf } from '../plan/attributes.ts';
import type { Change } from '../plan/plan.ts';
import type { Live } from '../provider/provider.ts';
import type { Outcome, ResourceRecord } from '../state/state.ts';
import { retainsOld } from './operations.ts';
import type { Run } from './run.ts';

/** The record of what was made or changed. */
export function recordOf(run: Run, change: Change, properties: Properties, live: Live): ResourceRecord {
  return {
    stack: run.options.plan.stack,
    logicalId: change.logicalId,
    generation: 'current',
    type: change.type,
    physicalId: live.physicalId,
    properties,
    attributes: attributesOf(live, properties),
    dependsOn: change.dependsOn,
    deletionPolicy: change.deletionPolicy,
    updateReplacePolicy: change.updateReplacePolicy,
  };
}

/** What a create does to the state: where it replaces, the old generation is deposed, or let go if it is retained. */
export function madeBy(
  run: Run,
  change: Change,
  properties: Properties,
  live: Live,
): Pick<Outcome, 'put' | 'depose'> {
  const replaces = change.action === 'replace' && run.records.current.has(change.logicalId);
  const deposes = replaces && change.order !== 'delete-before-create' && !retainsOld(change);
  return {
    put: recordOf(run, change, properties, live),
    ...(deposes ? { depose: { stack: run.options.plan.stack, logicalId: change.logicalId } } : {}),
  };
}

/** What an update does to the state: under a new logical id, the record of the old one goes in the same moment. */
export function updatedTo(run: Run, change: Change, put: ResourceRecord): Pick<Outcome, 'put' | 'remove'> {
  const old = change.movedFrom === undefined ? undefined : run.records.current.get(change.movedFrom);
  if (!old) return { put };
  const { stack, logicalId, generation, physicalId } = old;
  return { put, remove: { stack, logicalId, generation, physicalId } };
}

/** The record of what the change is about, under the logical id that it still has. */
export function recordBefore(run: Run, { logicalId, movedFrom }: Change): ResourceRecord | undefined {
  const { current } = run.records;
  return current.get(logicalId) ?? (movedFrom === undefined ? undefined : current.get(movedFrom));
}

/**
 * The properties to record when nobody knows how far a call came: all that it may have set, so that the next plan
 * looks at them. What the cloud does not give back is unknown from now on, and will be set again.
 */
export function uncertain(
  before: Properties | undefined,
  after: Properties,
  writeOnly: readonly string[] = [],
): Properties {
  const merged = merge(after, before ?? {}) as Properties;
  const doubtful = writeOnly.filter(
    (name) => name in merged && JSON.stringify(before?.[name]) !== JSON.stringify(after[name]),
  );
  return { ...merged, ...Object.fromEntries(doubtful.map((name) => [name, unknown])) };
}

/** Every key of both, at every depth; what was recorded wins. */
function merge(after: Value, before: Value): Value {
  if (!isPlainMap(after) || !isPlainMap(before)) return before;
  const keys = [...new Set([...Object.keys(after), ...Object.keys(before)])];
  return Object.fromEntries(
    keys.map((key) => {
      const [a, b] = [after[key], before[key]];
      return [key, a === undefined ? b! : b === undefined ? a : merge(a, b)];
    }),
  );
}

function isPlainMap(value: Value): value is Properties {
  return isObject(value) && !isList(value) && !isUnknown(value) && !isSecret(value);
}
