import { SlipwayError } from '../../base/error.ts';
import { nearest } from '../../base/suggest.ts';
import { versionDifference } from '../../plan/version-difference.ts';
import { renderHistoryText } from '../../review/history-text.ts';
import { shortValue } from '../../review/value-lines.ts';
import { renderVersionDifference } from '../../review/version-text.ts';
import type { RunRecord, StackRecord, State } from '../../state/state.ts';
import { renamesSince } from '../../workflow/renames-since.ts';
import { runOf } from '../../workflow/rollback-stack.ts';
import { withLocalWorkflow } from '../local.ts';
import type { DefineCommand } from '../program.ts';

export const defineState: DefineCommand = (command, terminal, choose) => {
  command
    .description('look at what Slipway remembers')
    .addHelpText(
      'after',
      "\nExamples:\n  $ slipway state list\n  $ slipway state show 'acme/shop:infra/shop.yaml@dev'\n",
    );
  command
    .command('list')
    .description('every stack')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  $ slipway state list\n')
    .action((options: { json?: true }) => {
      choose(() =>
        withLocalWorkflow(terminal, undefined, async ({ state }) => {
          const stacks = await state.stacks();
          if (options.json) terminal.out(JSON.stringify(stacks, undefined, 2));
          else
            for (const s of stacks) terminal.out(`${s.status.padEnd(9)}  ${s.account} ${s.region}  ${s.id}`);
          if (!options.json && stacks.length === 0) terminal.out('No stack has been applied yet.');
          return 0;
        }),
      );
    });
  command
    .command('show')
    .description('one stack: its resources and outputs')
    .argument('<stack>', 'its id, as `slipway state list` shows it')
    .option('--json', 'print as JSON')
    .addHelpText('after', "\nExample:\n  $ slipway state show 'acme/shop:infra/shop.yaml@dev'\n")
    .action((id: string, options: { json?: true }) => {
      choose(() =>
        withLocalWorkflow(terminal, undefined, async ({ state }) => {
          const stack = await knownStack(state, id);
          const resources = await state.resources(id);
          if (options.json) {
            terminal.out(JSON.stringify({ stack, resources }, undefined, 2));
            return 0;
          }
          terminal.out(`${stack.id}  ${stack.status}  ${stack.account} ${stack.region}`);
          for (const r of resources) {
            const deposed = r.generation === 'deposed' ? '  (deposed)' : '';
            terminal.out(`  ${r.logicalId}  ${r.type}  ${r.physicalId}${deposed}`);
          }
          for (const [name, { value }] of Object.entries(stack.outputs)) {
            terminal.out(`  ${name} = ${shortValue(value, 1_000)}`);
          }
          return 0;
        }),
      );
    });
  command
    .command('history')
    .description('every run of a stack, newest first')
    .argument('<stack>', 'its id, as `slipway state list` shows it')
    .option('--json', 'print as JSON')
    .addHelpText('after', "\nExample:\n  $ slipway state history 'acme/shop:infra/shop.yaml@dev'\n")
    .action((id: string, options: { json?: true }) => {
      choose(() =>
        withLocalWorkflow(terminal, undefined, async ({ state }) => {
          const stack = await knownStack(state, id);
          const runs = await state.history(stack.id);
          terminal.out(options.json ? JSON.stringify(runs, undefined, 2) : renderHistoryText(runs));
          return 0;
        }),
      );
    });
  command
    .command('diff')
    .description('what changed between two versions of a stack, property by property')
    .argument('<stack>', 'its id, as `slipway state list` shows it')
    .argument('<run>', 'a run, as `slipway state history` shows it')
    .argument('[other]', 'the run to compare it with; without it, the latest')
    .option('--json', 'print as JSON')
    .addHelpText('after', "\nExample:\n  $ slipway state diff 'acme/shop:infra/shop.yaml@dev' run-1 run-2\n")
    .action((id: string, run: string, other: string | undefined, options: { json?: true }) => {
      choose(() =>
        withLocalWorkflow(terminal, undefined, async ({ state }) => {
          const stack = await knownStack(state, id);
          const from = await runOf(state, stack.id, run);
          const to =
            other === undefined ? await latestRun(state, stack.id) : await runOf(state, stack.id, other);
          const renames = await renamesSince(state, from, to.id);
          const difference = versionDifference(from.plan, to.plan, renames);
          if (options.json) {
            const { changes, outputs } = difference;
            terminal.out(JSON.stringify({ from: from.id, to: to.id, changes, outputs }, undefined, 2));
          } else {
            terminal.out(renderVersionDifference(from, to, difference, { color: terminal.color }));
          }
          return 0;
        }),
      );
    });
};

async function latestRun(state: State, stack: string): Promise<RunRecord> {
  const [latest] = await state.runs(stack, 1);
  if (latest) return latest;
  throw new SlipwayError('state-missing', { summary: `${stack} has no run`, remedy: 'Apply it first.' });
}

/** The stack's record. Throws `state-missing`, with the nearest one that there is. */
export async function knownStack(state: State, id: string): Promise<StackRecord> {
  const record = await state.stack(id);
  if (record) return record;
  const near = nearest(
    id,
    (await state.stacks()).map((s) => s.id),
  );
  throw new SlipwayError('state-missing', {
    summary: `There is no stack ${id}`,
    remedy: near ? `Did you mean ${near}?` : 'slipway state list shows all of them.',
  });
}
