import manifest from '../../../package.json' with { type: 'json' };
import { systemClock } from '../../base/clock.ts';
import { type Diagnostic, formatDiagnostic, hasErrors } from '../../base/diagnostic.ts';
import { SlipwayError } from '../../base/error.ts';
import { blocks, type Finding } from '../../policy/finding.ts';
import { selectPacks } from '../../policy/parse-policy.ts';
import type { Policy } from '../../policy/policy.ts';
import { sarifLog } from '../../policy/sarif.ts';
import { typeSchemas } from '../../provider/schemas.ts';
import { networkNotice } from '../../scanner/isolation.ts';
import { isTemplatePath } from '../../settings/paths.ts';
import { defaultSettings, type Environment, type Settings } from '../../settings/settings.ts';
import { stackId } from '../../stack/stack-id.ts';
import type { StackSource } from '../../workflow/plan-stack.ts';
import { scanTemplate, type TemplateScan } from '../../workflow/scan-template.ts';
import { localEnvironment, localParameters, localSettings } from '../local.ts';
import type { DefineCommand } from '../program.ts';
import { localName, repositoryPath } from '../project.ts';
import { blockingLast, findingText } from '../show-plan.ts';
import type { Terminal } from '../terminal.ts';
import { noPack } from './list.ts';
import { type DirectoryOption, policiesOf, scannersNamed } from './read.ts';
import { readTemplates } from './templates.ts';

interface ScanOptions extends DirectoryOption {
  readonly environment?: string;
  readonly region?: string;
  readonly parameters?: string;
  readonly pack?: readonly string[];
  readonly scanners?: string;
  readonly json?: true;
  readonly sarif?: true;
}

export const defineScan: DefineCommand = (command, terminal, choose) => {
  command
    .argument('<path...>', 'template files, or folders of them')
    .option('--environment <name>', 'only this environment; without it every one of the settings')
    .option('--region <region>', 'the region, where the settings name none')
    .option('--parameters <file>', 'a file of parameter values instead of those beside the template')
    .option('--pack <name...>', 'packs of policies instead of those of the settings')
    .option(
      '--directory <folder>',
      'a folder of policies, instead of those that ship: all, or those of --pack',
    )
    .option('--scanners <file>', "the operator's file of other scanners to run as well")
    .option('--json', 'print findings and diagnostics as JSON')
    .option('--sarif', 'print SARIF 2.1.0, for code scanning')
    .addHelpText(
      'after',
      [
        '',
        'Every resource counts as one that is to be made. What only the cloud can give is unknown, and so is a',
        'parameter without a value: what hangs on one is decided at apply. It exits with 1 where a finding would',
        'block, or a template cannot be read.',
        '',
        'Examples:',
        '  $ slipway policy scan infra/',
        '  $ slipway policy scan infra/shop.yaml --pack default aws-fsbp --environment prod',
        '  $ slipway policy scan infra/ --sarif > slipway.sarif',
        '  $ slipway policy scan infra/ --scanners scanners.yaml',
        '',
      ].join('\n'),
    )
    .action((paths: string[], options: ScanOptions) => {
      choose(async () => {
        if (options.json && options.sarif) {
          throw new SlipwayError('usage', { summary: 'Give --json or --sarif, not both' });
        }
        const settings = await localSettings(terminal);
        const all = await policiesOf(terminal, options);
        const packs = options.pack ?? packsInForce(settings, all, options);
        const { policies, unknown } = selectPacks(all, packs);
        if (unknown[0] !== undefined) {
          throw noPack(
            unknown[0],
            all.flatMap((policy) => policy.packs),
          );
        }
        const scanners = await scannersNamed(terminal, options.scanners);
        const workflow = { policies: () => all, clock: systemClock, schemas: typeSchemas, scanners };
        const templates = await readTemplates(terminal, paths);
        const notice = scanners && (await networkNotice());
        if (notice) terminal.err(formatDiagnostic(notice));
        const scans = templates.flatMap(({ path, text }) =>
          environmentsFor(terminal, settings, path, options).map(async (meant) => {
            const environment = options.directory === undefined ? meant : saysOf(all, meant);
            const source = await sourceOf(terminal, { path, text, environment, packs }, options);
            return { scan: await scanTemplate(workflow, source), environment: environment.name };
          }),
        );
        const found = collector();
        for (const { scan, environment } of await Promise.all(scans)) found.add(scan, environment);
        const { findings, diagnostics } = found;
        if (options.json) terminal.out(JSON.stringify({ findings, diagnostics }, undefined, 2));
        else if (options.sarif) {
          const log = sarifLog({ policies, findings, diagnostics, version: manifest.version });
          terminal.out(JSON.stringify(log, undefined, 2));
        } else tell(terminal, { findings, diagnostics }, templates.length);
        return hasErrors(diagnostics) || findings.some(blocks) ? 1 : 0;
      });
    });
};

