import type { StackRecord } from '../state/state.ts';
import { planDigest } from './digest.ts';
import type { OutputChange, Plan } from './plan.ts';

/**
 * The part of a plan that is about one resource: the rest of the stack stays as it is, outputs and what it was made
 * with of other stacks too.
 *
 * @param outputs as recorded
 * @param imports as recorded, with their values
 */
export function onlyOf(
  plan: Plan,
  logicalId: string,
  outputs: StackRecord['outputs'],
  imports: Plan['imports'] = {},
): Plan {
  const kept = Object.entries(outputs).map(([name, { value, ...rest }]): OutputChange => {
    return { name, before: value, after: value, desired: value, ...rest };
  });
  const { digest: _whole, importChanges: claims, handOvers: _others, ...rest } = plan;
  const part = {
    ...rest,
    changes: plan.changes.filter((change) => change.logicalId === logicalId),
    deposed: [],
    outputs: kept,
    imports: { ...imports, ...plan.imports },
    ...(claims && claims.added.length > 0 ? { importChanges: { ...claims, removed: [] } } : {}),
  };
  return { ...part, digest: planDigest(part) };
}
