import type { Properties } from '../base/value.ts';
import { attributesOf } from '../plan/attributes.ts';
import type { ReadContext } from '../provider/provider.ts';
import type { ResourceRecord } from '../state/state.ts';
import type { Operation } from './operations.ts';
import type { Run } from './run.ts';

/**
 * Records of this stack whose attributes the resource that was just made has changed, as they are now. In: the
 * properties that it was made with, plain or with secrets sealed.
 */
export async function alteredBy(
  run: Run,
  { type, kind }: Operation,
  properties: Properties,
): Promise<readonly ResourceRecord[]> {
  const { context, typeOf } = run.options;
  const altered: ResourceRecord[] = [];
  if (kind !== 'create') return altered;
  const reading = { ...context, by: 'id', once: (_key, read) => read() } satisfies ReadContext;
  for (const property of Object.keys(typeOf(type).altersAttributes ?? {})) {
    const named = [...run.records.current.values()].find((r) => r.physicalId === properties[property]);
    // One of another stack is read when that stack is planned.
    if (!named) continue;
    const { logicalId, physicalId } = named;
    const wanted = { logicalId, physicalId, properties: named.properties };
    const live = (await typeOf(named.type).read(reading, [wanted])).get(logicalId);
    if (live) altered.push({ ...named, attributes: attributesOf(live, named.properties) });
  }
  return altered;
}
