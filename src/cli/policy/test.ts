import { testPolicy } from '../../policy/test-policy.ts';
import type { DefineCommand } from '../program.ts';
import { type DirectoryOption, policiesOf, policyOf } from './read.ts';

export const defineTest: DefineCommand = (command, terminal, choose) => {
  command
    .argument('[id...]', 'ids of policies; without any, all of them')
    .option('--directory <folder>', 'a folder of policies, instead of those that ship')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ slipway policy test\n  $ slipway policy test subnets-in-address-plan --directory policies\n',
    )
    .action((ids: string[], options: DirectoryOption & { readonly json?: true }) => {
      choose(async () => {
        const all = await policiesOf(terminal, options);
        const policies = ids.length > 0 ? ids.map((id) => policyOf(all, id)) : all;
        const results = policies.flatMap(testPolicy);
        const failed = results.filter((r) => !r.ok);
        if (options.json) terminal.out(JSON.stringify(results, undefined, 2));
        else {
          for (const r of failed)
            terminal.err(`${r.policy}: ${r.kind} example ${r.index + 1}: ${r.reason ?? ''}`);
          terminal.out(`${results.length - failed.length} passed, ${failed.length} failed`);
        }
        return failed.length > 0 ? 1 : 0;
      });
    });
};
