import { SlipwayError } from '../../base/error.ts';
import { blocks, mayBlock } from '../../policy/finding.ts';
import { parsePolicy } from '../../policy/parse-policy.ts';
import type { Policy } from '../../policy/policy.ts';
import { impactOnLive, impactOnRuns } from '../../workflow/compliance-impact.ts';
import { readNamedFile } from '../files.ts';
import { stackArgument } from '../known-stack.ts';
import { withRecordedWorkflow } from '../local.ts';
import type { DefineCommand } from '../program.ts';
import type { Terminal } from '../terminal.ts';
import { during } from '../waiting.ts';
import { type Impact, impactLines, isUnknown } from './impact-text.ts';
import { askEach, type LivingOptions, livingStacks } from './living.ts';
import { type DirectoryOption, policiesOf, policyOf } from './read.ts';

interface ImpactOptions extends LivingOptions, DirectoryOption {
  readonly runs: string;
  readonly json?: true;
}

export const defineImpact: DefineCommand = (command, terminal, choose) => {
  command
    .argument('<policy>', 'a policy file (.yaml), or the id of a policy')
    .option('--stack <stack...>', `only these, each by ${stackArgument}; without it all that are known`)
    .option('--environment <name>', 'the environment, with template files')
    .option('--runs <number>', 'how many recorded runs of each stack are looked at', '20')
    .option('--directory <folder>', 'a folder of policies to take the id from, instead of those that ship')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      [
        '',
        'Says what a policy would have stopped, before it is in force: of what runs now, as if each resource were',
        'made today the way it is; and of the plans that are kept with the recorded runs, each at its own time.',
        'Nothing is changed or written. It exits with 1 where it would stop something, or a stack cannot be looked',
        'at, and with 0 where it would not: a policy that is advisory stops nothing.',
        '',
        'Examples:',
        '  $ slipway policy impact policies/subnets-in-address-plan.yaml',
        "  $ slipway policy impact s3-versioning --stack 'acme/shop:infra/shop.yaml@prod'",
        '  $ slipway policy impact few-deletes --runs 200 --json',
        '',
      ].join('\n'),
    )
    .action((named: string, options: ImpactOptions) => {
      choose(async () => {
        const runs = runsOf(options);
        const policy = await policyNamed(terminal, named, options);
        return withRecordedWorkflow(terminal, undefined, async (workflow) => {
          const living = await livingStacks(terminal, workflow.state, options);
          const live = await during(terminal, 'Looking', () =>
            askEach(living, ({ source }) => impactOnLive(workflow, policy, source)),
          );
          const impacts: Impact[] = [];
          for (const [index, { source, isOwn }] of living.entries()) {
            const past = await impactOnRuns(workflow, policy, source, runs);
            impacts.push({ isOwn, already: 0, ...live[index]!, past });
          }
          if (options.json) terminal.out(JSON.stringify(asJson(policy, impacts), undefined, 2));
          else for (const line of impactLines(terminal, policy, impacts)) terminal.out(line);
          return impacts.some((impact) => isUnknown(impact) || stops(impact)) ? 1 : 0;
        });
      });
    });
};

function stops({ compliance, past }: Impact): boolean {
  return compliance.findings.some(blocks) || past.runs.some(({ findings }) => findings.some(blocks));
}

function runsOf({ runs }: ImpactOptions): number {
  const number = Number(runs);
  if (Number.isInteger(number) && number >= 0) return number;
  throw new SlipwayError('usage', {
    summary: `--runs takes a whole number, not ${runs}`,
    remedy: 'Give 0 to look only at what runs now.',
  });
}

/** A file is the policy as it is to be; what is wrong with it is told with its lines. */
async function policyNamed(terminal: Terminal, named: string, options: DirectoryOption): Promise<Policy> {
  if (!/\.ya?ml$/.test(named)) return policyOf(await policiesOf(terminal, options), named);
  const { policy, diagnostics } = parsePolicy(await readNamedFile(terminal, named, 'a policy'), named);
  if (policy) return policy;
  throw new SlipwayError('policy-invalid', { summary: `${named} cannot be read`, diagnostics });
}

function asJson({ id, title, severity, enforcement, file }: Policy, impacts: readonly Impact[]): object {
  return {
    policy: { id, title, severity, enforcement, file },
    stacks: impacts.map(({ compliance, already, past }) => ({
      ...compliance,
      wouldStop: compliance.findings.filter(mayBlock).length,
      already,
      runs: past.runs,
      moreRuns: past.more,
    })),
  };
}
