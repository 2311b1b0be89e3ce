import { SlipwayError } from '../../base/error.ts';
import type { StackSource } from '../../workflow/plan-stack.ts';
import type { Workflow } from '../../workflow/workflow.ts';
import { applySource } from '../apply-source.ts';
import { goneSource, recordedTarget, type StackOptions, withLocalWorkflow } from '../local.ts';
import type { DefineCommand } from '../program.ts';
import type { Terminal } from '../terminal.ts';
import { knownStack } from './state.ts';

interface DestroyOptions extends Omit<StackOptions, 'parameters'> {
  readonly stack?: string;
  readonly yes?: true;
  readonly json?: true;
}

export const defineDestroy: DefineCommand = (command, terminal, choose) => {
  command
    .description('delete everything that a stack made')
    .argument('[template]', 'the template file, which need not exist any more; not with --stack')
    .option('--environment <name>', 'the environment')
    .option('--region <region>', 'the AWS region, over the one of the environment')
    .option('--stack <id>', 'the stack by its id, as `slipway state list` shows it')
    .option('--yes', 'do not ask')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      "\nExamples:\n  $ slipway destroy infra/shop.yaml --environment dev\n  $ slipway destroy --stack 'acme/shop:infra/shop.yaml@dev' --yes\n",
    )
    .action((template: string | undefined, options: DestroyOptions) => {
      choose(() =>
        withLocalWorkflow(terminal, options.region, async (workflow) => {
          const source = await whatToDestroy(terminal, workflow, template, options);
          await knownStack(workflow.state, source.stack);
          return applySource(terminal, workflow, source, options);
        }),
      );
    });
};

async function whatToDestroy(
  terminal: Terminal,
  workflow: Workflow,
  template: string | undefined,
  options: DestroyOptions,
): Promise<StackSource> {
  if (template !== undefined && options.stack === undefined) return goneSource(terminal, template, options);
  if (template === undefined && options.stack !== undefined) {
    const record = await knownStack(workflow.state, options.stack);
    const target = await recordedTarget(terminal, record);
    return { stack: record.id, file: record.file, text: undefined, ...target };
  }
  throw new SlipwayError('usage', {
    summary: 'Give a template or --stack, and not both',
    remedy: 'slipway destroy infra/shop.yaml, or slipway destroy --stack ID',
  });
}
