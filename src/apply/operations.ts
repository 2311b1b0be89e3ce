import { SlipwayError } from '../base/error.ts';
import { isStateOnly } from '../plan/make-plan.ts';
import { invert } from '../plan/order.ts';
import type { Change, Deposed, Plan } from '../plan/plan.ts';
import type { DeletionPolicy } from '../template/template.ts';

/** One call to a provider, and the operations that must have succeeded first. */
export interface Operation {
  /** `create Vpc`, `delete Vpc`, `delete vpc-1` for a deposed one: unique in a run, and what the journal knows it by. */
  readonly id: string;
  readonly kind: 'create' | 'update' | 'delete';
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
 * goes only after everything else has succeeded: a new resource that fails must not have cost the old one.
 */
export function operationsOf(plan: Plan): Operation[] {
  const changes = new Map(plan.changes.map((c) => [c.logicalId, c]));
  const makers = plan.changes.filter(makes);
  const leavers = plan.changes.filter(leaves);
  const formerDependents = invert(new Map(plan.changes.map((c) => [c.logicalId, c.formerDependsOn ?? c.dependsOn])));

  const operations: Operation[] = [];
  for (const change of makers) {
    const needs = change.dependsOn.filter((id) => makes(changes.get(id))).map((id) => makerId(changes.get(id)!));
    if (change.action === 'replace' && goesFirst(change) && leaves(change)) needs.push(`delete ${change.logicalId}`);
    operations.push(operation(change, change.action === 'update' ? 'update' : 'create', needs));
  }
  for (const change of leavers) {
    const needs = (formerDependents.get(change.logicalId) ?? [])
      .map((id) => changes.get(id)!)
      .filter((dependent) => leaves(dependent) && (goesFirst(dependent) || !goesFirst(change)))
      .map((dependent) => `delete ${dependent.logicalId}`);
    if (!goesFirst(change)) needs.push(...makers.map(makerId), ...plan.deposed.map(deposedId));
    operations.push(operation(change, 'delete', needs));
  }
  for (const deposed of plan.deposed) {
    const holders = plan.deposed.filter((other) => other !== deposed && other.dependsOn.includes(deposed.logicalId));
    const needs = [...makers.map(makerId), ...holders.map(deposedId)];
    const { logicalId, type, physicalId } = deposed;
    operations.push({ id: deposedId(deposed), kind: 'delete', logicalId, type, physicalId, generation: 'deposed', needs });
  }
  return operations;
}

function makes(change: Change | undefined): change is Change {
  if (!change) return false;
  return change.action === 'create' || change.action === 'replace' || (change.action === 'update' && !isStateOnly(change));
}

function leaves(change: Change): boolean {
  if (change.action === 'delete') return true;
  return change.action === 'replace' && !retains(change.updateReplacePolicy, change);
}

/** Whether the old generation must go before the new one comes. */
function goesFirst(change: Change): boolean {
  return change.order === 'delete-before-create';
}

function retains(policy: DeletionPolicy, change: Change): boolean {
  if (policy === 'Snapshot') {
    throw new SlipwayError('plan-unsupported', {
      summary: `${change.type} cannot be snapshotted, and ${change.logicalId} asks for it`,
      remedy: 'Use DeletionPolicy and UpdateReplacePolicy: Retain or Delete.',
      ...(change.where ? { where: change.where } : {}),
    });
  }
  return policy !== 'Delete';
}

function makerId(change: Change): string {
  return `${change.action === 'update' ? 'update' : 'create'} ${change.logicalId}`;
}

function operation(change: Change, kind: Operation['kind'], needs: readonly string[]): Operation {
  const outlived = kind === 'delete' && change.action === 'replace' && !goesFirst(change);
  return {
    id: `${kind} ${change.logicalId}`,
    kind,
    logicalId: change.logicalId,
    type: change.type,
    change,
    generation: outlived ? 'deposed' : 'current',
    ...(change.physicalId === undefined ? {} : { physicalId: change.physicalId }),
    needs: [...new Set(needs)],
  };
}

function deposedId(deposed: Deposed): string {
  return `delete ${deposed.physicalId}`;
}
