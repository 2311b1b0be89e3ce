import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SlipwayError } from '../base/error.ts';

export interface DirectoryLock {
  /** Calling it again is harmless. */
  release(): void;
}

/**
 * Takes the directory for this process, or says who has it. PGlite itself does not notice a second process, and
 * rows are then lost without a word.
 *
 * The lock is the kernel's, so it ends with the process however that ends, and nothing is ever stale. Node has
 * no call for it, but SQLite (built into Node) takes one for an exclusive transaction, on every platform and
 * also against a second opening in the same process. A file with a pid would not do: pids are reused, and in
 * containers every process has the same one.
 *
 * @throws SlipwayError `state-locked`
 */
export function lockDirectory(directory: string): DirectoryLock {
  mkdirSync(directory, { recursive: true });
  const lock = new DatabaseSync(join(directory, 'lock'));
  const holderFile = join(directory, 'holder.json');
  try {
    lock.exec('begin exclusive');
  } catch (cause) {
    lock.close();
    if (!isBusy(cause)) throw cause;
    throw new SlipwayError('state-locked', {
      summary: `The database in ${directory} is in use${describe(holderFile)}`,
      remedy:
        'Wait until it has ended or stop it; to share the state among processes, set DATABASE_URL to a PostgreSQL server',
      cause,
    });
  }
  writeFileSync(
    holderFile,
    JSON.stringify({ pid: process.pid, host: hostname(), since: new Date().toISOString() }),
  );
  return {
    release() {
      if (!lock.isOpen) return;
      rmSync(holderFile, { force: true });
      lock.close();
    },
  };
}

function isBusy(error: unknown): boolean {
  const SQLITE_BUSY = 5;
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}

/** Only words for the message: the lock itself does not depend on this file. */
function describe(holderFile: string): string {
  try {
    const { pid, host, since } = JSON.parse(readFileSync(holderFile, 'utf8'));
    return ` by process ${pid} on ${host} since ${since}`;
  } catch {
    // It took the lock an instant ago and has not signed yet.
    return ' by another process';
  }
}
