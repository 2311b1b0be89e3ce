import { randomBytes } from 'node:crypto';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { SlipwayError } from '../base/error.ts';
import type { OperatorKeys } from '../secret/operator-keys.ts';
import { connectionName } from './connection-name.ts';
import { beginEncryption, holdBackEncryption } from './data-keys.ts';
import type { ServerDatabase } from './database.ts';
import { createEncryption } from './encryption.ts';
import { migrate } from './migrations.ts';
import type { Schema } from './schema.ts';

const INT8 = pg.types.builtins.INT8;

/** Far more than any of our transactions is idle for, and less than a stack's lock lives. */
const stalledAfterMs = 5_000;

/** A pool of connections to a PostgreSQL server. */
export async function openServer(url: string, keys: OperatorKeys | undefined): Promise<ServerDatabase> {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: `${connectionName}${randomBytes(4).toString('hex')}`,
    max: 10,
    connectionTimeoutMillis: 10_000,
    // A process that stalls in the middle of a transaction would keep its row locks, and so everybody else waiting.
    idle_in_transaction_session_timeout: stalledAfterMs,
    // Awaited before anybody is given the connection.
    ...(keys ? {} : { onConnect: holdBackEncryption }),
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        // As `embedded.ts` reads them: pg would give a string. Nothing of ours passes 2^53.
        oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text'),
    },
  });
  // The server closed an idle connection; without a listener that would end this process. The next query opens
  // another one, or tells what is wrong.
  pool.on('error', () => {});
  // The same for one that is in use: who uses it is told by its query.
  pool.on('connect', (client) => client.on('error', () => {}));
  const kysely = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  try {
    await migrate(kysely);
    const encryption = createEncryption(keys, true);
    await encryption.reload(kysely);
    const database: ServerDatabase = {
      kind: 'server',
      kysely,
      encryption,
      url,
      close: () => kysely.destroy(),
    };
    await beginEncryption(database);
    return database;
  } catch (error) {
    await kysely.destroy();
    throw isConnectionFailure(error) ? unreachable(url, error) : error;
  }
}

/** Node's own errors, and PostgreSQL's classes 08 (connection), 28 (who are you), 3D (no such database), 57P. */
function isConnectionFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return /^(E[A-Z]{4,}|08...|28...|3D000|57P0.)$/.test(code) || /timeout|terminated/i.test(error.message);
}

function unreachable(url: string, cause: unknown): SlipwayError {
  return new SlipwayError('database-unreachable', {
    summary: `The database at ${withoutPassword(url)} cannot be used`,
    ...(cause instanceof Error && cause.message !== '' ? { detail: cause.message } : {}),
    remedy: 'Check DATABASE_URL, and that the server runs and lets this user in',
    cause,
  });
}

function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return 'DATABASE_URL';
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
