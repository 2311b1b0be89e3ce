import type { Properties } from '../base/value.ts';
import { attributesOf } from '../plan/attributes.ts';
import type { ReadContext } from '../provider/provider.ts';
import type { ResourceRecord } from '../state/state.ts';
import type { Operation } from './operations.ts';
import type { Run } from './run.ts';

/**
 * Records of this stack whose attributes the resource that was just made, changed or deleted has changed, as they are
 * now. In: the properties that it has, plain or with secrets sealed; undefined where it is gone.
 */
export async function alteredBy(
  run: Run,
  { type, kind, change }: Operation,
  properties: Properties | undefined,
): Promise<readonly ResourceRecord[]> {
  const { context, typeOf } = run.options;
  const altered: ResourceRecord[] = [];
  const before = kind === 'update' || kind === 'delete' ? change?.before : undefined;
  const reading = { ...context, by: 'id', once: (_key, read) => read() } satisfies ReadContext;
  for (const property of Object.keys(typeOf(type).altersAttributes ?? {})) {
    const ids = [before?.[property], properties?.[property]];
    if (ids[0] === ids[1]) continue;
    // One of another stack is read when that stack is planned.
    const named = [...run.records.current.values()].filter(
      (r) => ids.includes(r.physicalId) && !isLeaving(run, r),
    );
    for (const record of named) {
      const now = await attributesNow(run, record, reading);
      if (now) altered.push(now);
    }
  }
  return altered;
}

function isLeaving({ changes }: Run, { logicalId }: ResourceRecord): boolean {
  const action = changes.get(logicalId)?.action;
  return action === 'delete' || action === 'forget';
}

async function attributesNow(
  { options: { typeOf } }: Run,
  record: ResourceRecord,
  reading: ReadContext,
): Promise<ResourceRecord | undefined> {
  const { logicalId, physicalId, properties, type } = record;
  const live = (await typeOf(type).read(reading, [{ logicalId, physicalId, properties }])).get(logicalId);
  return live && { ...record, attributes: attributesOf(live, properties) };
}
