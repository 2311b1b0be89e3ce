import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Diagnostic, formatDiagnostic, hasErrors } from '../../base/diagnostic.ts';
import { SlipwayError } from '../../base/error.ts';
import { typeSchemas } from '../../provider/schemas.ts';
import { checkSource } from '../../workflow/plan-stack.ts';
import type { DefineCommand } from '../program.ts';

interface ValidateOptions {
  readonly parameters?: string;
  readonly json?: true;
}

export const defineValidate: DefineCommand = (command, terminal, choose) => {
  command
    .description('check templates without asking the cloud')
    .argument('<template...>', 'template files')
    .option('--parameters <file>', 'a file of parameter values to check with them')
    .option('--json', 'print the diagnostics as JSON')
    .addHelpText('after', '\nExample:\n  $ slipway validate infra/shop.yaml\n')
    .action((templates: string[], options: ValidateOptions) => {
      choose(async () => {
        const parameters = options.parameters && (await readTemplate(terminal.cwd, options.parameters));
        const diagnostics: Diagnostic[] = [];
        for (const file of templates) {
          const text = await readTemplate(terminal.cwd, file);
          const given = parameters ? { parameters: { file: options.parameters!, text: parameters } } : {};
          diagnostics.push(...checkSource({ schemas: typeSchemas }, { file, text, ...given }).diagnostics);
        }
        const failed = hasErrors(diagnostics);
        if (options.json) {
          terminal.out(JSON.stringify({ valid: !failed, diagnostics }, undefined, 2));
        } else {
          for (const d of diagnostics) terminal.err(formatDiagnostic(d));
          if (!failed)
            terminal.out(
              templates.length === 1
                ? `${templates[0]} is valid.`
                : `${templates.length} templates are valid.`,
            );
        }
        return failed ? 1 : 0;
      });
    });
};

async function readTemplate(cwd: string, file: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, file), 'utf8');
  } catch (cause) {
    throw new SlipwayError('usage', { summary: `Cannot read ${file}`, remedy: 'Check the path.', cause });
  }
}
