import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type Diagnostic, formatDiagnostic, hasErrors } from '../../base/diagnostic.ts';
import { nearest } from '../../base/suggest.ts';
import { typeSchemas } from '../../provider/schemas.ts';
import { isTemplatePath, parameterFiles, templatesOf } from '../../settings/paths.ts';
import { defaultSettings } from '../../settings/settings.ts';
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
    .description('check templates and the parameter files beside them, without asking the cloud')
    .argument('<template...>', 'template files')
    .option('--parameters <file>', 'a file of parameter values to check instead of those beside the template')
    .option('--json', 'print the diagnostics as JSON')
    .addHelpText('after', '\nExample:\n  $ slipway validate infra/shop.yaml\n')
    .action((templates: string[], options: ValidateOptions) => {
      choose(async () => {
        const checked = await Promise.all(templates.map((file) => checkFiles(terminal, file, options)));
        const diagnostics = checked.flatMap((c) => c.diagnostics);
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

/** A template, alone and with every parameter file: what is wrong with it is said once. */
async function checkFiles(
  terminal: Terminal,
  file: string,
  { parameters: named }: ValidateOptions,
): Promise<{ readonly diagnostics: readonly Diagnostic[]; readonly files: readonly string[] }> {
  const text = await readTemplateFile(terminal, file);
  const files =
    named === undefined
      ? await parameterFilesOf(terminal, file)
      : [{ file: named, text: await readNamedFile(terminal, named, 'a parameter file') }];
  const check = (source: Partial<Pick<StackSource, 'parameters'>>) =>
    checkSource({ schemas: typeSchemas }, { file, text, ...source }).diagnostics;
  const all = [
    ...check({}),
    ...files.flatMap((parameters) => check({ parameters })),
    ...(await unknownEnvironments(
      terminal,
      file,
      files.map((f) => f.file),
    )),
  ];
  const distinct = new Map(all.map((d) => [JSON.stringify(d), d]));
  return { diagnostics: [...distinct.values()], files: files.map((f) => f.file) };
}

/** Beside the template, for whatever environment. */
async function parameterFilesOf(terminal: Terminal, template: string): Promise<ParameterFile[]> {
  const folder = dirname(template);
  const names = (await readdir(resolve(terminal.cwd, folder))).sort();
  const files = names
    .map((name) => join(folder, name))
    .filter((path) => templatesOf(path).some((t) => t === join(folder, basename(template))));
  return Promise.all(
    files.map(async (file) => ({ file, text: await readNamedFile(terminal, file, 'a parameter file') })),
  );
}

/** A parameter file that no environment of the settings reads is most likely misnamed, and silently without effect. */
async function unknownEnvironments(
  terminal: Terminal,
  template: string,
  files: readonly string[],
): Promise<Diagnostic[]> {
  const settings = await localSettings(terminal);
  if (settings === defaultSettings || !isTemplatePath(settings, repositoryPath(terminal, template)))
    return [];
  const names = settings.environments.flatMap((e) => parameterFiles(template, e.name).map((f) => join(f)));
  return files
    .filter((file) => templatesOf(file).length > 0 && !names.includes(file))
    .map((file) => {
      const meant = nearest(
        basename(file),
        names.map((name) => basename(name)),
        3,
      );
      return {
        severity: 'warning',
        code: 'settings-environment',
        summary: `No environment of the settings reads ${file}`,
        remedy: meant
          ? `Did you mean ${join(dirname(file), meant)}?`
          : `The environments are ${settings.environments.map((e) => e.name).join(', ')}.`,
      };
    });
}
