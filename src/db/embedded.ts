import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite, types } from '@electric-sql/pglite';
import { Kysely, PGliteDialect } from 'kysely';
import type { OperatorKeys } from '../secret/operator-keys.ts';
import { beginEncryption } from './data-keys.ts';
import type { EmbeddedDatabase } from './database.ts';
import { lockDirectory } from './directory-lock.ts';
import { diskFull, hasDiskRoom } from './disk-room.ts';
import { createEncryption } from './encryption.ts';
import { migrate } from './migrations.ts';
import { newDatabase } from './new-database.ts';
import type { Schema } from './schema.ts';

/** PGlite in `directory`, or in memory when there is none. */
export async function openEmbedded(
  directory: string | undefined,
  image: Blob | undefined,
  keys: OperatorKeys | undefined,
): Promise<EmbeddedDatabase> {
  const hasRoom = () => directory === undefined || hasDiskRoom(directory);
  // Before the lock, which is two files.
  if (directory !== undefined) mkdirSync(directory, { recursive: true });
  if (!hasRoom()) throw diskFull();
  const lock = directory === undefined ? undefined : lockDirectory(directory);
  let pglite: PGlite | undefined;
  try {
    pglite = directory === undefined ? await startInMemory(image) : await startInDirectory(directory);
    const opened = pglite;
    const kysely = new Kysely<Schema>({ dialect: new PGliteDialect({ pglite: opened }) });
    await migrate(kysely);
    const encryption = createEncryption(keys, false);
    await encryption.reload(kysely);
    // We have the directory to ourselves, so whoever held a stack's lock is gone: nobody has to wait for its
    // time to run out. The fences stay.
    if (directory !== undefined) await kysely.updateTable('stack_lock').set({ holder: null }).execute();
    const database: EmbeddedDatabase = {
      kind: 'embedded',
      kysely,
      encryption,
      pglite: opened,
      hasRoom,
      async close() {
        if (!opened.closed) await opened.close();
        lock?.release();
      },
    };
    await beginEncryption(database);
    return database;
  } catch (error) {
    if (pglite && !pglite.closed) await pglite.close();
    lock?.release();
    throw error;
  }
}

// As `server.ts` reads them: PGlite would give a BigInt for large ones.
const parsers = { [types.INT8]: Number };

async function startInMemory(image: Blob | undefined): Promise<PGlite> {
  return PGlite.create({ parsers, loadDataDir: image ?? (await newDatabase()) });
}

async function startInDirectory(directory: string): Promise<PGlite> {
  const data = join(directory, 'data');
  const made = join(directory, 'made');
  if (existsSync(made)) return PGlite.create({ dataDir: data, parsers });
  // Ended in the middle, the making of one leaves a folder that never starts again.
  rmSync(data, { recursive: true, force: true });
  const pglite = await PGlite.create({ dataDir: data, parsers, loadDataDir: await newDatabase() });
  writeFileSync(made, '');
  return pglite;
}
