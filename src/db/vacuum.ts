import { sql } from 'kysely';
import type { Database } from './database.ts';

/**
 * Gives back the space of deleted rows and refreshes the planner's figures. PGlite has no autovacuum, so without
 * this a busy embedded database only grows; a server does it by itself. Takes the one connection meanwhile.
 */
export async function vacuum(database: Database): Promise<void> {
  if (database.kind === 'embedded') await sql`vacuum (analyze)`.execute(database.kysely);
}
