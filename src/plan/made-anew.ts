/** What one plan deletes and another makes under the same name: a move between templates that is none. */
import type { Plan } from './plan.ts';

export interface MadeAnew {
  /** The template that has it now. */
  readonly from: string;
  /** Logical ids, in the order of the plan that makes them. */
  readonly logicalIds: readonly string[];
}

/**
 * What `plan` makes that other plans of its environment delete: resources of the same logical id and type. Resources
 * do not move from stack to stack, so these are destroyed, with what is in them, and made anew.
 */
export function madeAnew(plan: Plan, others: readonly Plan[]): readonly MadeAnew[] {
  return others.flatMap((other) => {
    if (other.stack === plan.stack || other.environment !== plan.environment) return [];
    const deleted = new Map(
      other.changes.filter((c) => c.action === 'delete').map((c) => [c.logicalId, c.type]),
    );
    const logicalIds = plan.changes
      .filter((c) => c.action === 'create' && deleted.get(c.logicalId) === c.type)
      .map((c) => c.logicalId);
    return logicalIds.length === 0 ? [] : [{ from: other.file, logicalIds }];
  });
}
