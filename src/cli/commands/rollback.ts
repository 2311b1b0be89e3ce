import { SlipwayError } from '../../base/error.ts';
import { hasChanges } from '../../plan/plan.ts';
import { causeText } from '../../review/history-text.ts';
import { planStack, type StackSource } from '../../workflow/plan-stack.ts';
import { rollbackSource } from '../../workflow/rollback-stack.ts';
import type { Workflow } from '../../workflow/workflow.ts';
import { applySource } from '../apply-source.ts';
import { presentFiles, recordedTarget, withLocalWorkflow } from '../local.ts';
import type { DefineCommand } from '../program.ts';
import { planJson, showPlan } from '../show-plan.ts';
import type { Terminal } from '../terminal.ts';
import { knownStack } from './state.ts';

interface RollbackOptions {
  readonly to?: string;
  readonly parameters?: string;
  readonly yes?: true;
  readonly json?: true;
}

export const defineRollback: DefineCommand = (command, terminal, choose) => {
  command
    .description('make a stack what an earlier run made it')
    .argument('<stack>', 'its id, as `slipway state list` shows it')
    .option(
      '--to <run>',
      'the run, as `slipway state history` shows it; without it, the last other one that succeeded',
    )
    .option(
      '--parameters <file>',
      'values of NoEcho parameters, which are never kept; else from the files of today',
    )
    .option('--yes', 'do it; without it the plan is shown and nothing is done')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      "\nExamples:\n  $ slipway rollback 'acme/shop:infra/shop.yaml@dev'\n  $ slipway rollback 'acme/shop:infra/shop.yaml@dev' --to run-1 --yes\n",
    )
    .action((id: string, options: RollbackOptions) => {
      choose(() =>
        withLocalWorkflow(terminal, undefined, async (workflow) => {
          const record = await knownStack(workflow.state, id);
          const { run, source } = await rollbackSource(workflow, {
            stack: record.id,
            ...(await recordedTarget(terminal, record)),
            ...(options.to === undefined ? {} : { to: options.to }),
            present: await presentFiles(terminal, record, options.parameters),
          });
          if (!options.json) {
            terminal.out(`Back to ${run.id} of ${run.startedAt} (${causeText(run.cause)})`);
          }
          if (!options.yes) return showOnly(terminal, workflow, source, options);
          const code = await applySource(terminal, workflow, source, {
            yes: true,
            ...(options.json ? { json: true } : {}),
            cause: { rollbackTo: run.id },
          });
          if (code === 0 && !options.json) {
            terminal.err(`${record.file} in the repository is as it was: applying that undoes the rollback.`);
          }
          return code;
        }),
      );
    });
};

/** The plan, and nothing else: not even a run that was cut short is finished, as an apply would. */
async function showOnly(
  terminal: Terminal,
  workflow: Workflow,
  source: StackSource,
  { json }: RollbackOptions,
): Promise<number> {
  const planned = await planStack(workflow, source);
  if (json) terminal.out(planJson(planned));
  else showPlan(terminal, planned);
  if (!planned.plan) return 1;
  const unfinished = await workflow.state.unfinishedRun(source.stack);
  if (!unfinished && !hasChanges(planned.plan)) return 0;
  throw new SlipwayError('apply-unconfirmed', {
    summary: 'A rollback is done with --yes only',
    ...(unfinished
      ? { detail: `The run ${unfinished.id}, which was cut short, is finished before it.` }
      : {}),
    remedy: 'Read the plan, then give --yes.',
  });
}
