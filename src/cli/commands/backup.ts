import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { SlipwayError } from '../../base/error.ts';
import { backup } from '../../db/backup.ts';
import type { DefineCommand } from '../program.ts';
import { isStateThere, whereStateIs } from '../project.ts';
import { openProjectDatabase } from '../project-database.ts';
import { during } from '../waiting.ts';

export const defineBackup: DefineCommand = (command, terminal, choose) => {
  command
    .argument('<file>', 'where to write it; what is there already is replaced once the backup is whole')
    .addHelpText(
      'after',
      '\nAll is as it was at one moment, whatever is applied meanwhile. The file holds all that Slipway knows, and is readable by you alone.\n\nExample:\n  $ slipway backup slipway-monday.backup\n',
    )
    .action((file: string) => {
      choose(async () => {
        if (!isStateThere(terminal)) {
          throw new SlipwayError('state-missing', {
            summary: 'There is nothing here to back up',
            detail: whereStateIs(terminal),
            remedy: 'Go to the folder where stacks were applied, or set DATABASE_URL.',
          });
        }
        const database = await openProjectDatabase(terminal);
        const target = resolve(terminal.cwd, file);
        const unfinished = `${target}.${process.pid}.unfinished`;
        try {
          await during(terminal, 'Backing up', () =>
            pipeline(
              Readable.from(backup(database, new Date())),
              createGzip(),
              // Never what somebody else has put there, nor where a link of theirs points to.
              createWriteStream(unfinished, { mode: 0o600, flags: 'wx' }),
            ),
          );
          await rename(unfinished, target);
        } catch (cause) {
          await rm(unfinished, { force: true });
          if (cause instanceof SlipwayError || !(cause instanceof Error && 'syscall' in cause)) throw cause;
          throw new SlipwayError('usage', {
            summary: `The backup cannot be written to ${file}`,
            detail: cause.message,
            remedy: 'Name a file in a folder that is there and may be written to.',
          });
        } finally {
          await database.close();
        }
        terminal.out(`Backed up to ${file}.`);
        return 0;
      });
    });
};
