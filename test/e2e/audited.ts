import { sql } from 'kysely';
import { openDatabase } from '../../src/db/database.ts';
import type { World } from './shop.ts';

/** Entries of the audit record in which this text is: the name of a repository. */
export async function audited(world: World, text: string): Promise<readonly Record<string, unknown>[]> {
  const database = await openDatabase({ url: world.databaseUrl! });
  try {
    const { rows } = await sql<{ text: string }>`
      select text from audit where strpos(text, ${text}) > 0 order by number`.execute(database.kysely);
    return rows.map((row) => JSON.parse(row.text) as Record<string, unknown>);
  } finally {
    await database.close();
  }
}
