import type { Code } from '../base/codes.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { SourceRange } from '../base/source.ts';
import { nearest } from '../base/suggest.ts';

/** An error at a place. */
export function problem(code: Code, where: SourceRange, summary: string, remedy?: string): Diagnostic {
  return { severity: 'error', code, summary, where, ...(remedy === undefined ? {} : { remedy }) };
}

/** The remedy 'Did you mean Subnet?' when a candidate is near, otherwise `otherwise`. */
export function didYouMean(
  word: string,
  candidates: Iterable<string>,
  otherwise?: string,
): string | undefined {
  const best = nearest(word, candidates);
  return best === undefined ? otherwise : `Did you mean ${best}?`;
}

/** A word as it stands in a message: cut, because templates can hold keys of any length. */
export function quote(word: string): string {
  return word.length > 100 ? `'${word.slice(0, 99)}…'` : `'${word}'`;
}
