import { sameValue } from '../base/canonical-json.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { SourceRange } from '../base/source.ts';
import { isList, isSecret, type Properties, type Secret, unknown, type Value } from '../base/value.ts';
import type { Live } from '../provider/provider.ts';
import { evaluate } from '../stack/evaluate.ts';
import { secretsIn } from '../stack/secrets-in.ts';
import type { DesiredResource, DesiredStack, SecretReference, StackId } from '../stack/stack.ts';
import type { ResourceRecord, StackRecord } from '../state/state.ts';
import { attributesOf } from './attributes.ts';
import {
  comparableLive,
  type Difference,
  differences,
  sealedAttribute,
  sealedWhereOther,
} from './compare.ts';
import { markDeleteFirst } from './delete-first.ts';
import { withDesiredStates } from './desired-state.ts';
import { planDigest } from './digest.ts';
import { driftOf, untouched, withoutUnspoken } from './drift.ts';
import type { HandOverChange } from './hand-overs.ts';
import { importChanges } from './import-changes.ts';
import { topologicalOrder } from './order.ts';
import type { Action, Change, OutputChange, Plan, PropertyDifference } from './plan.ts';
import { planOutputs } from './plan-outputs.ts';
import type { PlannedType } from './planned-type.ts';
import { withPrivateKeyPaths } from './private-key-path.ts';
import { impossibleImport, refuseAll, refuseUnsupported } from './refusals.ts';
import { renamesIn, underNewNames } from './renames.ts';
import type { Replacement } from './replacement.ts';

export interface PlanInput {
  readonly stack: StackId;
  readonly environment: string;
  readonly account: string;
  readonly region: string;
  /** Undefined when the template is gone: everything is to be deleted. */
  readonly desired: DesiredStack | undefined;
  readonly file: string;
  readonly recorded: readonly ResourceRecord[];
  readonly recordedOutputs: StackRecord['outputs'];
  /** Where the template was when it was applied; undefined where nothing was. */
  readonly recordedFile?: string | undefined;
  /** What the cloud answers for each recorded current resource; absent means confirmed absent. */
  readonly live: ReadonlyMap<string, Live>;
  /** What is to be imported, by the logical id that it gets: there is no record of it. */
  readonly adopted?: ReadonlyMap<string, Live>;
  /** Logical ids that runs since the last success were to make. */
  readonly attempted?: ReadonlySet<string>;
  /** Exports of other stacks that the template takes, with their values. */
  readonly imports?: Plan['imports'];
  /** The names of those that the stack takes until now. */
  readonly recordedImports?: readonly string[];
  /** What there is to do with the outputs besides, once they are planned. */
  readonly handOvers?: (outputs: readonly OutputChange[]) => readonly HandOverChange[];
  /** Throws for a type that nobody registered. */
  readonly typeOf: (type: string) => PlannedType;
  /** Whether changing the property at a path replaces, as the published schema says. */
  readonly replacement: (type: string, path: string) => Replacement;
  readonly secret: (reference: SecretReference) => Secret;
  readonly seal: (plaintext: string) => Secret;
}

/** Paths of differences that touch Slipway's state and not the cloud. */
export const stateOnlyPaths: ReadonlySet<string> = new Set(['DeletionPolicy', 'UpdateReplacePolicy']);

