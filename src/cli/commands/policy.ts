import { testPolicy } from '../../policy/test-policy.ts';
import { readPolicies } from '../../workflow/read-policies.ts';
import type { DefineCommand } from '../program.ts';

export const definePolicy: DefineCommand = (command, terminal, choose) => {
  command
    .description('look at policies and test them')
    .addHelpText(
      'after',
      '\nExamples:\n  $ slipway policy list\n  $ slipway policy test --directory policies\n',
    );
  command
    .command('list')
    .description('every policy')
    .option('--directory <folder>', 'a folder of policies of your own')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  $ slipway policy list\n')
    .action((options: { directory?: string; json?: true }) => {
      choose(async () => {
        const policies = await readPolicies(options.directory);
        const rows = policies.map(({ id, severity, enforcement, title, controls }) => ({
          id,
          severity,
          enforcement,
          title,
          controls,
        }));
        if (options.json) terminal.out(JSON.stringify(rows, undefined, 2));
        else
          for (const r of rows)
            terminal.out(`${r.severity.padEnd(8)}  ${r.enforcement.padEnd(11)}  ${r.id}: ${r.title}`);
        return 0;
      });
    });
  command
    .command('test')
    .description("run every policy's own examples")
    .option('--directory <folder>', 'a folder of policies of your own')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  $ slipway policy test --directory policies\n')
    .action((options: { directory?: string; json?: true }) => {
      choose(async () => {
        const results = (await readPolicies(options.directory)).flatMap(testPolicy);
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
