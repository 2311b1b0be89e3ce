/** Databases for test files: a fresh one a test, embedded and on a real server. */
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, afterEach, describe } from 'vitest';
import { type Database, type EmbeddedDatabase, openDatabase } from '../../src/db/database.ts';
import { cacheFolder } from '../../src/sandbox/services/cache-folder.ts';
import type { OperatorKeys } from '../../src/secret/operator-keys.ts';
import { describeWithServices } from '../services.ts';

/** An empty database of the test's own, which is closed or emptied after it. */
export type Fresh = () => Promise<Database>;

/**
 * Runs the same tests over both databases.
 *
 * @example
 * await describeWithDatabases('the state', (fresh) => {
 *   test('is empty at first', async () => { const state = createState(await fresh(), clock); ... });
 * });
 */
export async function describeWithDatabases(
  title: string,
  tests: (fresh: Fresh, kind: Database['kind']) => void,
): Promise<void> {
  describe(`${title}, embedded`, () => {
    // One for all of them, emptied in between, because starting PGlite takes longer than most tests.
    let shared: EmbeddedDatabase | undefined;
    afterAll(() => shared?.close());
    tests(async () => {
      if (shared) await empty(shared);
      shared ??= await openMemoryDatabase();
      return shared;
    }, 'embedded');
  });
  await describeWithServices(`${title}, on PostgreSQL`, ['postgres'], ({ postgres }) => {
    const opened: Database[] = [];
    afterEach(async () => {
      for (const database of opened.splice(0)) await database.close();
    });
    tests(async () => {
      const database = await openDatabase({ url: await createServerDatabase(postgres.url) });
      opened.push(database);
      return database;
    }, 'server');
  });
}

/** Makes a database on the server and returns its address. */
export async function createServerDatabase(serverUrl: string): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const administrator = new pg.Client({ connectionString: serverUrl });
  await administrator.connect();
  await administrator.query(`create database ${name}`);
  await administrator.end();
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** For the next test: starting another one takes longer than most of them. */
export async function empty(database: EmbeddedDatabase): Promise<void> {
  const { rows } = await database.pglite.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname in ('public', 'pgboss') and tablename not in ('slipway_migration', 'version')`,
  );
  // The audit record is only added to, which a trigger sees to.
  await database.pglite.exec(`set session_replication_role = replica;
    truncate ${rows.map(({ name }) => name).join(', ')} restart identity;
    set session_replication_role = origin`);
}

/** An embedded database in memory, from an image with the tables in it: that starts several times faster. */
export async function openMemoryDatabase(keys?: OperatorKeys): Promise<EmbeddedDatabase> {
  const image = new Blob([await readFile(await databaseImage())]);
  const database = await openDatabase({ memory: true, image, keys });
  if (database.kind !== 'embedded') throw new Error('a database in memory is embedded');
  return database;
}

/** The file with the image, a tar of the data directory. Made once, and again when a migration or the program changes. */
async function databaseImage(): Promise<string> {
  const file = join(cacheFolder(), 'test', `database-${await fingerprint()}.tar`);
  if (existsSync(file)) return file;
  const database = await openDatabase({ memory: true });
  if (database.kind !== 'embedded') throw new Error('a database in memory is embedded');
  const made = await database.pglite.dumpDataDir('none');
  await database.close();
  await mkdir(join(cacheFolder(), 'test'), { recursive: true });
  // Several test files may make it at the same time.
  const partial = `${file}.${process.pid}`;
  await writeFile(partial, Buffer.from(await made.arrayBuffer()));
  await rename(partial, file);
  return file;
}

/** Puts a database with the tables in it where a process is to open one: making it there would take seconds. */
export async function putDatabase(directory: string): Promise<void> {
  const data = join(directory, 'data');
  await mkdir(data, { recursive: true });
  await promisify(execFile)('tar', ['--extract', '--file', await databaseImage(), '--directory', data]);
  await writeFile(join(directory, 'made'), '');
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256');
  const sources = ['../../src/db/migrations.ts', '../../node_modules/@electric-sql/pglite/package.json'];
  for (const source of sources) hash.update(await readFile(new URL(source, import.meta.url)));
  return hash.digest('hex').slice(0, 16);
}
