import { clean } from '../base/visible.ts';
import { readGuardReport } from './guard-report.ts';
import { runTool } from './run-tool.ts';
import { done, failed, type Scanner } from './scanner.ts';
import type { ScannerOf } from './scanners-file.ts';

const name = 'template.json';

/** cfn-guard with files of rules. It is given JSON, in which it sees what loops and aliases make. */
export function guardScanner({ command, files, timeout: timeoutMs }: ScannerOf<'cfn-guard'>): Scanner {
  const options = ['--data', name, '--output-format', 'json', '--structured', '--show-summary', 'none'];
  const rules = files.flatMap((file) => ['--rules', file]);
  return {
    reads: 'template',
    async scan({ template }) {
      if (!template) return done([]);
      const result = await runTool({
        command: [...command, 'validate', ...rules, ...options],
        environment: {},
        timeoutMs,
        input: { name, text: JSON.stringify(template.json) },
      });
      if (result.kind === 'failed') return result;
      const complaint = clean(result.stderr).trim();
      // A file of rules that it cannot read it leaves out, and exits as if nothing were wrong.
      if (complaint !== '') {
        return failed(complaint.slice(0, 500), 'Have the operator mend the rules or the way to them.');
      }
      return readGuardReport(result.output);
    },
  };
}
