import { destinationAt, destinationText } from '../../plan/hand-overs.ts';
import { timeText } from '../../review/history-text.ts';
import type { HandOverRecord } from '../../state/hand-overs.ts';
import { columns } from '../columns.ts';
import { findStack } from '../known-stack.ts';
import { withRecordedWorkflow } from '../local.ts';
import type { DefineCommand } from '../program.ts';
import { aboutOneStack, type OneStackOptions } from '../state/one-stack.ts';

export const defineList: DefineCommand = (command, terminal, choose) => {
  aboutOneStack(command)
    .addHelpText('after', '\nExample:\n  $ slipway hand-over list infra/shop.yaml --environment dev\n')
    .action((named: string, options: OneStackOptions) => {
      choose(() =>
        withRecordedWorkflow(terminal, undefined, async ({ state }) => {
          const { id } = await findStack(terminal, state, named, options.environment);
          const handOvers = await state.handOvers(id);
          if (options.json) terminal.out(JSON.stringify({ stack: id, handOvers }, undefined, 2));
          else for (const line of columns(handOvers.map(rowOf))) terminal.out(line);
          return 0;
        }),
      );
    });
};

function rowOf({ output, place, status, at, wrapped }: HandOverRecord): string[] {
  const to = destinationAt(place);
  return [
    output,
    to ? destinationText(to) : place,
    status === 'begun' ? 'begun, and not known to have arrived' : status,
    timeText(at),
    wrapped ? `wrapped until ${timeText(wrapped.until)}` : '',
  ];
}
