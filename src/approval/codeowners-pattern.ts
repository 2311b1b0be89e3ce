/**
 * The paths that a line of CODEOWNERS is about. It is `.gitignore`'s notation with GitHub's exceptions: no `!`, no
 * `[ ]`, and `docs/*` is what stands directly in `docs`. Upper and lower case differ.
 */

/** A pattern, segment by segment. */
export interface PathPattern {
  readonly segments: readonly string[];
  /** Whether it is met as well by everything below what it names. */
  readonly below: boolean;
}

/** Any number of segments, none too. */
const any = '**';

/** The pattern, or why GitHub does not take it. */
export function parsePattern(text: string): PathPattern | { readonly problem: string } {
  // Git knows no longer path than this.
  if (text.length > 4096) return { problem: 'its path is longer than 4,096 characters' };
  if (text.startsWith('!')) return { problem: `${text} excludes paths, which CODEOWNERS cannot` };
  if (text.startsWith('\\#'))
    return { problem: `${text} begins with an escaped #, which CODEOWNERS does not know` };
  if (/[[\]]/.test(text)) return { problem: `${text} has brackets, which CODEOWNERS does not know` };
  if (text.includes('***')) return { problem: `${text} has three asterisks in a row` };
  // Without a slash before its end it is met at any depth.
  const segments = /^[^/]+\/?$/.test(text) && text !== any ? [any, ...text.split('/')] : text.split('/');
  if (segments[0] === '') segments.shift();
  const last = segments.at(-1) ?? '';
  if (last !== '' && last !== any) return { segments, below: last !== '*' };
  // `docs/` and `docs/**` are what is in it, at any depth; `**` is everything, and `/` nothing.
  if (segments.length > 1 || last === any) return { segments: [...segments.slice(0, -1), '*'], below: true };
  return { segments, below: false };
}

/** Whether the path, given by its segments, is one that the pattern is about. Takes at most pattern times path steps. */
export function matchesPattern({ segments, below }: PathPattern, path: readonly string[]): boolean {
  return matchWildcards(segments, path, any, matchesSegment, below);
}

function matchesSegment(pattern: string, segment: string): boolean {
  if (pattern === '*') return true;
  const parts = pattern.match(/\\?./gsu) ?? [];
  return matchWildcards(parts, [...segment], '*', matchesCharacter, false);
}

function matchesCharacter(pattern: string, character: string): boolean {
  return pattern === '?' || pattern.replace(/^\\(?=.)/su, '') === character;
}

/**
 * Whether `items` are what `pattern` says, where `many` stands for any number of them. To go back to the latest
 * `many` alone is enough, so no pattern takes long. `prefix`: items may be left over.
 */
function matchWildcards(
  pattern: readonly string[],
  items: readonly string[],
  many: string,
  matches: (pattern: string, item: string) => boolean,
  prefix: boolean,
): boolean {
  let at = 0;
  let back: { readonly pattern: number; item: number } | undefined;
  for (let item = 0; item < items.length; ) {
    const part = pattern[at];
    if (part === undefined && prefix) return true;
    if (part === many) back = { pattern: ++at, item };
    else if (part !== undefined && matches(part, items[item]!)) {
      at++;
      item++;
    } else if (back) {
      at = back.pattern;
      item = ++back.item;
    } else return false;
  }
  return pattern.slice(at).every((part) => part === many);
}
