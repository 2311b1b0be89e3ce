import type { Diagnostic } from '../base/diagnostic.ts';
import type { SourceRange } from '../base/source.ts';
import { problem } from './problem.ts';

/** Deeper than any CloudFormation template, and shallow enough for every walk to be recursive. */
export const maximumDepth = 100;

/** How many values aliases may stand for in one text. Past it the text is an alias bomb, not a template. */
export const maximumAliased = 10_000;

export function tooDeep(where: SourceRange): Diagnostic {
  return problem(
    'template-syntax',
    where,
    `Values are nested more than ${maximumDepth} deep`,
    'Flatten the template',
  );
}
