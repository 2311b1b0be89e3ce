import { clean } from '../../base/visible.ts';
import { timeText } from '../../review/history-text.ts';
import { shortValue } from '../../review/value-lines.ts';
import type { ResourceRecord, StackRecord } from '../../state/state.ts';
import { columns } from '../columns.ts';
import { findStack } from '../known-stack.ts';
import { withRecordedWorkflow } from '../local.ts';
import type { DefineCommand } from '../program.ts';
import type { Terminal } from '../terminal.ts';
import { movedTo } from './list.ts';
import { aboutOneStack, type OneStackOptions } from './one-stack.ts';

export const defineShow: DefineCommand = (command, terminal, choose) => {
  aboutOneStack(command)
    .addHelpText('after', '\nExample:\n  $ slipway state show infra/shop.yaml --environment dev\n')
    .action((named: string, options: OneStackOptions) => {
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
};

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
