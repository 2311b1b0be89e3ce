import { clean } from '../../base/visible.ts';
import type { StackRecord } from '../../state/state.ts';
import { columns } from '../columns.ts';
import { withRecordedWorkflow } from '../local.ts';
import type { DefineCommand } from '../program.ts';
import { isStateThere, whereStateIs } from '../project.ts';
import type { Terminal } from '../terminal.ts';

export const defineList: DefineCommand = (command, terminal, choose) => {
  command
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
};

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
export function movedTo({ formerFiles = [], file }: StackRecord): string {
  return formerFiles.length > 0 ? `template now ${clean(file)}` : '';
}
