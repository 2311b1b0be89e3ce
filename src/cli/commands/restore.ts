import { createReadStream, existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createGunzip } from 'node:zlib';
import { SlipwayError } from '../../base/error.ts';
import { backup, restore } from '../../db/backup.ts';
import { openDatabase } from '../../db/database.ts';
import type { DefineCommand } from '../program.ts';
import { keysOf, openProjectDatabase } from '../project-database.ts';
import type { Terminal } from '../terminal.ts';
import { during } from '../waiting.ts';

export const defineRestore: DefineCommand = (command, terminal, choose) => {
  command
    .argument('<from>', 'a backup, or a folder .slipway')
    .addHelpText(
      'after',
      '\nThe database has to be empty: the one that DATABASE_URL names, or that of a folder without .slipway.\n\nExamples:\n  $ slipway restore slipway-monday.backup\n\nTo move from the embedded database to a server:\n  $ DATABASE_URL=postgres://slipway@db.example/slipway slipway restore .slipway\n',
    )
    .action((from: string) => {
      choose(async () => {
        const path = resolve(terminal.cwd, from);
        if (!existsSync(path)) {
          throw new SlipwayError('usage', {
            summary: `There is nothing at ${from}`,
            remedy: 'Name a file that slipway backup wrote, or a folder .slipway.',
          });
        }
        const database = await openProjectDatabase(terminal);
        try {
          const lines = statSync(path).isDirectory() ? linesOfFolder(path, terminal) : linesOfFile(path);
          const rows = await during(terminal, 'Restoring', () => restore(database, lines));
          terminal.out(`Restored ${rows === 1 ? '1 row' : `${rows} rows`} from ${from}.${next(terminal)}`);
        } finally {
          await database.close();
        }
        return 0;
      });
    });
};

function next({ env }: Terminal): string {
  return env.DATABASE_URL ? ' Keep DATABASE_URL set from now on.' : '';
}

/** No row is as long, and a line without end would take all memory: a file of megabytes can unpack to that. */
const longestLine = 256 * 1024 * 1024;

async function* linesOfFile(path: string): AsyncGenerator<string> {
  const file = createReadStream(path);
  const text = file.pipe(createGunzip()).setEncoding('utf8');
  file.on('error', (error) => text.destroy(error));
  let line = '';
  try {
    for await (const piece of text as AsyncIterable<string>) {
      const [end = '', ...next] = piece.split('\n');
      line += end;
      for (const begun of next) {
        yield line;
        line = begun;
      }
      if (line.length > longestLine) throw new Error('a line of it has no end');
    }
  } catch (cause) {
    throw notRead(cause);
  }
  if (line !== '') yield line;
}

async function* linesOfFolder(path: string, terminal: Terminal): AsyncGenerator<string> {
  const directory = join(path, 'db');
  if (!existsSync(directory)) throw notRead(undefined);
  const database = await openDatabase({ directory, keys: keysOf(terminal) });
  try {
    for await (const line of backup(database, new Date())) yield line.slice(0, -1);
  } finally {
    await database.close();
  }
}

function notRead(cause: unknown): SlipwayError {
  return new SlipwayError('backup-invalid', {
    summary: 'This is not a whole backup',
    detail: cause instanceof Error ? `It cannot be read: ${cause.message}.` : 'There is no database in it.',
    remedy: 'Name a file that slipway backup wrote, or a folder .slipway.',
    ...(cause === undefined ? {} : { cause }),
  });
}
