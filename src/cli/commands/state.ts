import type { Command } from 'commander';
import { SlipwayError } from '../../base/error.ts';
import { clean } from '../../base/visible.ts';
import { versionDifference } from '../../plan/version-difference.ts';
import { renderHistoryText, timeText } from '../../review/history-text.ts';
import { shortValue } from '../../review/value-lines.ts';
import { renderVersionDifference } from '../../review/version-text.ts';
import type { ResourceRecord, RunRecord, StackRecord, State } from '../../state/state.ts';
import { renamesSince } from '../../workflow/renames-since.ts';
import { runOf } from '../../workflow/rollback-stack.ts';
import { columns } from '../columns.ts';
import { findStack, stackArgument } from '../known-stack.ts';
import { withRecordedWorkflow } from '../local.ts';
import type { DefineCommand } from '../program.ts';
import { isStateThere, whereStateIs } from '../project.ts';
import type { Terminal } from '../terminal.ts';

interface StateOptions {
  readonly environment?: string;
  readonly json?: true;
}

export const defineState: DefineCommand = (command, terminal, choose) => {
  command
    .description('look at what Slipway remembers')
    .addHelpText(
      'after',
      "\nExamples:\n  $ slipway state list\n  $ slipway state show 'acme/shop:infra/shop.yaml@dev'\n",
    );
  command
    .command('list')
    .description('every stack that is there')
    .option('--all', 'destroyed ones too, which have nothing left but their history')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  $ slipway state list\n')
    .action((options: { all?: true; json?: true }) => {
      choose(async () => {
        const every = isStateThere(terminal)
          ? await withRecordedWorkflow(terminal, undefined, ({ state }) => state.stacks())
          : [];
        const stacks = options.all ? every : every.filter((s) => s.status !== 'destroyed');
        if (options.json) terminal.out(JSON.stringify(stacks, undefined, 2));
        else showList(terminal, stacks, every.length - stacks.length);
        return 0;
      });
    });
  aboutOneStack(command.command('show').description('one stack: its resources and outputs'))
    .addHelpText('after', '\nExample:\n  $ slipway state show infra/shop.yaml --environment dev\n')
    .action((named: string, options: StateOptions) => {
      choose(() =>
        withRecordedWorkflow(terminal, undefined, async ({ state }) => {
          const stack = await findStack(terminal, state, named, options.environment);
          const resources = await state.resources(stack.id);
          if (options.json) terminal.out(JSON.stringify({ stack, resources }, undefined, 2));
          else showStack(terminal, stack, resources);
          return 0;
        }),
      );
    });
  aboutOneStack(command.command('history').description('every run of a stack, newest first'))
    .addHelpText('after', "\nExample:\n  $ slipway state history 'acme/shop:infra/shop.yaml@dev'\n")
    .action((named: string, options: StateOptions) => {
      choose(() =>
        withRecordedWorkflow(terminal, undefined, async ({ state }) => {
          const stack = await findStack(terminal, state, named, options.environment);
          const runs = await state.history(stack.id);
          terminal.out(options.json ? JSON.stringify(runs, undefined, 2) : renderHistoryText(runs));
          return 0;
        }),
      );
    });
  aboutOneStack(
    command.command('diff').description('what changed between two versions of a stack, property by property'),
  )
    .argument('<run>', 'a run, as `slipway state history` shows it')
    .argument('[other]', 'the run to compare it with; without it, the latest')
    .addHelpText('after', "\nExample:\n  $ slipway state diff 'acme/shop:infra/shop.yaml@dev' run-1 run-2\n")
    .action((named: string, run: string, other: string | undefined, options: StateOptions) => {
      choose(() =>
        withRecordedWorkflow(terminal, undefined, async ({ state }) => {
          const stack = await findStack(terminal, state, named, options.environment);
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

function aboutOneStack(command: Command): Command {
  return command
    .argument('<stack>', stackArgument)
    .option('--environment <name>', 'the environment, with a template file')
    .option('--json', 'print as JSON');
}

function showList(terminal: Terminal, stacks: readonly StackRecord[], hidden: number): void {
  for (const line of columns(stacks.map((s) => [s.status, `${s.account} ${s.region}`, s.id, movedTo(s)]))) {
    terminal.out(line);
  }
  if (stacks.length > 0) return;
  terminal.out(
    hidden > 0
      ? 'No stack is there. --all shows the destroyed ones.'
      : `No stack has been applied yet. ${whereStateIs(terminal)}`,
  );
}

/** Where the template is, of a stack that is called by another path. */
function movedTo({ formerFiles = [], file }: StackRecord): string {
  return formerFiles.length > 0 ? `template now ${clean(file)}` : '';
}

function showStack(terminal: Terminal, stack: StackRecord, resources: readonly ResourceRecord[]): void {
  const { id, status, account, region, updatedAt, outputs } = stack;
  const moved = movedTo(stack);
  terminal.out(`${clean(id)}  ${status}  ${account} ${region}  ${timeText(updatedAt)}`);
  if (moved !== '') terminal.out(`  ${moved}`);
  const rows = resources.map((r) => [
    `  ${r.logicalId}`,
    r.type,
    r.generation === 'deposed' ? `${r.physicalId}  (deposed)` : r.physicalId,
  ]);
  for (const line of columns(rows)) terminal.out(line);
  const values = Object.entries(outputs).map(([name, { value }]) => [
    `  ${name}`,
    `= ${shortValue(value, 1_000)}`,
  ]);
  for (const line of columns(values)) terminal.out(line);
}

async function latestRun(state: State, stack: string): Promise<RunRecord> {
  const [latest] = await state.runs(stack, 1);
  if (latest) return latest;
  throw new SlipwayError('state-missing', { summary: `${stack} has no run`, remedy: 'Apply it first.' });
}
