import { SlipwayError } from '../../base/error.ts';
import { reportUnopened } from '../../workflow/unopened.ts';
import { findStack, stackArgument } from '../known-stack.ts';
import { recordedTarget, withRecordedWorkflow } from '../local.ts';
import type { DefineCommand } from '../program.ts';

interface UnopenedOptions {
  readonly environment?: string;
  readonly json?: true;
}

export const defineUnopened: DefineCommand = (command, terminal, choose) => {
  command
    .argument('<stack>', stackArgument)
    .argument('<output>', 'the output that was handed over wrapped')
    .option('--environment <name>', 'the environment, where a template file is given')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      '\nWhere its time is over, the next plan hands it over again. Where it was opened before that, and not by whom it is for, the audit record has the alarm: change the secret itself.\n\nExample:\n  $ slipway hand-over unopened infra/shop.yaml DatabasePassword --environment prod\n',
    )
    .action((named: string, output: string, options: UnopenedOptions) => {
      choose(() =>
        withRecordedWorkflow(terminal, undefined, async (workflow) => {
          const record = await findStack(terminal, workflow.state, named, options.environment);
          const { environment } = await recordedTarget(terminal, record);
          const asked = { stack: record.id, environment, output };
          const { became, record: handOver } = await reportUnopened(workflow, asked);
          if (became === 'opened') {
            throw new SlipwayError('hand-over-opened', {
              summary: `The wrapped ${output} was opened by somebody else`,
              detail: `It was handed over at ${handOver.at}. The audit record has the alarm.`,
              remedy: "Change the secret itself, and see Vault's audit log for who unwrapped it.",
            });
          }
          const said =
            became === 'whole'
              ? 'It opens still, until its time is over: its consumer has another one, or asks another Vault.'
              : 'Its time is over. The next plan of the stack hands it over again.';
          terminal.out(options.json ? JSON.stringify({ became, handOver }, undefined, 2) : said);
          return 0;
        }),
      );
    });
};
