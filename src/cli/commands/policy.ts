import { defineList } from '../policy/list.ts';
import { defineNew } from '../policy/new.ts';
import { defineScan } from '../policy/scan.ts';
import { defineShow } from '../policy/show.ts';
import { defineTest } from '../policy/test.ts';
import type { DefineCommand } from '../program.ts';

/** What can be done with policies, in the order in which `--help` shows it. */
export const policyCommands: Readonly<Record<string, DefineCommand>> = {
  list: defineList,
  show: defineShow,
  test: defineTest,
  scan: defineScan,
  new: defineNew,
};

export const definePolicy: DefineCommand = (command, terminal, choose) => {
  command
    .description('look at policies, test them, write one, and scan templates with them')
    .addHelpText(
      'after',
      '\nExamples:\n  $ slipway policy scan infra/\n  $ slipway policy show no-public-remote-access\n  $ slipway policy test --directory policies\n',
    );
  for (const [name, define] of Object.entries(policyCommands)) {
    define(command.command(name), terminal, choose);
  }
};