/** Compares desired, recorded and live. Throws `plan-unsupported` for what no plan can do. */
export function makePlan(asked: PlanInput): Plan {
  const resources = asked.desired?.resources ?? new Map<string, DesiredResource>();
  const named = renamesIn(resources, currentOf(asked.recorded), asked.attempted ?? new Set());
  const { renames, diagnostics } = named;
  const present = underNewNames(asked.recorded, asked.live, named);
  const live = new Map([...present.live, ...(asked.adopted ?? [])]);
  const found = { altered: new Set<string>(), withheld: new WeakSet<Secret>(), refused: [] };
  const input: Planning = { ...asked, ...present, live, renames, ...found };
  const current = currentOf(input.recorded);
  refuseUnsupported(resources, current, input.typeOf, diagnostics);
  const desired = withPrivateKeyPaths(withDesiredStates(resources, input.typeOf), input.typeOf);
  const dependencies = allDependencies(desired, input.typeOf);
  const changes = new Map<string, Change>();

  for (const logicalId of topologicalOrder(dependencies)) {
    const resource = desired.get(logicalId)!;
    const dependsOn = dependencies.get(logicalId)!;
    const change = planResource(input, changes, resource, dependsOn, current.get(logicalId));
    changes.set(logicalId, change);
    noteAltered(input, change);
  }
  for (const record of current.values()) {
    if (desired.has(record.logicalId)) continue;
    const change = planRemoval(input, record);
    changes.set(record.logicalId, change);
    noteAltered(input, change);
  }
  refuseAll(input.refused);
  markDeleteFirst(changes, input.typeOf);

  const imports = asked.imports ?? {};
  const claims = importChanges(asked.recordedImports, Object.keys(imports));
  const outputs = planOutputs(input.desired?.outputs, input.recordedOutputs, scopeOf(input, changes));
  const handOvers = asked.handOvers?.(outputs) ?? [];
  const plan: Omit<Plan, 'digest'> = {
    format: 1,
    stack: input.stack,
    environment: input.environment,
    account: input.account,
    region: input.region,
    file: input.file,
    ...movedFrom(input),
    changes: [...changes.values()].sort((a, b) => (a.logicalId < b.logicalId ? -1 : 1)),
    deposed: input.recorded
      .filter((r) => r.generation === 'deposed')
      .map(({ logicalId, type, physicalId, dependsOn }) => ({ logicalId, type, physicalId, dependsOn }))
      .sort((a, b) => (a.physicalId < b.physicalId ? -1 : 1)),
    outputs,
    ...(Object.keys(imports).length > 0 ? { imports } : {}),
    ...(claims ? { importChanges: claims } : {}),
    ...(handOvers.length > 0 ? { handOvers } : {}),
  };
  return { ...plan, digest: planDigest(plan) };
}

/** What has nothing is not moved: it only begins at another path. */
function movedFrom({ recordedFile, file, recorded }: PlanInput): Pick<Plan, 'movedFrom'> {
  const isMoved = recordedFile !== undefined && recordedFile !== file && recorded.length > 0;
  return isMoved ? { movedFrom: recordedFile } : {};
}

interface Planning extends PlanInput {
  /** `<physical id> <attribute>` of what is there and gets another value when what was planned so far is made. */
  readonly altered: Set<string>;
  /** New logical id → the one until now. */
  readonly renames: ReadonlyMap<string, string>;
  /** Attributes of what is to be imported, sealed until it is. */
  readonly withheld: WeakSet<Secret>;
  /** What turns out to be impossible only when the properties are compared. */
  readonly refused: Diagnostic[];
}

function currentOf(recorded: readonly ResourceRecord[]): Map<string, ResourceRecord> {
  return new Map(recorded.filter((r) => r.generation === 'current').map((r) => [r.logicalId, r]));
}

/** What a change alters of what it names after it, and of what it named before. */
function noteAltered({ altered, typeOf }: Planning, change: Change): void {
  const { action, before, after, type } = change;
  if (action === 'none' || action === 'import' || action === 'forget') return;
  for (const [property, attributes] of Object.entries(typeOf(type).altersAttributes ?? {})) {
    const stays = action === 'update' && sameValue(before?.[property], after?.[property]);
    const ids = stays ? [] : [before?.[property], after?.[property]];
    for (const id of ids) for (const attribute of attributes) altered.add(`${id} ${attribute}`);
  }
}

/** The template's own edges, and those that references do not show. */
function allDependencies(
  desired: ReadonlyMap<string, DesiredResource>,
  typeOf: PlanInput['typeOf'],
): Map<string, readonly string[]> {
  const resources = [...desired.values()];
  return new Map(
    resources.map((resource) => {
      const hidden = typeOf(resource.type).hiddenDependencies;
      if (!hidden) return [resource.logicalId, resource.dependsOn];
      const found = hidden(resource.properties, resources).filter((id) => id !== resource.logicalId);
      return [resource.logicalId, [...new Set([...resource.dependsOn, ...found])].sort()];
    }),
  );
}

