import { forget } from '../../jobs/aside.ts';
import type { DefineCommand } from '../program.ts';
import { meantIds, withQueue } from './with-queue.ts';

export const defineForget: DefineCommand = (command, terminal, choose) => {
  command
    .argument('[ids...]', 'jobs that were set aside')
    .option('--all', 'all of them')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      '\nWhat they asked for is not done. After thirty days they are deleted anyway.\n\nExample:\n  $ slipway jobs forget 01920c5e-7d3a-7000-8000-5f1e6c2a9b40\n',
    )
    .action((ids: readonly string[], options: { readonly all?: true; readonly json?: true }) => {
      choose(() => {
        const meant = meantIds(ids, options.all);
        return withQueue(terminal, async ({ kysely }) => {
          const gone = await forget(kysely, meant);
          if (options.json) terminal.out(JSON.stringify(gone, undefined, 2));
          else terminal.out(gone.length === 1 ? 'Deleted 1 job.' : `Deleted ${gone.length} jobs.`);
          return 0;
        });
      });
    });
};
