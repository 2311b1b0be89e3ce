import { type CelValue, celList, celMap } from '@bufbuild/cel';
import type { Value } from '../base/value.ts';
import type { Change, Plan } from '../plan/plan.ts';
import { toCelValue, unknownMarker } from './cel-values.ts';
import type { Bindings } from './expression.ts';
import type { Element } from './path.ts';
import type { Variables } from './rewrite.ts';

const changeFields = [
  'action',
  'logicalId',
  'type',
  'physicalId',
  'differences',
  'replaceBecause',
  'dependsOn',
  'deletionPolicy',
  'updateReplacePolicy',
] as const;

/** What every expression can see. */
export const variables: Variables = {
  change: { fields: changeFields },
  before: {},
  after: {},
  resource: { fields: ['type', 'logicalId'] },
  plan: { fields: ['changes', 'byType', 'dependents', 'account', 'region'] },
  stack: {},
  environment: {},
  author: {},
  now: {},
};

const element = { isElement: true } as const;

/** What the expressions of one policy see: its parameters, and the elements of its `foreach` by their names. */
export function variablesOf(
  parameters: readonly string[],
  foreach: { readonly names: readonly string[] } | undefined,
): Variables {
  return {
    ...variables,
    ...(parameters.length > 0 ? { parameters: { fields: parameters } } : {}),
    ...Object.fromEntries((foreach ? ['each', ...foreach.names] : []).map((name) => [name, element])),
  };
}

/** Who and what a scan is for. */
export interface Circumstances {
  readonly stack: string;
  readonly environment: string;
  readonly author?: string;
  /** The time of the scan, as RFC 3339 has it: there is no clock here. */
  readonly now: string;
}

/** The values that all policies see of one change. The plan as a whole is made only when an expression reads it. */
export function bindingsFor(change: Change, plan: Plan, circumstances: Circumstances): Bindings {
  return {
    change: changeValue(change),
    before: toCelValue(change.before ?? null),
    after: toCelValue(change.after ?? null),
    resource: toCelValue({ type: change.type, logicalId: change.logicalId }),
    stack: circumstances.stack,
    environment: circumstances.environment,
    author: circumstances.author ?? null,
    now: circumstances.now,
    get plan() {
      return planValue(plan);
    },
  };
}

/**
 * For one policy and one element. A name of another path of the policy, which did not lead here, is null.
 *
 * @param parameters of the policy, as CEL sees them; undefined where it has none
 */
export function bindingsOf(
  bindings: Bindings,
  {
    parameters,
    element,
    foreach,
  }: {
    readonly parameters: CelValue | undefined;
    readonly element: Element;
    readonly foreach: { readonly names: readonly string[] } | undefined;
  },
): Bindings {
  if (parameters === undefined && !foreach) return bindings;
  // Inherits, so that the getter of `plan` stays one.
  const inner: Record<string, CelValue> = Object.create(bindings);
  if (parameters !== undefined) inner.parameters = parameters;
  if (!foreach) return inner;
  inner.each = toCelValue(element.value);
  for (const name of foreach.names) inner[name] = toCelValue(element.named[name] ?? null);
  return inner;
}

const plans = new WeakMap<Plan, CelValue>();

function planValue(plan: Plan): CelValue {
  const made = plans.get(plan);
  if (made !== undefined) return made;
  const changes = plan.changes.map((change) =>
    celMap(
      new Map([
        ['action', change.action],
        ['logicalId', change.logicalId],
        ['type', change.type],
        ['before', toCelValue(change.before ?? null)],
        ['after', toCelValue(change.after ?? null)],
        ['dependsOn', toCelValue(change.dependsOn)],
        ['deletionPolicy', change.deletionPolicy],
      ]),
    ),
  );
  // What is asked of each resource of a plan must not go through all others every time.
  const byType = Map.groupBy(changes, (_, index) => plan.changes[index]!.type);
  const lists = celMap(new Map([...byType].map(([type, own]) => [type, celList(own)])));
  const value = celMap(
    new Map<string, never>(
      Object.entries({
        ...facts(plan),
        changes,
        byType: lists,
        dependents: dependentsOf(plan, changes),
      }) as never,
    ),
  );
  plans.set(plan, value);
  return value;
}

/** By the logical id that they depend on, and by their type: what is asked of each of many must not go through them all. */
function dependentsOf(plan: Plan, changes: readonly CelValue[]): CelValue {
  const byId = new Map<string, Map<string, CelValue[]>>();
  for (const [index, { dependsOn, type }] of plan.changes.entries()) {
    for (const id of new Set(dependsOn)) {
      const byType = getOrInsert(byId, id, () => new Map<string, CelValue[]>());
      getOrInsert(byType, type, () => []).push(changes[index]!);
    }
  }
  const maps = [...byId].map(
    ([id, byType]) => [id, celMap(new Map([...byType].map(([type, own]) => [type, celList(own)])))] as const,
  );
  return celMap(new Map(maps));
}

function getOrInsert<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

// A scan of files alone need not know where they will be applied.
function facts({ account, region }: Plan) {
  return { account: account || unknownMarker, region: region || unknownMarker };
}

function changeValue(change: Change): CelValue {
  const differences = change.differences.map(({ path, before, after, replaces }): Value => {
    return { path, before: before ?? null, after: after ?? null, replaces };
  });
  const value: Record<(typeof changeFields)[number], Value> = {
    action: change.action,
    logicalId: change.logicalId,
    type: change.type,
    physicalId: change.physicalId ?? null,
    differences,
    replaceBecause: change.replaceBecause,
    dependsOn: change.dependsOn,
    deletionPolicy: change.deletionPolicy,
    updateReplacePolicy: change.updateReplacePolicy,
  };
  return toCelValue(value);
}
