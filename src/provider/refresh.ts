import type { ResourceRecord } from '../state/state.ts';
import type { Live, ProviderContext, ReadContext, ResourceType, Wanted } from './provider.ts';

/**
 * Asks the cloud for everything that the records speak of: one bulk read per type, all types at once, calls shared.
 * What is missing is asked for a second time by its id before it counts as gone: a tag filter can miss what it
 * should find (a tag removed by hand, a list that lags). Returns live resources by logical id.
 */
export async function refresh(
  context: ProviderContext,
  records: readonly ResourceRecord[],
  typeOf: (type: string) => ResourceType,
): Promise<ReadonlyMap<string, Live>> {
  const live = new Map<string, Live>();
  await readInto(live, bulkRead(context, 'stack'), records, typeOf);
  const missing = records.filter((r) => !live.has(r.logicalId));
  if (missing.length > 0) await readInto(live, bulkRead(context, 'id'), missing, typeOf);
  return live;
}

/** Asks for what there is no record of, by physical id, whoever owns it. Returns live resources by logical id. */
export async function readUnrecorded(
  context: ProviderContext,
  wanted: readonly (Wanted & { readonly type: string })[],
  typeOf: (type: string) => ResourceType,
): Promise<ReadonlyMap<string, Live>> {
  const live = new Map<string, Live>();
  await readInto(live, bulkRead(context, 'id'), wanted, typeOf);
  return live;
}

async function readInto(
  live: Map<string, Live>,
  context: ReadContext,
  records: readonly (Wanted & { readonly type: string })[],
  typeOf: (type: string) => ResourceType,
): Promise<void> {
  const byType = Map.groupBy(records, (r) => r.type);
  await Promise.all(
    [...byType].map(async ([type, wanted]) => {
      const found = await typeOf(type).read(context, wanted.map(toWanted));
      for (const [logicalId, resource] of found) live.set(logicalId, resource);
    }),
  );
}

function toWanted({ logicalId, physicalId, properties }: Wanted): Wanted {
  return { logicalId, physicalId, properties };
}

function bulkRead(context: ProviderContext, by: ReadContext['by']): ReadContext {
  const shared = new Map<string, Promise<unknown>>();
  return {
    ...context,
    by,
    once<T>(key: string, read: () => Promise<T>): Promise<T> {
      const known = shared.get(key) as Promise<T> | undefined;
      if (known) return known;
      const started = read();
      shared.set(key, started);
      return started;
    },
  };
}
