/**
 * What an expression may cost. A policy is written by people one trusts, but one mistake in it must not take the
 * process down, and values come from pull requests. There is no clock here: work is counted in steps (a read of a
 * property, a turn of a comprehension, a compared element, every 64 characters of text), so that the same policy
 * ends the same way on every machine. 50,000 steps take some tens of milliseconds.
 *
 * Regular expressions: `matches` of @bufbuild/cel runs on its own port of RE2, which has no backtracking, so that
 * its time is linear in text times pattern; both are limited and both are charged.
 */
export const limits = {
  /** Characters of one expression. */
  source: 4_000,
  /** Brackets inside brackets, and operators inside operators once parsed. */
  nesting: 32,
  depth: 250,
  /** Steps of one evaluation, and of one policy over a whole plan. */
  steps: 50_000,
  stepsPerScan: 2_000_000,
  /** Characters and elements of what an expression makes. */
  text: 65_536,
  list: 10_000,
  /** Characters of a regular expression and of the text that it is held against. */
  pattern: 256,
  matched: 8_192,
} as const;

/** Counts the steps of the evaluation under way. Evaluation is synchronous, so one meter is never shared. */
export interface Meter {
  used: number;
  limit: number;
}

/** Takes `steps` from the meter; throws once they are used up, and again at every step after that. */
export function charge(meter: Meter, steps: number): void {
  meter.used += steps;
  if (meter.used > meter.limit) throw new Error(exhausted(meter.limit));
}

export function exhausted(limit: number): string {
  return `the expression takes more than ${limit.toLocaleString('en')} steps`;
}

/** Why a source is not even parsed, or undefined. Brackets in texts and comments do not count. */
export function refuseSource(
  source: string,
): { readonly reason: string; readonly offset: number } | undefined {
  if (source.length > limits.source) {
    return { reason: `it is longer than ${limits.source} characters`, offset: limits.source };
  }
  let depth = 0;
  let quote = '';
  for (let i = 0; i < source.length; i++) {
    const char = source[i]!;
    if (quote) {
      if (char === '\\') i++;
      else if (source.startsWith(quote, i)) {
        i += quote.length - 1;
        quote = '';
      }
    } else if (char === '"' || char === "'") {
      quote = source.startsWith(char.repeat(3), i) ? char.repeat(3) : char;
      i += quote.length - 1;
    } else if (source.startsWith('//', i)) {
      const end = source.indexOf('\n', i);
      i = end < 0 ? source.length : end;
    } else if ('([{'.includes(char)) {
      if (++depth > limits.nesting) {
        return { reason: `its brackets are nested more than ${limits.nesting} deep`, offset: i };
      }
    } else if (')]}'.includes(char)) depth--;
  }
  return undefined;
}
