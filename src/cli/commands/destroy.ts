import { SlipwayError } from '../../base/error.ts';
import { applySource } from '../apply-source.ts';
import { findStack } from '../known-stack.ts';
import { recordedTarget, type StackOptions, withRecordedWorkflow } from '../local.ts';
import type { DefineCommand } from '../program.ts';

interface DestroyOptions extends Omit<StackOptions, 'parameters'> {
  readonly stack?: string;
  readonly yes?: true;
  readonly json?: true;
}

export const defineDestroy: DefineCommand = (command, terminal, choose) => {
  command
    .argument('[template]', 'the template file, which need not exist any more; not with --stack')
    .option('--environment <name>', 'the environment')
    .option('--region <region>', 'where the stack lives; it is known, and another one is refused')
    .option('--stack <id>', 'the stack by its id, as `slipway state list` shows it')
    .option('--yes', 'do not ask; needed where there is no terminal, and with --json')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      "\nExamples:\n  $ slipway destroy infra/shop.yaml --environment dev\n  $ slipway destroy --stack 'acme/shop:infra/shop.yaml@dev' --yes\n",
    )
    .action((template: string | undefined, options: DestroyOptions) => {
      choose(async () => {
        const named = whatToDestroy(template, options.stack);
        return withRecordedWorkflow(terminal, options.region, async (workflow) => {
          const record = await findStack(terminal, workflow.state, named, options.environment);
          const { environment, packs } = await recordedTarget(terminal, record);
          const { region = record.region } = options;
          const source = {
            stack: record.id,
            file: record.file,
            text: undefined,
            environment: { ...environment, region },
            packs,
          };
          return applySource(terminal, workflow, source, options);
        });
      });
    });
};

function whatToDestroy(template: string | undefined, stack: string | undefined): string {
  if (template !== undefined && stack === undefined) return template;
  if (template === undefined && stack !== undefined) return stack;
  throw new SlipwayError('usage', {
    summary: 'Give a template or --stack, and not both',
    remedy: 'slipway destroy infra/shop.yaml --environment dev, or slipway destroy --stack ID',
  });
}
