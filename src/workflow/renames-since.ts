import { isObject } from '../base/value.ts';
import type { DesiredStack } from '../stack/stack.ts';
import type { RunRecord, State } from '../state/state.ts';

/**
 * Logical ids that resources of an earlier version have got since, as new → old: to go back to that version is to
 * rename them back, where its template alone would have them deleted and made again.
 *
 * @param until the last run that counts; all of them where it is left out
 */
export async function renamesSince(
  state: State,
  run: Pick<RunRecord, 'id' | 'stack'>,
  until?: string,
): Promise<ReadonlyMap<string, string>> {
  const ids = (await state.history(run.stack)).map((r) => r.id).reverse();
  const last = until === undefined ? ids.length : ids.indexOf(until) + 1;
  const renames = new Map<string, string>();
  for (const id of ids.slice(ids.indexOf(run.id) + 1, last)) {
    const { plan } = (await state.run(id))!;
    for (const { logicalId, movedFrom, action } of plan.changes) {
      if (movedFrom !== undefined) {
        const old = renames.get(movedFrom) ?? movedFrom;
        renames.delete(movedFrom);
        renames.set(logicalId, old);
      } else if (action === 'delete' || action === 'forget') renames.delete(logicalId);
    }
  }
  return renames;
}

/** As if the template said it in the metadata of each resource; `renames` is what it is called now → in the template. */
export function withRenames(
  desired: DesiredStack,
  renames: Readonly<Record<string, string>> = {},
): DesiredStack {
  const resources = new Map(desired.resources);
  for (const [now, name] of Object.entries(renames)) {
    const resource = resources.get(name);
    if (!resource) continue;
    const { Slipway: slipway } = resource.metadata;
    const { Import: _, ...others } = isObject(slipway) ? slipway : {};
    const metadata = { ...resource.metadata, Slipway: { ...others, RenamedFrom: now } };
    resources.set(name, { ...resource, metadata });
  }
  return { ...desired, resources };
}
