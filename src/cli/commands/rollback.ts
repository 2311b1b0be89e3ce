import { diagnosticsOf } from '../../base/error.ts';
import { hasChanges } from '../../plan/plan.ts';
import { causeText, timeText } from '../../review/history-text.ts';
import { planStack, type StackSource } from '../../workflow/plan-stack.ts';
import { rollbackSource } from '../../workflow/rollback-stack.ts';
import type { Workflow } from '../../workflow/workflow.ts';
import { applySource, unconfirmed } from '../apply-source.ts';
import { findStack, stackArgument } from '../known-stack.ts';
import { presentFiles, recordedTarget, withRecordedWorkflow } from '../local.ts';
import type { DefineCommand } from '../program.ts';
import { planJson, showPlan, withNotices } from '../show-plan.ts';
import type { Terminal } from '../terminal.ts';
import { during } from '../waiting.ts';

interface RollbackOptions {
  readonly environment?: string;
  readonly to?: string;
  readonly parameters?: string;
  readonly yes?: true;
  readonly json?: true;
}

export const defineRollback: DefineCommand = (command, terminal, choose) => {
  command
    .argument('<stack>', stackArgument)
    .option('--environment <name>', 'the environment, with a template file')
    .option(
      '--to <run>',
      'the run, as `slipway state history` shows it; without it, the last other one that succeeded',
    )
    .option(
      '--parameters <file>',
      'values of NoEcho parameters, which are never kept; else from the files of today',
    )
    .option(
      '--yes',
      'do not ask; without it, and without a terminal to ask at, the plan is shown and nothing is done',
    )
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      "\nExamples:\n  $ slipway rollback 'acme/shop:infra/shop.yaml@dev'\n  $ slipway rollback infra/shop.yaml --environment dev --to run-1 --yes\n",
    )
    .action((id: string, options: RollbackOptions) => {
      choose(() =>
        withRecordedWorkflow(terminal, undefined, async (workflow) => {
          const record = await findStack(terminal, workflow.state, id, options.environment);
          const { run, source } = await rollbackSource(workflow, {
            stack: record.id,
            ...(await recordedTarget(terminal, record)),
            ...(options.to === undefined ? {} : { to: options.to }),
            present: await presentFiles(terminal, record, options.parameters),
          });
          if (!options.json) {
            terminal.out(`Back to ${run.id} of ${timeText(run.startedAt)} (${causeText(run.cause)})`);
          }
          if (!options.yes && (options.json || !terminal.interactive)) {
            return showOnly(terminal, workflow, source, options);
          }
          const unfinished = await workflow.state.unfinishedRun(source.stack);
          if (unfinished) terminal.err(finishedBefore(unfinished.id));
          const code = await applySource(terminal, workflow, source, {
            ...(options.yes ? { yes: true } : {}),
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
  const planned = await during(terminal, 'Planning', () => planStack(workflow, source));
  if (!json) showPlan(terminal, planned);
  const unfinished = await workflow.state.unfinishedRun(source.stack);
  const left = planned.plan !== undefined && (unfinished !== undefined || hasChanges(planned.plan));
  const why = json ? 'With --json nobody is asked.' : 'There is no terminal to ask at.';
  const refusal = left
    ? unconfirmed([...(unfinished ? [finishedBefore(unfinished.id)] : []), why].join(' '))
    : undefined;
  if (json) terminal.out(planJson(withNotices(planned, refusal ? diagnosticsOf(refusal) : [])));
  else if (refusal) throw refusal;
  return planned.plan && !refusal ? 0 : 1;
}

function finishedBefore(run: string): string {
  return `The run ${run}, which was cut short, is finished before it.`;
}
