import { runInNewContext } from 'node:vm';
import { javaScriptPattern } from './allowed-pattern.ts';

/**
 * How long one match may take. An AllowedPattern is a stranger's text, and some patterns take ages (ReDoS). Few of a
 * template's may take longer than a moment: hundreds of them would stand still as long as one that takes ages.
 */
const momentMilliseconds = 10;
const longMilliseconds = 100;
const longMatches = 3;
const mostTries = 3;

/** As long as the value of a parameter may be for CloudFormation. */
const longestText = 4096;

/**
 * The first of the texts that does not match whole, as CloudFormation's AllowedPattern asks. `too long` when that
 * takes too long to find out; for what is no regular expression, which the template reader has reported, the first.
 */
export type Matcher = (
  pattern: string,
  texts: readonly string[],
) => { readonly mismatch?: string } | 'too long';

/** For the parameters of one template, which share its patience. */
export function openMatcher(): Matcher {
  let left = longMatches;
  return (pattern, texts) => {
    const endless = texts.find((text) => text.length > longestText);
    if (endless !== undefined) return { mismatch: endless };
    const soon = firstMismatch(pattern, texts, momentMilliseconds);
    if (soon !== 'too long' || left === 0) return soon;
    left--;
    return thoughtOver(pattern, texts);
  };
}

/** On a busy machine time passes without a thought, but hardly each time that it is tried. */
function thoughtOver(pattern: string, texts: readonly string[]): ReturnType<Matcher> {
  for (let tries = 1; ; tries++) {
    const found = firstMismatch(pattern, texts, longMilliseconds);
    if (found !== 'too long' || tries === mostTries) return found;
  }
}

function firstMismatch(pattern: string, texts: readonly string[], timeout: number): ReturnType<Matcher> {
  const input = { pattern: `^(?:${javaScriptPattern(pattern)})$`, texts: JSON.stringify(texts) };
  try {
    // The one way to stop a regular expression from within its own thread: vm's timeout interrupts it.
    const index = runInNewContext(script, input, { timeout }) as number;
    const mismatch = texts[index];
    return mismatch === undefined ? {} : { mismatch };
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return 'too long';
    return { mismatch: texts[0] ?? '' };
  }
}

const script = `
  const whole = new RegExp(pattern);
  JSON.parse(texts).findIndex((text) => !whole.test(text));
`;
