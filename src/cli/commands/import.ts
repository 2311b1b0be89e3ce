import { SlipwayError } from '../../base/error.ts';
import { applySource } from '../apply-source.ts';
import { localSource, type StackOptions, withLocalWorkflow } from '../local.ts';
import type { DefineCommand } from '../program.ts';
import { asRecorded } from '../recorded-stack.ts';
import { withStackOptions } from './stack-options.ts';

interface ImportOptions extends StackOptions {
  readonly yes?: true;
  readonly json?: true;
}

export const defineImport: DefineCommand = (command, terminal, choose) => {
  withStackOptions(command)
    .argument('<template>', 'the template file')
    .argument('<logical-id>', 'the resource in the template that it becomes')
    .argument('<physical-id>', 'what the cloud knows it by: vpc-..., a role name, an ARN')
    .option('--yes', 'do not ask; needed where there is no terminal, and with --json')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ slipway import infra/shop.yaml Vpc vpc-0a1b2c3d4e5f67890 --environment dev\n',
    )
    .action((template: string, logicalId: string, physicalId: string, options: ImportOptions) => {
      choose(async () => {
        const local = await localSource(terminal, template, options);
        return withLocalWorkflow(terminal, options.region, async (workflow) => {
          const source = await asRecorded(terminal, workflow.state, local);
          const existing = (await workflow.state.resources(source.stack)).find(
            (r) => r.generation === 'current' && r.logicalId === logicalId,
          );
          if (existing && existing.physicalId !== physicalId) {
            throw new SlipwayError('plan-import', {
              summary: `${logicalId} is ${existing.physicalId} already`,
              remedy: `Give ${physicalId} a logical id of its own in the template.`,
            });
          }
          const adopting = { ...source, adopts: { logicalId, physicalId } };
          return applySource(terminal, workflow, adopting, { ...options, cause: { import: logicalId } });
        });
      });
    });
};
