import { runInNewContext } from 'node:vm';
import { javaScriptPattern } from '../template/allowed-pattern.ts';

/** How long one match may take. An AllowedPattern is a stranger's text, and some patterns take ages (ReDoS). */
const matchMilliseconds = 100;

/**
 * Whether the whole text matches, as CloudFormation's AllowedPattern asks. Undefined when it takes too long; false
 * for what is no regular expression, which the template reader has reported.
 */
export function matchesWhole(pattern: string, text: string): boolean | undefined {
  try {
    // The one way to stop a regular expression from within its own thread: vm's timeout interrupts it.
    return runInNewContext(
      'new RegExp(pattern).test(text)',
      { pattern: `^(?:${javaScriptPattern(pattern)})$`, text },
      { timeout: matchMilliseconds },
    ) as boolean;
  } catch (error) {
    return (error as { code?: string }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT' ? undefined : false;
  }
}
