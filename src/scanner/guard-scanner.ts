import type { Value } from '../base/value.ts';
import { clean } from '../base/visible.ts';
import { readGuardReport } from './guard-report.ts';
import { plannedTemplate } from './planned-template.ts';
import { remembered } from './remembered.ts';
import { runTool } from './run-tool.ts';
import { done, failed, type Scanner, type Subject } from './scanner.ts';
import type { ScannerOf } from './scanners-file.ts';

const name = 'template.json';

/** cfn-guard with files of rules, which judge the template as it is planned: with what parameters and loops give. */
export function guardScanner({ command, files, timeout: timeoutMs }: ScannerOf<'cfn-guard'>): Scanner {
  const options = ['--data', name, '--output-format', 'json', '--structured', '--show-summary', 'none'];
  const rules = files.flatMap((file) => ['--rules', file]);
  const scanner: Scanner = {
    reads: 'plan',
    async scan(subject) {
      const given = givenOf(subject);
      if (given === undefined) return done([]);
      const result = await runTool({
        command: [...command, 'validate', ...rules, ...options],
        environment: {},
        timeoutMs,
        input: { name, text: JSON.stringify(given) },
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
  return remembered(scanner, givenOf);
}

function givenOf({ template, plan }: Subject): Value | undefined {
  return template && plannedTemplate(template.json, plan ?? { changes: [] });
}