function planResource(
  input: Planning,
  changes: ReadonlyMap<string, Change>,
  resource: DesiredResource,
  dependsOn: readonly string[],
  record: ResourceRecord | undefined,
): Change {
  const type = input.typeOf(resource.type);
  const after = type.canonicalise(evaluateAll(resource.properties, scopeOf(input, changes)));
  const live = input.live.get(resource.logicalId);
  const movedFrom = input.renames.get(resource.logicalId);
  const secrets = secretsIn(resource.properties, input);
  const common = {
    logicalId: resource.logicalId,
    type: resource.type,
    after,
    desired: resource.properties,
    ...(Object.keys(secrets).length > 0 ? { secrets } : {}),
    dependsOn,
    deletionPolicy: resource.deletionPolicy,
    updateReplacePolicy: resource.updateReplacePolicy,
    replaceBecause: [],
    differences: [],
    drift: [],
    where: resource.where,
    ...(movedFrom === undefined ? {} : { movedFrom }),
  } satisfies Partial<Change>;

  if (!record && live) return planImport(input, common, resource, live);
  if (!record) return { ...common, action: 'create' };
  if (!live) return { ...common, action: 'create', vanished: true };

  const now = comparableLive(live.properties, after, record.properties, input.seal);
  const notAsked = [...(type.writeOnly ?? []), ...untouched(type, record.properties, after)];
  const was = withWriteOnly(now, record.properties, notAsked);
  const found = differences(was, withoutUnspoken(after, was, record.properties));
  const placed = found.map((d) => place(d, resource, doesReplace(input, type, d.path, was, after)));
  const statePaths = stateDifferences(resource, record);
  const attributes = attributesOf(live, after);
  const existing = {
    ...common,
    physicalId: live.physicalId,
    before: was,
    formerDependsOn: record.dependsOn,
    differences: [...placed, ...statePaths].sort((a, b) => (a.path < b.path ? -1 : 1)),
    drift: driftOf(record, was, type).map((d) => place(d, resource, false)),
    ...(input.attempted?.has(resource.logicalId) ? { attempted: true } : {}),
    ...(sameValue(attributes, record.attributes) ? {} : { attributes }),
  };
  if (placed.some((d) => d.replaces)) {
    return {
      ...existing,
      action: 'replace',
      order: type.order(was, after),
      replaceBecause: placed.filter((d) => d.replaces).map((d) => d.path),
    };
  }
  // The ownership tag in the cloud has the logical id: a rename alone is an update, too.
  const changed = existing.differences.length > 0 || movedFrom !== undefined;
  return { ...existing, action: changed ? 'update' : 'none' };
}

/**
 * Takes over what nobody of ours has made. What the cloud does not give back is taken to be as the template says:
 * nobody can tell, and setting it anew may restart what runs. What it gives back and the template does not say is
 * sealed: until the import is approved, whoever wrote the template may know nothing of it but that it is another.
 */
function planImport(
  input: Planning,
  common: Omit<Change, 'action'> & Required<Pick<Change, 'after'>>,
  resource: DesiredResource,
  live: Live,
): Change {
  const type = input.typeOf(resource.type);
  const { after } = common;
  const was = withWriteOnly(
    comparableLive(live.properties, after, {}, input.seal),
    after,
    type.writeOnly ?? [],
  );
  const shown = sealedWhereOther(was, after, input.seal);
  const found = differences(shown, withoutUnspoken(after, shown, {}));
  const placed = found.map((d) => place(d, resource, doesReplace(input, type, d.path, was, after)));
  input.refused.push(...impossibleImport(resource, live, placed));
  return { ...common, action: 'import', physicalId: live.physicalId, before: shown, differences: placed };
}

function planRemoval(input: PlanInput, record: ResourceRecord): Change {
  const live = input.live.get(record.logicalId);
  // RetainExceptOnCreate, and a Snapshot of what has none, are no leave to delete either.
  const leavesSnapshot =
    record.deletionPolicy === 'Snapshot' && input.typeOf(record.type).snapshot !== undefined;
  const retained = record.deletionPolicy !== 'Delete' && !leavesSnapshot;
  return {
    logicalId: record.logicalId,
    type: record.type,
    action: !live || retained ? 'forget' : 'delete',
    physicalId: record.physicalId,
    before: live ? comparableLive(live.properties, {}, record.properties, input.seal) : record.properties,
    differences: [],
    replaceBecause: [],
    dependsOn: record.dependsOn,
    deletionPolicy: record.deletionPolicy,
    updateReplacePolicy: record.updateReplacePolicy,
    drift: [],
    ...(live ? {} : { vanished: true }),
  };
}

