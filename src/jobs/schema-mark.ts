import { type Kysely, sql } from 'kysely';
import type { Schema } from '../db/schema.ts';

/**
 * What the tables are by now, in SQL: another text from the moment that a newer program's changes are there, of ours
 * or of pg-boss's.
 */
export const schemaMark = sql<string>`(
  (select count(*) from slipway_migration) || ' ' || (select version from pgboss.version)
)`;

export async function readSchemaMark(kysely: Kysely<Schema>): Promise<string> {
  const { rows } = await sql<{ mark: string }>`select ${schemaMark} as mark`.execute(kysely);
  return rows[0]!.mark;
}
