import { type Diagnostic, hasErrors } from '../base/diagnostic.ts';
import { problem } from './problem.ts';
import { readPlainYaml } from './read-plain-yaml.ts';
import { readYaml } from './read-yaml.ts';
import type { TemplateNode } from './template.ts';

/** CloudFormation's own limit on a template, in bytes. */
export const maximumTemplateBytes = 1_048_576;

/**
 * Text to nodes, for template and parameter files. Undefined when the text cannot be read or is empty: then at
 * least one error is in `diagnostics`. Never throws.
 */
export function readNodes(text: string, file: string, diagnostics: Diagnostic[]): TemplateNode | undefined {
  const start = { file, line: 1, column: 1 };
  // The first test is enough for most: a character is at least one byte.
  if (text.length > maximumTemplateBytes || Buffer.byteLength(text) > maximumTemplateBytes) {
    diagnostics.push(
      problem(
        'template-too-large',
        start,
        `The text is larger than ${maximumTemplateBytes} bytes`,
        'Split it into several templates; CloudFormation has the same limit',
      ),
    );
    return undefined;
  }
  // Both count a line end as one character at the end of its line, so positions stay what an editor shows.
  const unixText = text.replaceAll('\r\n', '\n');
  const root = isBlank(unixText)
    ? undefined
    : (readPlainYaml(unixText, file, diagnostics) ?? readYaml(unixText, file, diagnostics));
  if (!root && !hasErrors(diagnostics)) {
    diagnostics.push(problem('template-syntax', start, 'The file is empty', 'Add a Resources section'));
  }
  return root;
}

/** Whether there is nothing but blank lines and comments. */
export function isBlank(text: string): boolean {
  return text.split('\n').every((line) => /^\s*(#|$)/.test(line));
}
