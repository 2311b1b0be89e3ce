import { SlipwayError } from '../../base/error.ts';
import { withRecordedWorkflow } from '../local.ts';
import type { DefineCommand } from '../program.ts';
import { rowsOf } from './rows.ts';

export const defineExport: DefineCommand = (command, terminal, choose) => {
  command
    .option('--after <number>', 'only entries with a higher number', '0')
    .addHelpText(
      'after',
      '\nEach line has the number of the entry, its hash, and what happened.\n\nExamples:\n  $ slipway audit export\n  $ slipway audit export --after 1200\n',
    )
    .action(({ after }: { readonly after: string }) => {
      choose(() => {
        if (!/^\d{1,9}$/.test(after))
          throw new SlipwayError('usage', { summary: `--after takes the number of an entry, not ${after}` });
        return withRecordedWorkflow(terminal, undefined, async ({ audit }) => {
          for await (const rows of rowsOf(audit, Number(after))) {
            for (const { number, hash, text } of rows) {
              terminal.out(JSON.stringify({ number, hash, ...(JSON.parse(text) as object) }));
            }
          }
          return 0;
        });
      });
    });
};
