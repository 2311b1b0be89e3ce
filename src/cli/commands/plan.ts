import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SlipwayError } from '../../base/error.ts';
import { hasChanges } from '../../plan/plan.ts';
import { planStack } from '../../workflow/plan-stack.ts';
import { newStackNotice } from '../known-stack.ts';
import { localSource, type StackOptions, withLocalWorkflow } from '../local.ts';
import { planFile } from '../plan-file.ts';
import type { DefineCommand } from '../program.ts';
import { asRecorded, leftBehindNotice } from '../recorded-stack.ts';
import { planJson, showPlan, withNotices } from '../show-plan.ts';
import type { Terminal } from '../terminal.ts';
import { during } from '../waiting.ts';
import { type MoveOptions, withMoveOption, withStackOptions } from './stack-options.ts';

interface PlanOptions extends StackOptions, MoveOptions {
  readonly out?: string;
  readonly json?: true;
  readonly detailedExitcode?: true;
}

export const definePlan: DefineCommand = (command, terminal, choose) => {
  withMoveOption(withStackOptions(command))
    .argument('<template>', 'the template file')
    .option('--out <file>', 'write the plan to a file for `slipway apply --plan`')
    .option('--json', 'print plan, findings and diagnostics as JSON')
    .option('--detailed-exitcode', 'exit with 2 when the plan has changes, for scripts')
    .addHelpText(
      'after',
      '\nExample:\n  $ slipway plan infra/shop.yaml --environment dev --region eu-west-1 --out plan.json\n',
    )
    .action((template: string, options: PlanOptions) => {
      choose(async () => {
        const local = await localSource(terminal, template, options);
        return withLocalWorkflow(terminal, options.region, async (workflow) => {
          const source = await asRecorded(terminal, workflow.state, local, options.movedFrom);
          const notices = [
            ...(await newStackNotice(terminal, workflow.state, source)),
            ...(await leftBehindNotice(terminal, workflow.state, source)),
          ];
          const planned = withNotices(
            await during(terminal, 'Planning', () => planStack(workflow, source)),
            notices,
          );
          if (options.json) terminal.out(planJson(planned));
          else showPlan(terminal, planned);
          if (!planned.plan) return 1;
          if (options.out) {
            const text = planFile(terminal, { plan: planned.plan, template, options });
            await writePlan(terminal, options.out, text);
          }
          return options.detailedExitcode && hasChanges(planned.plan) ? 2 : 0;
        });
      });
    });
};

async function writePlan({ cwd }: Terminal, path: string, text: string): Promise<void> {
  try {
    await writeFile(resolve(cwd, path), text);
  } catch (cause) {
    throw new SlipwayError('usage', {
      summary: `Cannot write ${path}`,
      detail: cause instanceof Error ? cause.message : String(cause),
      remedy: 'Name a file in a folder that is there, and that you may write to.',
      cause,
    });
  }
}
