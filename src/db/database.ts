/**
 * db/ opens the one SQL database: PostgreSQL's dialect always, as PGlite inside this process by default, or as a
 * server. In: where it is. Out: a `Database` whose schema is up to date. It knows tables, not what they mean:
 * state/ and jobs/ do.
 *
 * One rule that the types cannot enforce: inside `kysely.transaction()` use the transaction alone. The outer
 * `kysely` waits for ever on PGlite, and on a server works outside of the transaction without a word.
 */
import type { PGlite } from '@electric-sql/pglite';
import type { Kysely } from 'kysely';
import { SlipwayError } from '../base/error.ts';
import type { OperatorKeys } from '../secret/operator-keys.ts';
import type { Encryption } from './encryption.ts';
import type { Schema } from './schema.ts';

export interface EmbeddedDatabase {
  readonly kind: 'embedded';
  readonly kysely: Kysely<Schema>;
  readonly encryption: Encryption;
  readonly pglite: PGlite;
  /** Whether its disk has room for it to work. */
  hasRoom(): boolean;
  close(): Promise<void>;
}

export interface ServerDatabase {
  readonly kind: 'server';
  readonly kysely: Kysely<Schema>;
  readonly encryption: Encryption;
  /** For those who need connections of their own, as the job queue does. Holds the password: never log it. */
  readonly url: string;
  close(): Promise<void>;
}

export type Database = EmbeddedDatabase | ServerDatabase;

/** Exactly one of the first three. */
export interface DatabaseLocation {
  /** `postgres://user:password@host:port/database` */
  readonly url?: string;
  /** A directory of this database's own, made if it is not there, such as `.slipway/db`. */
  readonly directory?: string;
  /** Embedded and gone with the process. */
  readonly memory?: true;
  /** With `memory`: begin as the copy that `pglite.dumpDataDir()` made, which is faster than an empty start. */
  readonly image?: Blob;
  /** What columns are encrypted by; without them all is stored as it is. */
  readonly keys?: OperatorKeys | undefined;
}

/**
 * Opens the database and brings its schema up to date.
 *
 * @throws SlipwayError `state-locked` when another process has the directory, `state-newer` when a newer
 *   program has written to it, `disk-full` when its disk is, `database-unreachable` when the server does not let us in, `encryption-key` when it is
 *   encrypted and `keys` are not those by which; then nothing is changed
 */
export async function openDatabase(location: DatabaseLocation): Promise<Database> {
  const { url, directory, memory, image, keys } = location;
  // Loaded when wanted: PGlite alone is tens of megabytes, which a process with a server need not carry.
  if (url !== undefined) return (await import('./server.ts')).openServer(url, keys);
  if (directory !== undefined || memory)
    return (await import('./embedded.ts')).openEmbedded(directory, image, keys);
  throw new SlipwayError('config-invalid', {
    summary: 'No database was named',
    remedy: 'Set DATABASE_URL, or name a directory for the embedded database',
  });
}
