import { type Selectable, sql } from 'kysely';
import { SlipwayError } from '../base/error.ts';
import type { Database } from '../db/database.ts';
import { type ColumnAccess, decrypted, encrypted, encryptedColumns } from '../db/encrypted-columns.ts';
import { jsonb } from '../db/json.ts';
import type { ResourceTable } from '../db/schema.ts';
import { fenced } from './fence.ts';
import { ownedByAnother } from './owned.ts';
import { assertSecretFree } from './secret-free.ts';
import type { Lock, Outcome, RecordTarget, ResourceRecord, State } from './state.ts';

export function resourceRecords(
  database: Database,
): Pick<State, 'resources' | 'recordsOf' | 'putResource' | 'removeResource'> {
  return {
    async resources(stack) {
      const rows = await database.kysely
        .selectFrom('resource')
        .selectAll()
        .where('stack', '=', stack)
        // By bytes, as the rest of Slipway sorts, whatever language the server was set up in.
        .orderBy(sql`logical_id collate "C"`)
        .orderBy('generation')
        .orderBy(sql`physical_id collate "C"`)
        .execute();
      return Promise.all(rows.map((row) => toRecord(database, row)));
    },
    recordsOf: (type, physicalId, target) => recordsOf(database, type, physicalId, target),
    putResource: (record, lock) =>
      fenced(database, lock, (transaction) =>
        writeResources({ ...database, kysely: transaction }, lock, { put: record }),
      ),
    removeResource: (record, lock) =>
      fenced(database, lock, (transaction) =>
        writeResources({ ...database, kysely: transaction }, lock, { remove: record }),
      ),
  };
}

async function recordsOf(
  access: ColumnAccess,
  type: string,
  physicalId: string,
  { account, region }: RecordTarget,
): Promise<readonly ResourceRecord[]> {
  let query = access.kysely
    .selectFrom('resource')
    .innerJoin('stack', 'stack.id', 'resource.stack')
    .selectAll('resource')
    .where('resource.type', '=', type)
    .where('resource.physical_id', '=', physicalId)
    .where('stack.account', '=', account);
  if (region !== undefined) query = query.where('stack.region', '=', region);
  const rows = await query.orderBy('resource.stack').orderBy('logical_id').execute();
  return Promise.all(rows.map((row) => toRecord(access, row)));
}

/**
 * What an outcome does to the resources, in the order that a replacement needs: depose, remove, put. `access` is a
 * transaction's.
 */
export async function writeResources(
  access: ColumnAccess,
  lock: Lock,
  { depose, remove, put, adoptedIn }: Pick<Outcome, 'depose' | 'remove' | 'put' | 'adoptedIn'>,
): Promise<void> {
  for (const part of [depose, remove, put]) if (part) assertOfStack(part, lock);
  if (put && adoptedIn) await assertUnowned(access, put, adoptedIn);
  if (depose) await deposeResource(access, depose);
  if (remove) await removeResource(access, remove);
  if (put) await putResource(access, put);
}

function assertOfStack({ stack, logicalId }: Pick<ResourceRecord, 'stack' | 'logicalId'>, lock: Lock): void {
  if (stack === lock.stack) return;
  throw new SlipwayError('internal', {
    summary: `${logicalId} of ${stack} was about to be written under the lock of ${lock.stack}`,
  });
}

/**
 * Two stacks have two locks. Whoever adopts the same thing waits here until the other has been written, and each
 * statement after that sees it.
 */
async function assertUnowned(
  access: ColumnAccess,
  { stack, logicalId, type, physicalId }: ResourceRecord,
  target: RecordTarget,
): Promise<void> {
  // Whatever the region: what is the account's own, two stacks in two regions may want.
  const key = `${target.account} ${type} ${physicalId}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(access.kysely);
  const owner = (await recordsOf(access, type, physicalId, target)).find((r) => r.stack !== stack);
  if (owner) throw ownedByAnother(owner.stack, physicalId, logicalId);
}

async function deposeResource(
  access: ColumnAccess,
  { stack, logicalId }: NonNullable<Outcome['depose']>,
): Promise<void> {
  const current = await access.kysely
    .deleteFrom('resource')
    .where('stack', '=', stack)
    .where('logical_id', '=', logicalId)
    .where('generation', '=', 'current')
    .returningAll()
    .executeTakeFirst();
  if (current) await putResource(access, { ...(await toRecord(access, current)), generation: 'deposed' });
}

async function removeResource(
  { kysely }: ColumnAccess,
  record: NonNullable<Outcome['remove']>,
): Promise<void> {
  await kysely
    .deleteFrom('resource')
    .where('stack', '=', record.stack)
    .where('logical_id', '=', record.logicalId)
    .where('generation', '=', record.generation)
    .where('physical_id', '=', record.physicalId)
    .execute();
}

/** One current generation per logical id, as a table index demands; any number of deposed ones. */
async function putResource(access: ColumnAccess, record: ResourceRecord): Promise<void> {
  assertSecretFree(record.properties);
  assertSecretFree(record.attributes);
  const key = {
    stack: record.stack,
    logical_id: record.logicalId,
    generation: record.generation,
    physical_id: record.physicalId,
  };
  const { resourceProperties, resourceAttributes } = encryptedColumns;
  const values = {
    type: record.type,
    physical_id: record.physicalId,
    properties: await encrypted<keyof typeof key, object>(access, resourceProperties, key, record.properties),
    attributes: await encrypted<keyof typeof key, object>(access, resourceAttributes, key, record.attributes),
    depends_on: jsonb(record.dependsOn),
    deletion_policy: record.deletionPolicy,
    update_replace_policy: record.updateReplacePolicy,
  };
  await access.kysely
    .insertInto('resource')
    .values({ ...key, ...values })
    .onConflict((conflict) =>
      record.generation === 'current'
        ? conflict
            .columns(['stack', 'logical_id'])
            // Literal: the index is not recognised by a parameter.
            .where('generation', '=', sql.lit('current'))
            .doUpdateSet(values)
        : conflict.columns(['stack', 'logical_id', 'generation', 'physical_id']).doUpdateSet(values),
    )
    .execute();
}

async function toRecord(access: ColumnAccess, row: Selectable<ResourceTable>): Promise<ResourceRecord> {
  const { resourceProperties, resourceAttributes } = encryptedColumns;
  const properties = await decrypted(access, resourceProperties, row, row.properties);
  const attributes = await decrypted(access, resourceAttributes, row, row.attributes);
  return {
    stack: row.stack,
    logicalId: row.logical_id,
    generation: row.generation,
    type: row.type,
    physicalId: row.physical_id,
    properties: properties as ResourceRecord['properties'],
    attributes: attributes as ResourceRecord['attributes'],
    dependsOn: row.depends_on,
    deletionPolicy: row.deletion_policy as ResourceRecord['deletionPolicy'],
    updateReplacePolicy: row.update_replace_policy as ResourceRecord['updateReplacePolicy'],
  };
}
