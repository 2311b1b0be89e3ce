/**
 * Everything that the database holds, as text that another one can be made from, of either kind. In or out: one line a
 * row, between a line that says what it is and one that proves that it is all there.
 */
import { createHash } from 'node:crypto';
import { sql, type Transaction } from 'kysely';
import { SlipwayError } from '../base/error.ts';
import { connectionName } from './connection-name.ts';
import type { Database } from './database.ts';
import { migrations } from './migrations.ts';
import type { Schema } from './schema.ts';

/**
 * Every table, after those that its rows refer to. What waits in the queue is not kept: a sweep finds what there is to
 * do, of what is stored here and what GitHub says.
 */
const tables: readonly (keyof Schema)[] = [
  'data_key',
  'setting',
  'repository',
  'stack',
  'stack_lock',
  'resource',
  'run',
  'journal',
  'delivery',
  'pull_request',
  'cancellation',
  'compliance_scan',
  'compliance_report',
  'policy_set',
  'code_scanning',
  'hand_over',
  'audit',
  'vault_session',
];

/** Their numbers are given by the database, and go on from the highest. */
const numbered = { journal: 'sequence' } as const;

/** So many rows are in memory at once. */
const atOnce = 200;

interface Header {
  readonly slipwayBackup: 1;
  /** Of how many migrations its tables are. */
  readonly schema: number;
  /** ISO 8601 */
  readonly at: string;
}

interface Footer {
  readonly rows: number;
  /** SHA-256 in hexadecimal, over all lines before it. */
  readonly sha256: string;
}

/**
 * The lines of a backup, each with its line end: all as it was at one moment, whatever others write meanwhile.
 *
 * @param at when it is made
 */
export async function* backup(database: Database, at: Date): AsyncGenerator<string> {
  const hash = createHash('sha256');
  const line = (value: string) => {
    hash.update(`${value}\n`);
    return `${value}\n`;
  };
  const transaction = await database.kysely
    .startTransaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute();
  let rows = 0;
  try {
    // Who takes the lines may be slow.
    await sql`set local idle_in_transaction_session_timeout = 0`.execute(transaction);
    // The moment is that of the first query.
    await sql`select 1`.execute(transaction);
    const header: Header = { slipwayBackup: 1, schema: migrations.length, at: at.toISOString() };
    yield line(JSON.stringify(header));
    for (const table of tables) {
      for await (const row of rowsOf(transaction, table)) {
        rows++;
        yield line(`["${table}",${row}]`);
      }
    }
  } finally {
    await transaction.rollback().execute();
  }
  const footer: Footer = { rows, sha256: hash.digest('hex') };
  yield `${JSON.stringify(footer)}\n`;
}

/** Each row as JSON, without line ends. */
async function* rowsOf(transaction: Transaction<Schema>, table: keyof Schema): AsyncGenerator<string> {
  await sql`declare backup_rows no scroll cursor for
    select row_to_json(kept)::text as row from ${sql.table(table)} as kept`.execute(transaction);
  for (;;) {
    const { rows } = await sql<{ row: string }>`fetch ${sql.lit(atOnce)} from backup_rows`.execute(
      transaction,
    );
    yield* rows.map(({ row }) => onOneLine(row));
    if (rows.length < atOnce) break;
  }
  await sql`close backup_rows`.execute(transaction);
}

/**
 * A `json` column keeps the line ends that it was written with; inside of texts they are escaped. Two more that
 * readers of lines know may stand in a text, which anybody's comment may hold.
 */
