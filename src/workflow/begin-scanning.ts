import { type Scanning, scannersOf } from '../scanner/scanners.ts';
import { templateText } from '../scanner/template-text.ts';
import type { CheckedSource } from './check-source.ts';
import type { StackSource } from './plan-stack.ts';
import type { Workflow } from './workflow.ts';

const none = scannersOf([]);

/** Sets the operator's scanners to a source's template, once it is known to be one. */
export function beginScanning(
  { scanners }: Pick<Workflow, 'scanners'>,
  { file, text }: Pick<StackSource, 'file' | 'text'>,
  { template, parameters }: Pick<CheckedSource, 'template' | 'parameters'>,
): Scanning {
  // To read the text once more is for those that want it.
  if (!scanners || scanners.ids.length === 0) return none.begin(undefined);
  if (text === undefined || !template) return scanners.begin(undefined);
  return scanners.begin(templateText({ file, text, parameters }, template));
}
