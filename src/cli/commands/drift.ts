import pLimit from 'p-limit';
import { type Diagnostic, formatDiagnostic } from '../../base/diagnostic.ts';
import { diagnosticsOf, SlipwayError } from '../../base/error.ts';
import { renderDriftText } from '../../review/drift-text.ts';
import type { StackRecord, State } from '../../state/state.ts';
import { driftStack, type StackDrift } from '../../workflow/drift-stack.ts';
import type { Workflow } from '../../workflow/workflow.ts';
import { findStack, stackArgument } from '../known-stack.ts';
import { recordedTarget, withRecordedWorkflow } from '../local.ts';
import type { DefineCommand } from '../program.ts';
import { whereStateIs } from '../project.ts';
import type { Terminal } from '../terminal.ts';
import { during } from '../waiting.ts';

interface DriftOptions {
  readonly environment?: string;
  readonly all?: true;
  readonly json?: true;
  readonly detailedExitcode?: true;
}

/** One stack that could not be asked about. */
interface Unanswered {
  readonly stack: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** Each stack's target is asked for facts of its own; more at once only wait for one another's limits. */
const atOnce = 4;

export const defineDrift: DefineCommand = (command, terminal, choose) => {
  command
    .argument('[stack]', `${stackArgument}; not with --all`)
    .option('--environment <name>', 'the environment, with a template file')
    .option('--all', 'every stack')
    .option('--json', 'print as JSON')
    .option('--detailed-exitcode', 'exit with 2 when there is drift')
    .addHelpText(
      'after',
      "\nExamples:\n  $ slipway drift infra/shop.yaml --environment dev\n  $ slipway drift 'acme/shop:infra/shop.yaml@dev' --json\n  $ slipway drift --all --detailed-exitcode\n",
    )
    .action((stack: string | undefined, options: DriftOptions) => {
      choose(async () => {
        const stacks = whichStacks(terminal, stack, options);
        return withRecordedWorkflow(terminal, undefined, async (workflow) => {
          const records = await stacks(workflow.state);
          const limit = pLimit(atOnce);
          const answers = await during(terminal, 'Looking', () =>
            Promise.all(records.map((r) => limit(() => ask(terminal, workflow, r)))),
          );
          if (options.json) {
            terminal.out(JSON.stringify(options.all ? answers : answers[0], undefined, 2));
          } else {
            for (const answer of answers) show(terminal, answer);
            if (answers.length === 0) terminal.out(`No stack is there. ${whereStateIs(terminal)}`);
          }
          if (answers.some(isUnanswered)) return 1;
          const drifted = answers.some((a) => !isUnanswered(a) && a.drifted.length > 0);
          return options.detailedExitcode && drifted ? 2 : 0;
        });
      });
    });
};

/** With several stacks, one that cannot be reached must not hide what happened to the others. */
async function ask(
  terminal: Terminal,
  workflow: Workflow,
  record: StackRecord,
): Promise<StackDrift | Unanswered> {
  try {
    const { environment } = await recordedTarget(terminal, record);
    return await driftStack(workflow, { stack: record.id, environment });
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    return { stack: record.id, diagnostics: diagnosticsOf(error) };
  }
}

function isUnanswered(answer: StackDrift | Unanswered): answer is Unanswered {
  return 'diagnostics' in answer;
}

function show(terminal: Terminal, answer: StackDrift | Unanswered): void {
  if (!isUnanswered(answer)) {
    terminal.out(renderDriftText(answer, { color: terminal.color }));
    return;
  }
  terminal.err(`${answer.stack} could not be looked at:`);
  for (const diagnostic of answer.diagnostics) terminal.err(formatDiagnostic(diagnostic));
}

/** Gives the way to them, so that what is wrong with the words is said before anything is opened. */
function whichStacks(
  terminal: Terminal,
  stack: string | undefined,
  { all, environment }: DriftOptions,
): (state: State) => Promise<readonly StackRecord[]> {
  if (stack === undefined && all) {
    return async (state) => (await state.stacks()).filter((s) => s.status !== 'destroyed');
  }
  if (stack !== undefined && !all) {
    return async (state) => [await findStack(terminal, state, stack, environment)];
  }
  throw new SlipwayError('usage', {
    summary: 'Give a stack or --all, and not both',
    remedy: 'slipway drift infra/shop.yaml --environment dev, or slipway drift --all',
  });
}