const stayingActions: readonly Action[] = ['update', 'import', 'none'];

/** What a reference gives at plan time: live where the resource stays, unknown where it is still to be made. */
function scopeOf(input: Planning, changes: ReadonlyMap<string, Change>) {
  return {
    secret: input.secret,
    seal: input.seal,
    imported: (name: string) => input.imports?.[name],
    isWithheld: (secret: Secret) => input.withheld.has(secret),
    attribute(logicalId: string, attribute: string | undefined): Value {
      const change = changes.get(logicalId);
      if (!change) return unknown;
      const type = input.typeOf(change.type);
      const name = attribute ?? type.ref;
      const live = input.live.get(logicalId);
      const stays = live && stayingActions.includes(change.action);
      if (name === undefined) return stays ? live.physicalId : unknown;
      // An attribute with a property's name is that property: known before the resource is there, and changed with it.
      // A secret property is taken from there always: the cloud would answer with its text.
      const isAltered = live && input.altered.has(`${live.physicalId} ${name}`);
      const causes = [name, ...(type.attributesChangedBy?.[name] ?? [])];
      const changed =
        !stays ||
        isAltered ||
        isSecret(change.after?.[name]) ||
        change.differences.some((d) => causes.includes(topLevel(d.path)));
      const given = live?.attributes[name];
      if (changed || given === undefined) return (changed ? change.after?.[name] : undefined) ?? unknown;
      if (change.action !== 'import') return given;
      const hidden = sealedAttribute(given, [live.physicalId, change.after?.[name]], input.seal);
      for (const item of isList(hidden) ? hidden : [hidden]) if (isSecret(item)) input.withheld.add(item);
      return hidden;
    },
  };
}

function evaluateAll(
  properties: { readonly [key: string]: Value },
  scope: ReturnType<typeof scopeOf>,
): Properties {
  const result: Record<string, Value> = {};
  for (const [key, expression] of Object.entries(properties)) result[key] = evaluate(expression, scope);
  return result;
}

function withWriteOnly(now: Properties, recorded: Properties, writeOnly: readonly string[]): Properties {
  const fromRecord = writeOnly.filter((key) => key in recorded).map((key) => [key, recorded[key]!] as const);
  return { ...now, ...Object.fromEntries(fromRecord) };
}

function doesReplace(
  input: PlanInput,
  type: PlannedType,
  path: string,
  before: Properties,
  after: Properties,
): boolean {
  const published = input.replacement(type.type, path);
  if (type.replaces && published !== 'always') return type.replaces(topLevel(path), before, after);
  return published === 'always';
}

function topLevel(path: string): string {
  return path.split(/[.[]/, 1)[0]!;
}

function place(difference: Difference, resource: DesiredResource, replaces: boolean): PropertyDifference {
  const where = positionOf(resource, difference.path);
  return { ...difference, replaces, ...(where ? { where } : {}) };
}

/** The nearest position that the template has for a path: the property's own, else its parent's, else none. */
function positionOf(resource: DesiredResource, path: string): SourceRange | undefined {
  for (let at = path; at !== ''; at = at.replace(/(\.[^.[]*|\[[^\]]*\]|^[^.[]+)$/, '')) {
    const where = resource.positions.get(at);
    if (where) return where;
  }
  return undefined;
}

function stateDifferences(resource: DesiredResource, record: ResourceRecord): PropertyDifference[] {
  const pairs = [
    ['DeletionPolicy', record.deletionPolicy, resource.deletionPolicy],
    ['UpdateReplacePolicy', record.updateReplacePolicy, resource.updateReplacePolicy],
  ] as const;
  return pairs
    .filter(([, before, after]) => before !== after)
    .map(([path, before, after]) => ({ path, before, after, replaces: false, where: resource.where }));
}

/** Whether applying this change calls the cloud at all. */
export function isStateOnly(change: Change): boolean {
  if (change.action !== 'update' || change.movedFrom !== undefined) return false;
  return change.differences.every((d) => stateOnlyPaths.has(d.path));
}
