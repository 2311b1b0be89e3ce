/**
 * Brings every encrypted column under the current data key, while others read and write: after encryption was switched
 * on for a database that was readable, and after another data key was made.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { SlipwayError } from '../base/error.ts';
import type { Database } from './database.ts';
import {
  type ColumnAccess,
  decrypted,
  type Encrypted,
  type EncryptedColumn,
  encryptedColumns,
  encryptedWithFacts,
} from './encrypted-columns.ts';
import { isEncrypted, settledMs } from './encryption.ts';
import type { Schema } from './schema.ts';

/** So many rows are in memory at once. */
const atOnce = 100;

type AnyColumn = EncryptedColumn<string, object | string>;
type Key = Readonly<Record<string, string | number>>;

const columns = Object.values(encryptedColumns) as unknown as readonly AnyColumn[];

export interface EncryptRowsOptions {
  readonly signal?: AbortSignal;
  /** Told of each. */
  readonly onValue?: () => void;
  /** What is readable although all was encrypted is taken for what it says: an operator has looked at it. */
  readonly takesReadable?: boolean;
}

/**
 * Encrypts what is not encrypted with the current data key. Each value by itself, and only where nobody has changed its
 * row meanwhile: who has, wrote it with that key already. Gives how many were. Nothing where nothing is to be encrypted.
 *
 * @throws SlipwayError `encryption-broken` where a value cannot be read, once all others are encrypted
 */
export async function encryptRows(
  database: Database,
  { signal, onValue, takesReadable = false }: EncryptRowsOptions = {},
): Promise<number> {
  const { kysely, encryption } = database;
  const id = await encryption.current(kysely);
  if (id === undefined) return 0;
  const settled = await isSettled(database, id);
  let count = 0;
  let unread: SlipwayError | undefined;
  for (const column of columns) {
    for (let after: Key | undefined; ; ) {
      const rows = await rowsWithout(kysely, column, id, after);
      for (const row of rows) {
        signal?.throwIfAborted();
        try {
          if (!(await encryptRow(database, column, row, takesReadable))) continue;
        } catch (error) {
          if (!(error instanceof SlipwayError && error.code === 'encryption-broken')) throw error;
          unread ??= error;
          continue;
        }
        count++;
        onValue?.();
      }
      after = rows.at(-1)?.key;
      if (rows.length < atOnce) break;
    }
  }
  if (unread) throw unread;
  if (settled) {
    await markComplete(kysely, id);
    await encryption.reload(kysely);
  }
  return count;
}

/** Whether nothing is left to encrypt, also of what a process that had not heard of the data key was about to write. */
export async function isAllEncrypted({ kysely, encryption }: Database): Promise<boolean> {
  const id = await encryption.current(kysely);
  if (id === undefined) return false;
  const key = await kysely
    .selectFrom('data_key')
    .select('complete_at')
    .where('id', '=', id)
    .executeTakeFirst();
  return key?.complete_at != null;
}

/** How many values there are by the data key that they are encrypted with; under `undefined`, those that are not. */
export async function countByKey(kysely: Kysely<Schema>): Promise<ReadonlyMap<string | undefined, number>> {
  const counts = new Map<string | undefined, number>();
  for (const column of columns) {
    const { rows } = await sql<{ id: string | null; number: number }>`
      select substring(${textOf(column)} from '^"?encrypted:1:([0-9a-f]{12}):') as id, count(*) as number
      from ${sql.table(column.table)} where ${sql.ref(column.column)} is not null group by 1`.execute(kysely);
    for (const { id, number } of rows)
      counts.set(id ?? undefined, (counts.get(id ?? undefined) ?? 0) + Number(number));
  }
  return counts;
}

interface StoredRow {
  readonly key: Key;
  /** As the column holds it, JSON as text. */
  readonly stored: string;
  /** Of the row: another one after every write. */
  readonly version: string;
}

/** The next rows, by their key, whose value is not encrypted with this data key. */
async function rowsWithout(
  kysely: Kysely<Schema>,
  column: AnyColumn,
  id: string,
  after: Key | undefined,
): Promise<readonly StoredRow[]> {
  const names = column.key.map((name) => sql.ref(name));
  const next = after
    ? sql`and (${sql.join(names)}) > (${sql.join(column.key.map((name) => after[name]))})`
    : sql``;
  const current = `${column.type === 'text' ? '' : '"'}encrypted:1:${id}:`;
  const { rows } = await sql<Omit<StoredRow, 'key'> & Key>`
    select ${sql.join(names)}, ${textOf(column)} as stored, xmin::text as version
    from ${sql.table(column.table)}
    where ${sql.ref(column.column)} is not null and not starts_with(${textOf(column)}, ${current}) ${next}
    order by ${sql.join(names)} limit ${sql.lit(atOnce)}`.execute(kysely);
  return rows.map(({ stored, version, ...key }) => ({ key, stored, version }) as StoredRow);
}

async function encryptRow(
  access: ColumnAccess,
  column: AnyColumn,
  { key, stored, version }: StoredRow,
  takesReadable: boolean,
): Promise<boolean> {
  const given = column.type === 'text' ? stored : JSON.parse(stored);
  const isTaken = takesReadable && !isEncrypted(given);
  const value = isTaken ? given : await decrypted(access, column, key, given as Encrypted<object | string>);
  const again = await encryptedWithFacts(access, column, key, value);
  const facts = column.facts ? sql`, facts = ${again.facts}` : sql``;
  const isRow = sql.join(
    column.key.map((name) => sql`${sql.ref(name)} = ${key[name]}`),
    sql` and `,
  );
  const { numAffectedRows } = await sql`
    update ${sql.table(column.table)} set ${sql.ref(column.column)} = ${again.stored} ${facts}
    where ${isRow} and xmin::text = ${version}`.execute(access.kysely);
  return Number(numAffectedRows) > 0;
}

function textOf({ column }: Pick<AnyColumn, 'column'>): RawBuilder<string> {
  return sql<string>`${sql.ref(column)}::text`;
}

/** Whether by now every process writes with this data key. By the database's clock, which dated it. */
async function isSettled({ kysely, kind }: Database, id: string): Promise<boolean> {
  if (kind === 'embedded') return true;
  const { rows } = await sql<{ settled: boolean }>`
    select made_at < clock_timestamp() - ${settledMs} * interval '1 millisecond' as settled
    from data_key where id = ${id}`.execute(kysely);
  return rows[0]?.settled ?? false;
}

async function markComplete(kysely: Kysely<Schema>, id: string): Promise<void> {
  await kysely
    .updateTable('data_key')
    .set({ complete_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('complete_at', 'is', null)
    .execute();
}
