import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { hasChanges } from '../../plan/plan.ts';
import { planStack } from '../../workflow/plan-stack.ts';
import { localSource, type StackOptions, withLocalWorkflow } from '../local.ts';
import { planFile } from '../plan-file.ts';
import type { DefineCommand } from '../program.ts';
import { planJson, showPlan } from '../show-plan.ts';
import { withStackOptions } from './stack-options.ts';

interface PlanOptions extends StackOptions {
  readonly out?: string;
  readonly json?: true;
  readonly detailedExitcode?: true;
}

export const definePlan: DefineCommand = (command, terminal, choose) => {
  withStackOptions(command)
    .description('show what applying a template would change; changes nothing')
    .argument('<template>', 'the template file')
    .option('--out <file>', 'write the plan to a file for `slipway apply --plan`')
    .option('--json', 'print plan, findings and diagnostics as JSON')
    .option('--detailed-exitcode', 'exit with 2 when the plan has changes')
    .addHelpText(
      'after',
      '\nExample:\n  $ slipway plan infra/shop.yaml --environment dev --region eu-west-1 --out plan.json\n',
    )
    .action((template: string, options: PlanOptions) => {
      choose(() =>
        withLocalWorkflow(terminal, options.region, async (workflow) => {
          const source = await localSource(terminal, template, options);
          const planned = await planStack(workflow, source);
          if (options.json) terminal.out(planJson(planned));
          else showPlan(terminal, planned);
          if (!planned.plan) return 1;
          if (options.out) {
            const text = planFile({ plan: planned.plan, template, options });
            await writeFile(resolve(terminal.cwd, options.out), text);
          }
          return options.detailedExitcode && hasChanges(planned.plan) ? 2 : 0;
        }),
      );
    });
};
