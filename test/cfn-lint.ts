/**
 * `cfn-lint`, the linter that people check CloudFormation templates with: found in Python or installed as moto is.
 * In: files. Out: what it finds. One version exactly, since its schemas are also what `npm run generate` reads.
 */
import { delimiter } from 'node:path';
import { lastLine, runCommand } from '../src/sandbox/services/command.ts';
import { pythonPackage } from '../src/sandbox/services/python-package.ts';
import type { Missing } from '../src/sandbox/services/service.ts';
import { which } from '../src/sandbox/services/which.ts';

const WANTED = '1.51.0';

export interface CfnLint {
  readonly kind: 'found';
  /** Runs a Python script that may import `cfnlint`, and gives what it prints. */
  run(script: string, args: readonly string[]): Promise<string>;
  /** The beginning of a command that takes its arguments, and what that needs to write SARIF as well. */
  sarif(): Promise<SarifCommand | Missing>;
  /** What it finds wrong with these templates, all in one go: starting it takes longer than looking at fifty. */
  lint(files: readonly string[]): Promise<readonly LintMatch[]>;
}

export interface SarifCommand {
  readonly kind: 'command';
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface LintMatch {
  readonly file: string;
  /** `E3002`; those that begin with W or I are no errors. */
  readonly rule: string;
  readonly message: string;
  readonly line: number;
}

export async function findCfnLint(): Promise<CfnLint | Missing> {
  const python = await which('python3');
  if (python !== undefined && (await versionIn(python, {})) === WANTED) return cfnLint(python, {});
  const installed = await pythonPackage(`cfn-lint-${WANTED}`, `cfn-lint==${WANTED}`);
  if (installed.kind === 'missing') return installed;
  return cfnLint(installed.python, { PYTHONPATH: installed.folder });
}

async function versionIn(python: string, environment: Record<string, string>): Promise<string> {
  const script = 'from importlib.metadata import version; print(version("cfn-lint"))';
  return (await runCommand(python, ['-c', script], { environment })).stdout.trim();
}

const program = "import sys; from cfnlint.runner import main; sys.argv[0] = 'cfn-lint'; sys.exit(main())";

/** What `cfn-lint[sarif]` would bring besides. */
const sarifPackages = ['sarif-om==1.0.4', 'jschema-to-python==1.2.3'];

function cfnLint(python: string, environment: Record<string, string>): CfnLint {
  return {
    kind: 'found',
    async sarif() {
      const folders: string[] = [];
      for (const wanted of sarifPackages) {
        const installed = await pythonPackage(wanted.replace('==', '-'), wanted);
        if (installed.kind === 'missing') return installed;
        folders.push(installed.folder);
      }
      const path = [environment.PYTHONPATH, ...folders].filter(Boolean).join(delimiter);
      return { kind: 'command', command: [python, '-c', program], environment: { PYTHONPATH: path } };
    },
    async run(script, args) {
      const { exitCode, stdout, stderr } = await runCommand(python, ['-c', script, ...args], { environment });
      if (exitCode !== 0) throw new Error(`cfn-lint's Python: ${lastLine(stderr)}`);
      return stdout;
    },
    async lint(files) {
      // Rules that only inform are left out by default; what it exits with says how bad it was.
      const args = ['-c', program, '--format', 'json', '--regions', 'eu-west-1', '--', ...files];
      const { stdout, stderr } = await runCommand(python, args, { environment });
      if (stdout.trim() === '') throw new Error(`cfn-lint: ${lastLine(stderr)}`);
      return (JSON.parse(stdout) as RawMatch[]).map(({ Filename, Rule, Message, Location }) => ({
        file: Filename,
        rule: Rule.Id,
        message: Message,
        line: Location.Start.LineNumber,
      }));
    },
  };
}

interface RawMatch {
  readonly Filename: string;
  readonly Message: string;
  readonly Rule: { readonly Id: string };
  readonly Location: { readonly Start: { readonly LineNumber: number } };
}
