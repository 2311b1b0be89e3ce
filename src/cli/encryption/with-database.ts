import type { Command } from 'commander';
import { SlipwayError } from '../../base/error.ts';
import type { Database } from '../../db/database.ts';
import { type EncryptRowsOptions, encryptRows } from '../../db/encrypt-rows.ts';
import { isStateThere, whereStateIs } from '../project.ts';
import { openProjectDatabase } from '../project-database.ts';
import type { Terminal } from '../terminal.ts';

export interface EncryptionOptions {
  readonly json?: true;
}

export function withJson(command: Command): Command {
  return command.option('--json', 'print as JSON');
}

/** Opens the database that is there, does the work, prints what it gives and closes it again. */
export async function withDatabase<T>(
  terminal: Terminal,
  { json }: EncryptionOptions,
  work: (database: Database) => Promise<T>,
  words: (result: T) => string,
): Promise<number> {
  if (!isStateThere(terminal)) {
    throw new SlipwayError('state-missing', {
      summary: 'There is no database here',
      detail: whereStateIs(terminal),
      remedy: 'Go to the folder where stacks were applied, or set DATABASE_URL.',
    });
  }
  const database = await openProjectDatabase(terminal);
  try {
    const result = await work(database);
    terminal.out(json ? JSON.stringify(result, undefined, 2) : words(result));
    return 0;
  } finally {
    await database.close();
  }
}

/** Encrypts what is not encrypted with the current data key; says how far it is. Gives how many values were. */
export async function encryptAll(
  terminal: Terminal,
  database: Database,
  options: Pick<EncryptRowsOptions, 'takesReadable'> = {},
): Promise<number> {
  let count = 0;
  try {
    return await encryptRows(database, {
      ...options,
      onValue: () => {
        if (++count % 100 === 0) terminal.status(`Encrypting: ${valuesOf(count)}`);
      },
    });
  } finally {
    terminal.status('');
  }
}

export function valuesOf(count: number): string {
  return count === 1 ? '1 value' : `${count} values`;
}
