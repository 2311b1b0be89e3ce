import { randomBytes } from 'node:crypto';
import { sql, type Transaction } from 'kysely';
import type { ClientBase } from 'pg';
import { SlipwayError } from '../base/error.ts';
import type { OperatorKeys } from '../secret/operator-keys.ts';
import type { Database } from './database.ts';
import { noKeyGiven } from './encryption.ts';
import type { Schema } from './schema.ts';

/** Any numbers will do, as long as they stay. Who makes a data key takes turns by this one. */
const turn = 7_420_114_003;

/**
 * Every connection of a process that has no key holds this, shared with the others: as long as one does, nothing is
 * encrypted that it could not read.
 */
const withoutKey = 7_420_114_004;

/**
 * What a connection of a process without a key does first: no data key is made while it lasts.
 * @throws SlipwayError `encryption-key` where there is one already
 */
export async function holdBackEncryption(client: Pick<ClientBase, 'query'>): Promise<void> {
  await client.query(`select pg_advisory_lock_shared(${withoutKey})`);
  const { rows } = await client.query("select to_regclass('data_key') is not null as known");
  if (!rows[0].known) return;
  const { rows: dataKeys } = await client.query('select wrapped_by from data_key');
  if (dataKeys.length > 0) throw noKeyGiven(dataKeys.map(({ wrapped_by }) => wrapped_by));
}

/**
 * Makes the first data key, from which on columns are encrypted: at once in a database that nobody else has, else as
 * soon as no process without the operator's key is connected.
 *
 * @returns whether the database is encrypted from here on, or was already
 */
export async function beginEncryption({ kysely, encryption, kind }: Database): Promise<boolean> {
  const { operator } = encryption;
  if (!operator) return false;
  if ((await encryption.current(kysely)) !== undefined) return true;
  const made = await newDataKey(operator);
  const begun = await kysely.transaction().execute(async (transaction) => {
    await takeTurn(transaction);
    const { rows } = await sql`select 1 from data_key limit 1`.execute(transaction);
    if (rows.length > 0) return true;
    if (kind === 'server') {
      const held = await sql<{
        free: boolean;
      }>`select pg_try_advisory_xact_lock(${withoutKey}::bigint) as free`.execute(transaction);
      if (!held.rows[0]?.free) return false;
    }
    await add(transaction, made);
    return true;
  });
  await encryption.reload(kysely);
  return begun;
}

/**
 * Makes another data key, which all processes write with from here on: each within a minute. Gives its id.
 * @throws SlipwayError `encryption-waits` where nothing is encrypted yet, since processes without a key are connected
 */
export async function rotateDataKey(database: Database): Promise<string> {
  const { kysely, encryption } = database;
  await requireEncryption(database);
  const made = await newDataKey(encryption.operator!);
  await kysely.transaction().execute(async (transaction) => {
    await takeTurn(transaction);
    await add(transaction, made);
  });
  await encryption.reload(kysely);
  return made.id;
}

/**
 * Wraps every data key anew, with the first of the operator's keys: also those that others make or wrap meanwhile, who
 * may do it by another key. Gives how many there are.
 */
export async function rewrapDataKeys(database: Database): Promise<number> {
  const { kysely, encryption } = database;
  await requireEncryption(database);
  const operator = encryption.operator!;
  const ours = new Map<string, string>();
  for (;;) {
    const rows = await kysely.selectFrom('data_key').selectAll().orderBy('number').execute();
    const others = rows.filter(({ id, wrapped }) => ours.get(id) !== wrapped);
    if (others.length === 0) return rows.length;
    // No transaction around it: Vault is asked for each.
    for (const { id, wrapped_by, wrapped } of others) {
      const again = await operator.wrap(id, await operator.unwrap(id, wrapped_by, wrapped));
      const { numUpdatedRows } = await kysely
        .updateTable('data_key')
        .set({ wrapped_by: operator.first, wrapped: again })
        .where('id', '=', id)
        .where('wrapped', '=', wrapped)
        .executeTakeFirstOrThrow();
      if (numUpdatedRows > 0n) ours.set(id, again);
    }
  }
}

/**
 * Encrypts what is written from here on.
 * @throws SlipwayError `encryption-key` where there is no key, `encryption-waits` while processes without one are connected
 */
export async function requireEncryption(database: Database): Promise<void> {
  if (!database.encryption.operator) {
    throw new SlipwayError('encryption-key', {
      summary: 'There is no key to encrypt with',
      remedy:
        'Set SLIPWAY_ENCRYPTION_KEY to what openssl rand -base64 32 prints, and keep a copy of it elsewhere.',
    });
  }
  if (await beginEncryption(database)) return;
  throw new SlipwayError('encryption-waits', {
    summary: 'Nothing is encrypted while processes without the key are connected to the database',
    remedy: 'Give SLIPWAY_ENCRYPTION_KEY to all of them, and start them again.',
  });
}

interface NewDataKey {
  readonly id: string;
  readonly wrapped_by: string;
  readonly wrapped: string;
}

async function newDataKey(operator: OperatorKeys): Promise<NewDataKey> {
  const id = randomBytes(6).toString('hex');
  return { id, wrapped_by: operator.first, wrapped: await operator.wrap(id, randomBytes(32)) };
}

async function takeTurn(transaction: Transaction<Schema>): Promise<void> {
  await sql`select pg_advisory_xact_lock(${turn}::bigint)`.execute(transaction);
}

async function add(transaction: Transaction<Schema>, key: NewDataKey): Promise<void> {
  const number = sql<number>`(select coalesce(max(number), 0) + 1 from data_key)`;
  await transaction
    .insertInto('data_key')
    .values({ ...key, number })
    .execute();
}
