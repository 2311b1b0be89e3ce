import { SlipwayError } from '../../base/error.ts';
import { versionDifference } from '../../plan/version-difference.ts';
import { renderVersionDifference } from '../../review/version-text.ts';
import type { RunRecord, State } from '../../state/state.ts';
import { renamesSince } from '../../workflow/renames-since.ts';
import { runOf } from '../../workflow/rollback-stack.ts';
import { findStack } from '../known-stack.ts';
import { withRecordedWorkflow } from '../local.ts';
import type { DefineCommand } from '../program.ts';
import { aboutOneStack, type OneStackOptions } from './one-stack.ts';

export const defineDiff: DefineCommand = (command, terminal, choose) => {
  aboutOneStack(command)
    .argument('<run>', 'a run, as `slipway state history` shows it')
    .argument('[other]', 'the run to compare it with; without it, the latest')
    .addHelpText('after', "\nExample:\n  $ slipway state diff 'acme/shop:infra/shop.yaml@dev' run-1 run-2\n")
    .action((named: string, run: string, other: string | undefined, options: OneStackOptions) => {
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

async function latestRun(state: State, stack: string): Promise<RunRecord> {
  const [latest] = await state.runs(stack, 1);
  if (latest) return latest;
  throw new SlipwayError('state-missing', { summary: `${stack} has no run`, remedy: 'Apply it first.' });
}
