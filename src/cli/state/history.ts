import { renderHistoryText } from '../../review/history-text.ts';
import { findStack } from '../known-stack.ts';
import { withRecordedWorkflow } from '../local.ts';
import type { DefineCommand } from '../program.ts';
import { aboutOneStack, type OneStackOptions } from './one-stack.ts';

export const defineHistory: DefineCommand = (command, terminal, choose) => {
  aboutOneStack(command)
    .addHelpText('after', "\nExample:\n  $ slipway state history 'acme/shop:infra/shop.yaml@dev'\n")
    .action((named: string, options: OneStackOptions) => {
      choose(() =>
        withRecordedWorkflow(terminal, undefined, async ({ state }) => {
          const stack = await findStack(terminal, state, named, options.environment);
          const runs = await state.history(stack.id);
          terminal.out(options.json ? JSON.stringify(runs, undefined, 2) : renderHistoryText(runs));
          return 0;
        }),
      );
    });
};
