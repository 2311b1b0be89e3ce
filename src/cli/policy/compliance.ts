import manifest from '../../../package.json' with { type: 'json' };
import { hasErrors } from '../../base/diagnostic.ts';
import { SlipwayError } from '../../base/error.ts';
import { clean } from '../../base/visible.ts';
import { selectPacks } from '../../policy/parse-policy.ts';
import { sarifLog } from '../../policy/sarif.ts';
import {
  limitsOf,
  notAskedText,
  type StackCompliance,
  standingCount,
  tally,
} from '../../review/compliance.ts';
import { isOpen } from '../../review/compliance-issue.ts';
import { count } from '../../review/words.ts';
import { complianceOf } from '../../workflow/compliance.ts';
import { stackArgument } from '../known-stack.ts';
import { localSettings, withRecordedWorkflow } from '../local.ts';
import type { DefineCommand } from '../program.ts';
import { whereStateIs } from '../project.ts';
import type { Terminal } from '../terminal.ts';
import { during } from '../waiting.ts';
import { askEach, type LivingOptions, livingStacks, tellProblems } from './living.ts';
import { countsTable, findingsCount, runningText } from './running-text.ts';

interface ComplianceOptions extends LivingOptions {
  readonly json?: true;
  readonly sarif?: true;
}

export const defineCompliance: DefineCommand = (command, terminal, choose) => {
  command
    .option('--stack <stack...>', `only these, each by ${stackArgument}; without it all of the repository's`)
    .option('--environment <name>', 'the environment, with template files')
    .option('--json', 'print as JSON')
    .option('--sarif', 'print SARIF 2.1.0, for code scanning')
    .addHelpText(
      'after',
      [
        '',
        'Holds what runs, as the cloud answers now, against the policies in force: as if each resource were made',
        'today, the way it is. Exceptions and parameters of the settings in the working tree hold; so do its',
        'templates, for the lines. Nothing is changed or written. It exits with 1 where a finding would stop a plan,',
        'or a stack cannot be looked at.',
        '',
        'Examples:',
        '  $ slipway policy compliance',
        '  $ slipway policy compliance --stack infra/shop.yaml --environment prod --json',
        '  $ slipway policy compliance --sarif > running.sarif',
        '',
      ].join('\n'),
    )
    .action((options: ComplianceOptions) => {
      choose(async () => {
        if (options.json && options.sarif) {
          throw new SlipwayError('usage', { summary: 'Give --json or --sarif, not both' });
        }
        const settings = await localSettings(terminal);
        return withRecordedWorkflow(terminal, undefined, async (workflow) => {
          const living = await livingStacks(terminal, workflow.state, options);
          const own = living.filter(({ isOwn }) => isOwn);
          const answers = await during(terminal, 'Looking', () =>
            askEach(own, async ({ source }) => {
              const compliance = await complianceOf(workflow, source);
              const findings = await workflow.compliance.date(source.stack, compliance.findings);
              return { compliance: { ...compliance, findings } };
            }),
          );
          const stacks = answers.map(({ compliance }) => compliance);
          if (options.json) terminal.out(JSON.stringify({ stacks }, undefined, 2));
          else if (options.sarif) {
            const { policies } = selectPacks(workflow.policies(), settings.policies);
            terminal.out(JSON.stringify(sarifOf(policies, stacks), undefined, 2));
          } else tell(terminal, stacks, living.length - own.length);
          return isOpen(stacks) ? 1 : 0;
        });
      });
    });
};

function sarifOf(
  policies: Parameters<typeof sarifLog>[0]['policies'],
  stacks: readonly StackCompliance[],
): object {
  return sarifLog({
    policies,
    findings: stacks.flatMap(({ findings, environment }) =>
      findings.map((finding) => ({ ...finding, environments: [environment] })),
    ),
    diagnostics: stacks.flatMap(({ diagnostics }) => diagnostics),
    version: manifest.version,
  });
}

function tell(terminal: Terminal, stacks: readonly StackCompliance[], others: number): void {
  for (const stack of stacks) {
    tellProblems(terminal, stack);
    for (const finding of stack.findings) terminal.out(runningText(terminal, stack, finding));
  }
  const found = stacks.filter((s) => s.findings.length > 0 || hasErrors(s.diagnostics));
  if (found.length > 0) for (const line of ['', ...countsTable(found), '']) terminal.out(line);
  for (const stack of stacks) {
    for (const sentence of limitsOf(stack)) terminal.out(clean(`${stack.stack}: ${sentence}`));
  }
  const notAsked = notAskedText(stacks);
  if (notAsked !== undefined) terminal.out(notAsked);
  if (others > 0) {
    terminal.out(
      `${count(others, 'stack')} of other repositories left out: their settings say what holds there.`,
    );
  }
  if (stacks.length > 0) terminal.out(summaryOf(stacks));
  else if (others === 0) terminal.out(`No stack is there. ${whereStateIs(terminal)}`);
}

function summaryOf(stacks: readonly StackCompliance[]): string {
  const all = tally(stacks.flatMap((stack) => stack.findings));
  const resources = stacks.reduce((sum, stack) => sum + stack.checked, 0);
  const unknown = stacks.filter((stack) => hasErrors(stack.diagnostics)).length;
  const parts = [
    findingsCount(all, standingCount(all)),
    `${all.advice} advice`,
    `${all.allowed} allowed`,
    ...(unknown > 0 ? [`${count(unknown, 'stack')} not looked at`] : []),
  ];
  return `${count(stacks.length, 'stack')}, ${count(resources, 'running resource')}: ${parts.join(', ')}.`;
}
