import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Diagnostic, formatDiagnostic, hasErrors } from '../../base/diagnostic.ts';
import { diagnosticsOf, SlipwayError } from '../../base/error.ts';
import { nearest } from '../../base/suggest.ts';
import { typeSchemas } from '../../provider/schemas.ts';
import { isTemplatePath, parameterFiles, templatesOf } from '../../settings/paths.ts';
import { defaultSettings, type Environment } from '../../settings/settings.ts';
import { checkSource } from '../../workflow/check-source.ts';
import type { StackSource } from '../../workflow/plan-stack.ts';
import { readNamedFile, readTemplateFile } from '../files.ts';
import { localSettings } from '../local.ts';
import type { DefineCommand } from '../program.ts';
import { repositoryPath } from '../project.ts';
import type { Terminal } from '../terminal.ts';

interface ValidateOptions {
  readonly parameters?: string;
  readonly json?: true;
}

type ParameterFile = NonNullable<StackSource['parameters']>;

export const defineValidate: DefineCommand = (command, terminal, choose) => {
  command
    .argument('<template...>', 'template files')
    .option('--parameters <file>', 'a file of parameter values to check instead of those beside the template')
    .option('--json', 'print the diagnostics as JSON')
    .addHelpText('after', '\nExample:\n  $ slipway validate infra/shop.yaml\n')
    .action((templates: string[], options: ValidateOptions) => {
      choose(async () => {
        const checked = await Promise.all(templates.map((file) => checkFiles(terminal, file, options)));
        // What several of them show is said once.
        const said = new Map(checked.flatMap((c) => c.diagnostics).map((d) => [JSON.stringify(d), d]));
        const diagnostics = [...said.values()];
        const failed = hasErrors(diagnostics);
        if (options.json) {
          terminal.out(JSON.stringify({ valid: !failed, diagnostics }, undefined, 2));
          return failed ? 1 : 0;
        }
        for (const d of diagnostics) terminal.err(formatDiagnostic(d));
        if (!failed) {
          const [first] = templates;
          const what = templates.length === 1 ? `${first} is` : `${templates.length} templates are`;
          const beside = checked.flatMap((c) => c.files);
          terminal.out(`${what} valid${beside.length > 0 ? `, with ${beside.join(', ')}` : ''}.`);
        }
        return failed ? 1 : 0;
      });
    });
};

/** A template, alone and with every parameter file, and in every environment of the settings. */
async function checkFiles(
  terminal: Terminal,
  file: string,
  { parameters: named }: ValidateOptions,
): Promise<{ readonly diagnostics: readonly Diagnostic[]; readonly files: readonly string[] }> {
  const text = await readTemplateFile(terminal, file);
  const check = (source: Partial<Pick<StackSource, 'parameters' | 'environment'>>) =>
    checkSource({ schemas: typeSchemas }, { file, text, ...source }).diagnostics;
  if (named !== undefined) {
    const parameters = { file: named, text: await readNamedFile(terminal, named, 'a parameter file') };
    return { diagnostics: [...check({}), ...check({ parameters })], files: [named] };
  }
  const found = await parameterFilesOf(terminal, file);
  const files = found.map((f) => f.file);
  const { environments, diagnostics } = await environmentsOf(terminal, file);
  // What an environment reads; where it has no file, the template has to do without one.
  const read = environments.map((environment) => ({ environment, names: namesOf(file, environment) }));
  const without = read.filter(({ names }) => !names.some((name) => files.includes(name)));
  return {
    diagnostics: [
      ...diagnostics,
      ...check({}),
      ...found.flatMap((parameters) => check({ parameters })),
      ...without.flatMap(({ environment }) => check({ environment })),
      ...misnamed(
        files,
        read.flatMap(({ names }) => names),
      ),
    ],
    files,
  };
}

function namesOf(template: string, { name }: Environment): string[] {
  return parameterFiles(template, name).map((path) => join(path));
}

/** Beside the template, for whatever environment. */
async function parameterFilesOf(terminal: Terminal, template: string): Promise<ParameterFile[]> {
  const folder = dirname(template);
  const files = (await readdir(resolve(terminal.cwd, folder)))
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => templatesOf(path).includes(join(template)));
  return Promise.all(
    files.map(async (file) => ({ file, text: await readNamedFile(terminal, file, 'a parameter file') })),
  );
}

/** Those of the settings in which this template is a stack. What is wrong with the settings does not hide the rest. */
async function environmentsOf(
  terminal: Terminal,
  template: string,
): Promise<{ readonly environments: readonly Environment[]; readonly diagnostics: readonly Diagnostic[] }> {
  try {
    const settings = await localSettings(terminal);
    const isStack =
      settings !== defaultSettings && isTemplatePath(settings, repositoryPath(terminal, template));
    return { environments: isStack ? settings.environments : [], diagnostics: [] };
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    return { environments: [], diagnostics: diagnosticsOf(error) };
  }
}

/** A parameter file that no environment reads is most likely misnamed, and silently without effect. */
function misnamed(files: readonly string[], names: readonly string[]): Diagnostic[] {
  if (names.length === 0) return [];
  return files
    .filter((file) => !names.includes(file))
    .map((file) => {
      const meant = nearest(file, names, 3);
      return {
        severity: 'warning',
        code: 'settings-environment',
        summary: `No environment of the settings reads ${file}`,
        remedy: meant ? `Did you mean ${meant}?` : 'Name it after one of their environments.',
      };
    });
}
