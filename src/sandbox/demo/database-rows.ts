import { join } from 'node:path';
import { sql } from 'kysely';
import { type Database, type DatabaseLocation, openDatabase } from '../../db/database.ts';
import { decrypted, type EncryptedColumn, encryptedColumns } from '../../db/encrypted-columns.ts';
import type { Shop } from '../start-shop.ts';

type AnyColumn = EncryptedColumn<string, object | string>;

const columns = Object.values(encryptedColumns) as unknown as readonly AnyColumn[];

/**
 * Every row of every table, the queue's too, as text to look something up in. What is encrypted is as whoever has the
 * key reads it: encryption would hide the very thing that is looked for.
 */
export async function databaseRows(location: DatabaseLocation): Promise<readonly string[]> {
  const database = await openDatabase(location);
  try {
    return await rowsOf(database);
  } finally {
    await database.close();
  }
}

/** The embedded database is one process's: Slipway is stopped while another looks into it. */
export async function embeddedRows(shop: Shop): Promise<readonly string[]> {
  await shop.slipway.stop();
  try {
    return await databaseRows({ directory: join(shop.home, '.slipway', 'db') });
  } finally {
    await shop.restart();
  }
}

async function rowsOf(database: Database): Promise<readonly string[]> {
  const tables = await sql<{ schema: string; name: string }>`
    select schemaname as schema, tablename as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema')`.execute(database.kysely);
  const texts: string[] = [];
  for (const { schema, name } of tables.rows) {
    const { rows } = await sql<Record<string, unknown>>`
      select * from ${sql.id(schema, name)}`.execute(database.kysely);
    for (const row of rows) texts.push(JSON.stringify(await readable(database, name, row)));
  }
  return texts;
}

async function readable(database: Database, table: string, row: Readonly<Record<string, unknown>>) {
  const read: Record<string, unknown> = { ...row };
  for (const column of columns.filter((one) => one.table === table)) {
    const stored = row[column.column];
    if (stored === null) continue;
    const key = row as Record<string, string | number>;
    read[column.column] = await decrypted(database, column, key, stored as never);
  }
  return read;
}