function onOneLine(row: string): string {
  return row
    .replaceAll(/[\r\n]/g, ' ')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

/**
 * Fills an empty database from the lines of a backup, all or nothing. Gives the number of rows. What was encrypted
 * stays as it is, and its data keys come with it.
 *
 * @throws SlipwayError `backup-invalid` when the lines are not a whole backup of this version, `restore-refused` when
 *   something is in the database already, `encryption-key` when it is encrypted by another key than the database is
 *   opened with
 */
export async function restore(database: Database, lines: AsyncIterable<string>): Promise<number> {
  return database.kysely.transaction().execute(async (transaction) => {
    if (database.kind === 'server') await refuseShared(transaction);
    await refuseFull(transaction);
    const hash = createHash('sha256');
    let [rows, header, footer]: [number, Header | undefined, Footer | undefined] = [0, undefined, undefined];
    let pending: { table: keyof Schema; rows: string[] } = { table: tables[0]!, rows: [] };
    const flush = async () => {
      if (pending.rows.length > 0) await insert(transaction, pending.table, pending.rows);
    };
    for await (const line of lines) {
      if (footer) throw invalid('There is more after its end.');
      if (!header) {
        header = headerOf(line);
      } else if (line.startsWith('{')) {
        footer = parsed(line) as Footer;
        continue;
      } else {
        const table = tables.find((name) => line.startsWith(`["${name}",{`));
        if (!table) throw invalid('A line of it is of no table that there is.');
        if (table !== pending.table || pending.rows.length >= atOnce) {
          await flush();
          pending = { table, rows: [] };
        }
        pending.rows.push(line.slice(table.length + 4, -1));
        rows++;
      }
      hash.update(`${line}\n`);
    }
    await flush();
    if (!footer) throw invalid('Its end is missing.');
    if (footer.rows !== rows || footer.sha256 !== hash.digest('hex'))
      throw invalid('It is not what was written: lines are missing, or were changed.');
    for (const [table, column] of Object.entries(numbered)) {
      await sql`select setval(pg_get_serial_sequence(${table}, ${column}),
        coalesce((select max(${sql.ref(column)}) from ${sql.table(table)}), 0) + 1, false)`.execute(
        transaction,
      );
    }
    // Nobody could read it later who cannot now.
    await database.encryption.reload(transaction);
    return rows;
  });
}

async function insert(transaction: Transaction<Schema>, table: keyof Schema, rows: readonly string[]) {
  try {
    await sql`insert into ${sql.table(table)} overriding system value
      select * from json_populate_recordset(null::${sql.table(table)}, ${`[${rows.join(',')}]`}::text::json)`.execute(
      transaction,
    );
  } catch (cause) {
    throw invalid(`A row of ${table} cannot be stored.`, cause);
  }
}

/**
 * Another process, such as a server, goes on with the data key and the fingerprints that it began with: what it writes
 * nobody could read.
 */
async function refuseShared(transaction: Transaction<Schema>): Promise<void> {
  const { rows } = await sql`select 1 from pg_stat_activity
    where datname = current_database() and application_name like ${`${connectionName}%`}
      and application_name <> current_setting('application_name') limit 1`.execute(transaction);
  if (rows.length === 0) return;
  throw new SlipwayError('restore-refused', {
    summary: 'Another process of Slipway uses the database to restore into',
    remedy: 'Stop it, restore, and start it again.',
  });
}

/** What opening a database makes is not something: a data key, and the key of fingerprints, which the backup has, too. */
async function refuseFull(transaction: Transaction<Schema>): Promise<void> {
  await transaction.deleteFrom('setting').where('name', '=', 'fingerprint-key').execute();
  await transaction.deleteFrom('data_key').execute();
  for (const table of tables) {
    const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(transaction);
    if (rows.length === 0) continue;
    throw new SlipwayError('restore-refused', {
      summary: 'The database to restore into is not empty',
      detail: `There is something in the table ${table}.`,
      remedy: 'Name a new database: in DATABASE_URL, or by going to a folder without .slipway.',
    });
  }
}

function headerOf(line: string): Header {
  const header = parsed(line) as Partial<Header>;
  if (header.slipwayBackup !== 1) throw invalid('It does not begin as one.');
  if (header.schema !== migrations.length) {
    throw new SlipwayError('backup-invalid', {
      summary: 'The backup was made by another version of Slipway',
      detail: `Its tables are those of change ${header.schema}; this version has ${migrations.length}.`,
      remedy: 'Restore it with the version that made it, then start the newer one on that database.',
    });
  }
  return header as Header;
}

function parsed(line: string): object {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Said below.
  }
  throw invalid('A line of it is no JSON.');
}

function invalid(detail: string, cause?: unknown): SlipwayError {
  return new SlipwayError('backup-invalid', {
    summary: 'This is not a whole backup',
    detail,
    remedy: 'Take another one; nothing was restored.',
    ...(cause === undefined ? {} : { cause }),
  });
}
