import { SlipwayError } from '../../base/error.ts';
import { clean } from '../../base/visible.ts';
import { timeText } from '../../review/history-text.ts';
import type { AuditEvent } from '../../state/audit.ts';
import { columns } from '../columns.ts';
import { withRecordedWorkflow } from '../local.ts';
import type { DefineCommand } from '../program.ts';
import { rowsOf } from './rows.ts';

type Entry = AuditEvent & { readonly at: string };

export const defineRun: DefineCommand = (command, terminal, choose) => {
  command
    .argument('<run>', 'the id of a run, as `slipway state history` shows it')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      "\nEach line of what Vault was asked ends with the id that Vault's own audit log has it by, with leases and with what names tokens.\n\nExample:\n  $ slipway audit run run-0198c5d2\n",
    )
    .action((run: string, { json }: { readonly json?: true }) => {
      choose(() =>
        withRecordedWorkflow(terminal, undefined, async ({ audit }) => {
          const found: Entry[] = [];
          for await (const rows of rowsOf(audit)) {
            const entries = rows.map(({ text }) => JSON.parse(text) as Entry);
            found.push(...entries.filter((entry) => 'run' in entry && entry.run === run));
          }
          if (found.length === 0) {
            throw new SlipwayError('state-missing', {
              summary: `The audit record has no run ${clean(run)}`,
              remedy: 'slipway state history shows the runs of a stack.',
            });
          }
          if (json) terminal.out(JSON.stringify(found, undefined, 2));
          else
            for (const line of columns(
              found.flatMap(linesOf).map((row) => ['', '', '', ''].map((_, i) => row[i] ?? '')),
            ))
              terminal.out(line);
          return 0;
        }),
      );
    });
};

function linesOf(entry: Entry): string[][] {
  const at = timeText(entry.at);
  if (entry.event === 'run-begun')
    return [[at, 'begun', `${entry.stack}, ${entry.kind}, digest ${entry.digest}`]];
  if (entry.event === 'run-ended') return [[at, 'ended', entry.status]];
  if (entry.event === 'vault-used')
    return entry.uses.map(({ at, method, path, request, lease, accessor }) => [
      timeText(at),
      'vault',
      `${method} ${path}`,
      [
        request === undefined ? '' : `request ${request}`,
        lease === undefined ? '' : `lease ${lease}`,
        accessor === undefined ? '' : `token ${accessor}`,
      ]
        .filter(Boolean)
        .join(', '),
    ]);
  if (entry.event === 'output-handed-over') return [[at, 'gave', `${entry.output} to ${entry.place}`]];
  if (entry.event === 'output-taken-back') return [[at, 'took back', `${entry.output} from ${entry.place}`]];
  return [[at, entry.event]];
}
