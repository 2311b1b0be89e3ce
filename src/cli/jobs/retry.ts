import { putBack } from '../../jobs/aside.ts';
import type { DefineCommand } from '../program.ts';
import { meantIds, withQueue } from './with-queue.ts';

const words = {
  waiting: 'is put back before what came after it',
  superseded: 'is not needed any more: a newer one like it waits',
} as const;

export const defineRetry: DefineCommand = (command, terminal, choose) => {
  command
    .argument('[ids...]', 'jobs that were set aside')
    .option('--all', 'all of them')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      '\nEach is put back once, in its place in the order of its key and with fresh tries, whoever asks for it besides.\n\nExamples:\n  $ slipway jobs retry 01920c5e-7d3a-7000-8000-5f1e6c2a9b40\n  $ slipway jobs retry --all\n',
    )
    .action((ids: readonly string[], options: { readonly all?: true; readonly json?: true }) => {
      choose(() => {
        const meant = meantIds(ids, options.all);
        return withQueue(terminal, async ({ kysely }) => {
          const back = await putBack(kysely, meant);
          if (options.json) terminal.out(JSON.stringify(back, undefined, 2));
          else if (back.length === 0) terminal.out('No job is set aside.');
          else for (const { id, outcome } of back) terminal.out(`${id} ${words[outcome]}.`);
          return 0;
        });
      });
    });
};
