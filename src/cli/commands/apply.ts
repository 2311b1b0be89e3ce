import { resolve } from 'node:path';
import { SlipwayError } from '../../base/error.ts';
import { applySource } from '../apply-source.ts';
import { localSource, type StackOptions, withLocalWorkflow } from '../local.ts';
import { readPlanFile } from '../plan-file.ts';
import type { DefineCommand } from '../program.ts';
import { withStackOptions } from './stack-options.ts';

interface ApplyOptions extends StackOptions {
  readonly plan?: string;
  readonly yes?: true;
  readonly json?: true;
}

export const defineApply: DefineCommand = (command, terminal, choose) => {
  withStackOptions(command)
    .description('make the cloud as a template says, or as a saved plan says')
    .argument('[template]', 'the template file; not with --plan')
    .option('--plan <file>', 'apply a plan of `slipway plan --out`; refused when it is out of date')
    .option('--yes', 'do not ask')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ slipway apply infra/shop.yaml --environment dev --yes\n  $ slipway apply --plan plan.json\n',
    )
    .action((template: string | undefined, options: ApplyOptions) => {
      choose(async () => {
        const wanted = await whatToApply(terminal.cwd, template, options);
        return withLocalWorkflow(terminal, wanted.options.region, async (workflow) => {
          const source = await localSource(terminal, wanted.template, wanted.options);
          return applySource(terminal, workflow, source, { ...options, ...wanted.confirmed });
        });
      });
    });
};

async function whatToApply(cwd: string, template: string | undefined, options: ApplyOptions) {
  if (options.plan !== undefined && template === undefined) {
    const saved = await readPlanFile(resolve(cwd, options.plan));
    // Who names a plan file has read it: the digest is the yes.
    return { ...saved, confirmed: { digest: saved.digest, yes: true as const } };
  }
  if (template !== undefined && options.plan === undefined) return { template, options, confirmed: {} };
  throw new SlipwayError('usage', {
    summary: 'Give a template or --plan, and not both',
    remedy: 'slipway apply infra/shop.yaml, or slipway apply --plan plan.json',
  });
}
