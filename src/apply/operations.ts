import { isStateOnly } from '../plan/make-plan.ts';
import { topologicalOrder } from '../plan/order.ts';
import type { Change, Plan } from '../plan/plan.ts';
import type { ResourceRecord } from '../state/state.ts';

/** One call to a provider, and the operations that must have succeeded first. */
export interface Operation {
  /** `create Vpc`, `delete Vpc`, `delete Vpc vpc-1` for a deposed one: unique in a run; its intent is made from it. */
  readonly id: string;
  /** `import`: what is there is marked and recorded as ours. */
  readonly kind: 'create' | 'update' | 'import' | 'delete';
  readonly logicalId: string;
  readonly type: string;
  /** Undefined for what an earlier run left deposed. */
  readonly change?: Change;
  /** For a delete: what exactly goes. */
  readonly physicalId?: string;
  readonly generation: 'current' | 'deposed';
  readonly needs: readonly string[];
}

/**
 * Turns a plan into calls and their order (DESIGN.md section 6). As in CloudFormation, what is removed or replaced
 * goes only after everything else has succeeded: a new resource that fails must not have cost the old one. Only
 * what stands in the way of its own successor goes first.
 *
 * @param records of the stack; they tell which of two contradicting edges between old resources is real
 */
export function operationsOf(plan: Plan, records: readonly ResourceRecord[]): Operation[] {
  const changes = new Map(plan.changes.map((c) => [c.logicalId, c]));
  const makers = plan.changes.filter(makes);
  const leavers = leaversOf(plan);
  const holders = holdersOf(leavers, records);
  const leaverIds = new Set(leavers.map((l) => l.id));

  const operations: Operation[] = makers.flatMap((change) => {
    const ahead = change.dependsOn.flatMap((id) => {
      const needed = changes.get(id);
      return needed && makes(needed) ? [makerId(needed)] : [];
    });
    const inTheWay = [
      ...(change.action === 'replace' && change.order === 'delete-before-create' ? [change.logicalId] : []),
      ...(change.takesOverFrom ?? []),
    ];
    const needs = [
      ...new Set([...ahead, ...inTheWay.map((id) => `delete ${id}`).filter((id) => leaverIds.has(id))]),
    ];
    return stepsOf(change).map((kind, i, steps) => ({
      id: `${kind} ${change.logicalId}`,
      kind,
      logicalId: change.logicalId,
      type: change.type,
      change,
      generation: 'current' as const,
      ...(change.physicalId === undefined ? {} : { physicalId: change.physicalId }),
      needs: i === 0 ? needs : [`${steps[i - 1]} ${change.logicalId}`],
    }));
  });
  const everythingNew = makers.map(makerId);
  for (const { id, logicalId, type, physicalId, generation, change, goesFirst } of leavers) {
    const held = holders.get(id) ?? [];
    const needs = goesFirst ? held : [...held, ...everythingNew];
    const what = { id, logicalId, type, physicalId, generation, needs };
    operations.push({ ...what, kind: 'delete', ...(change ? { change } : {}) });
  }
  return operations;
}

/** Whether the old generation stays where it is when the new one has come: it is nobody's then. */
export function retainsOld({ updateReplacePolicy: policy }: Change): boolean {
  return policy !== 'Delete' && policy !== 'Snapshot';
}

/** The calls that bring a change about, in their order; none for what only goes or stays. */
function stepsOf(change: Change): readonly Exclude<Operation['kind'], 'delete'>[] {
  if (change.action === 'update') return isStateOnly(change) ? [] : ['update'];
  // Recorded before it is changed: an update that fails must not leave what is marked as ours and known to nobody.
  if (change.action === 'import') return change.differences.length > 0 ? ['import', 'update'] : ['import'];
  return change.action === 'create' || change.action === 'replace' ? ['create'] : [];
}

function makes(change: Change): boolean {
  return stepsOf(change).length > 0;
}

/** The last of its calls, which those that depend on it wait for. */
function makerId(change: Change): string {
  return `${stepsOf(change).at(-1)} ${change.logicalId}`;
}

/** Something old that goes: deleted, replaced, or left deposed by an earlier run. */
interface Leaver {
  readonly id: string;
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  readonly generation: Operation['generation'];
  readonly change?: Change;
  /** What it hung on when it was last applied. */
  readonly dependsOn: readonly string[];
  goesFirst: boolean;
}

function leaversOf(plan: Plan): Leaver[] {
  const leavers: Leaver[] = [];
  for (const change of plan.changes) {
    const { logicalId, type, action, physicalId } = change;
    if (physicalId === undefined) continue;
    if (action !== 'delete' && !(action === 'replace' && !retainsOld(change))) continue;
    const goesFirst = change.order === 'delete-before-create';
    leavers.push({
      id: `delete ${logicalId}`,
      logicalId,
      type,
      physicalId,
      // The new generation is there by then, and the old one is no longer the current one.
      generation: action === 'replace' && !goesFirst ? 'deposed' : 'current',
      change,
      dependsOn: change.formerDependsOn ?? change.dependsOn,
      goesFirst,
    });
  }
  const early = new Set(leavers.filter((l) => l.goesFirst).map((l) => l.logicalId));
  for (const { logicalId, type, physicalId, dependsOn } of plan.deposed) {
    const id = `delete ${logicalId} ${physicalId}`;
    // It would hold in place what has to go first.
    const goesFirst = dependsOn.some((d) => early.has(d));
    leavers.push({ id, logicalId, type, physicalId, generation: 'deposed', dependsOn, goesFirst });
  }
  return leavers;
}

/** For each leaver, the ids of those that hang on it and go before it. */
function holdersOf(leavers: readonly Leaver[], records: readonly ResourceRecord[]): Map<string, string[]> {
  const byLogicalId = Map.groupBy(leavers, (l) => l.logicalId);
  const edges = leavers.flatMap((holder) =>
    holder.dependsOn.flatMap((id) => (byLogicalId.get(id) ?? []).map((held) => ({ holder, held }))),
  );
  // What goes first waits for nothing that goes last: that waits for the successor of what goes first.
  const possible = edges.filter(({ holder, held }) => holder.goesFirst || !held.goesFirst);
  const all = grouped(possible);
  if (isOrdered(all)) return all;
  // Records of different runs, of which one failed, can say that each of two hangs on the other. What counts then
  // is whose properties name the other one.
  const texts = new Map(records.map((r) => [keyOf(r), JSON.stringify(r.properties)]));
  const real = grouped(possible.filter((e) => texts.get(keyOf(e.holder))?.includes(e.held.physicalId)));
  return isOrdered(real) ? real : new Map();
}

function keyOf({ logicalId, physicalId }: Pick<ResourceRecord, 'logicalId' | 'physicalId'>): string {
  return `${logicalId} ${physicalId}`;
}

function grouped(edges: readonly { holder: Leaver; held: Leaver }[]): Map<string, string[]> {
  const holders = new Map<string, string[]>();
  for (const { holder, held } of edges) {
    const known = holders.get(held.id);
    if (known) known.push(holder.id);
    else holders.set(held.id, [holder.id]);
  }
  return holders;
}

function isOrdered(needs: ReadonlyMap<string, readonly string[]>): boolean {
  try {
    topologicalOrder(needs);
    return true;
  } catch {
    return false;
  }
}