/** Settings name packs of the policies in force; what a folder besides them holds is meant as a whole. */
function packsInForce(
  settings: Settings,
  all: readonly Policy[],
  { directory }: DirectoryOption,
): readonly string[] {
  return directory === undefined ? settings.policies : [...new Set(all.flatMap((policy) => policy.packs))];
}

/** What an environment says of these policies: of those that a folder of others lacks it is right all the same. */
function saysOf(policies: readonly Policy[], environment: Environment): Environment {
  const ids = new Set(policies.map((policy) => policy.id));
  const { allow = [], 'policy-parameters': parameters = {} } = environment;
  return {
    ...environment,
    allow: allow.filter(({ policy }) => ids.has(policy)),
    'policy-parameters': Object.fromEntries(Object.entries(parameters).filter(([id]) => ids.has(id))),
  };
}

interface Scanned {
  readonly path: string;
  readonly text: string;
  readonly environment: Environment;
  readonly packs: readonly string[];
}

async function sourceOf(
  terminal: Terminal,
  { path, text, environment, packs }: Scanned,
  options: ScanOptions,
): Promise<StackSource> {
  const file = repositoryPath(terminal, path);
  const parameters = await localParameters(terminal, file, environment.name, options.parameters);
  return {
    stack: stackId(localName(terminal), file, environment.name),
    environment,
    file,
    text,
    packs,
    ...(parameters ? { parameters } : {}),
  };
}

/** Those that the template is a stack in; the one that is named, or that is meant where there are no settings. */
function environmentsFor(
  terminal: Terminal,
  settings: Settings,
  path: string,
  { environment, region = terminal.env.AWS_REGION || terminal.env.AWS_DEFAULT_REGION }: ScanOptions,
): readonly Environment[] {
  const isStack = settings !== defaultSettings && isTemplatePath(settings, repositoryPath(terminal, path));
  const meant =
    environment === undefined && isStack
      ? settings.environments
      : [localEnvironment(settings, environment === undefined ? {} : { environment })];
  return meant.map((one) => (one.region === undefined && region !== undefined ? { ...one, region } : one));
}

type Seen = Finding & { readonly environments: readonly string[] };

/** What is the same in several environments is told once, with their names. */
function collector() {
  const findings = new Map<string, Seen>();
  const diagnostics = new Map<string, Diagnostic>();
  return {
    add(scan: TemplateScan, environment: string): void {
      for (const finding of scan.findings) {
        const key = JSON.stringify(finding);
        const environments = [...(findings.get(key)?.environments ?? []), environment];
        findings.set(key, { ...finding, environments });
      }
      for (const diagnostic of scan.diagnostics) diagnostics.set(JSON.stringify(diagnostic), diagnostic);
    },
    get findings(): readonly Seen[] {
      return [...findings.values()];
    },
    get diagnostics(): readonly Diagnostic[] {
      return [...diagnostics.values()];
    },
  };
}

function tell(
  terminal: Terminal,
  {
    findings,
    diagnostics,
  }: { readonly findings: readonly Seen[]; readonly diagnostics: readonly Diagnostic[] },
  templates: number,
): void {
  for (const diagnostic of diagnostics) terminal.err(formatDiagnostic(diagnostic));
  for (const finding of blockingLast(findings)) terminal.out(findingText(terminal, finding));
  const open = findings.filter((finding) => finding.undecided).length;
  const blocking = findings.filter(blocks).length;
  const parts = [
    `${blocking} would block`,
    `${findings.length - blocking - open} advice`,
    `${open} decided at apply`,
  ];
  terminal.out(`${templates === 1 ? '1 template' : `${templates} templates`}: ${parts.join(', ')}.`);
}
