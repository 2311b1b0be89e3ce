import { SlipwayError } from '../../base/error.ts';
import { applySource } from '../apply-source.ts';
import { localSource, type StackOptions, withLocalWorkflow } from '../local.ts';
import { readPlanFile } from '../plan-file.ts';
import type { DefineCommand } from '../program.ts';
import { asRecorded } from '../recorded-stack.ts';
import type { Terminal } from '../terminal.ts';
import { type MoveOptions, withMoveOption, withStackOptions } from './stack-options.ts';

interface ApplyOptions extends StackOptions, MoveOptions {
  readonly plan?: string;
  readonly yes?: true;
  readonly json?: true;
}

export const defineApply: DefineCommand = (command, terminal, choose) => {
  withMoveOption(withStackOptions(command))
    .argument('[template]', 'the template file; not with --plan')
    .option(
      '--plan <file>',
      'apply a plan of `slipway plan --out`: naming it is the yes, nothing is asked; refused when it is out of date',
    )
    .option('--yes', 'do not ask; needed where there is no terminal, and with --json')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ slipway apply infra/shop.yaml --environment dev --yes\n  $ slipway apply --plan plan.json\n',
    )
    .action((template: string | undefined, options: ApplyOptions) => {
      choose(async () => {
        const wanted = await whatToApply(terminal, template, options);
        const local = await localSource(terminal, wanted.template, wanted.options);
        return withLocalWorkflow(terminal, wanted.options.region, async (workflow) => {
          const source = await asRecorded(terminal, workflow.state, local, wanted.options.movedFrom);
          return applySource(terminal, workflow, source, { ...options, ...wanted.confirmed });
        });
      });
    });
};

async function whatToApply(terminal: Terminal, template: string | undefined, options: ApplyOptions) {
  if (options.plan !== undefined && template === undefined) {
    if (
      [options.environment, options.region, options.parameters, options.movedFrom].some(
        (o) => o !== undefined,
      )
    ) {
      throw new SlipwayError('usage', {
        summary: 'A plan file says for which environment, region and parameters it is',
        remedy: 'Leave them out, or plan again with them.',
      });
    }
    const saved = await readPlanFile(terminal, options.plan);
    // Who names a plan file has read it: the digest is the yes.
    return { ...saved, confirmed: { digest: saved.digest, yes: true as const } };
  }
  if (template !== undefined && options.plan === undefined) return { template, options, confirmed: {} };
  throw new SlipwayError('usage', {
    summary: 'Give a template or --plan, and not both',
    remedy: 'slipway apply infra/shop.yaml, or slipway apply --plan plan.json',
  });
}
