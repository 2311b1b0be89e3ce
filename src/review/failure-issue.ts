import { digestOf } from '../base/canonical-json.ts';
import type { StackId } from '../stack/stack.ts';
import { codeSpan, oneLine, prose } from './escape.ts';
import { howToGoOn } from './go-on.ts';
import { describeOutcome, type Progress, threeLists } from './progress.ts';

export interface FailureIssue {
  readonly title: string;
  readonly body: string;
}

/** Finds the open issue of a stack again, so that a second failure does not open a second one. */
export function failureMarker(stack: StackId): string {
  return `<!-- slipway:failure:${digestOf(stack).slice(0, 16)} -->`;
}

/** The issue for an apply that failed after the merge, where nobody looks any more. */
export function renderFailureIssue(failure: {
  readonly progress: Progress;
  readonly pullRequest: number;
  readonly sha: string;
}): FailureIssue {
  const { progress, pullRequest, sha } = failure;
  const on = `on #${pullRequest}`;
  const target = `${codeSpan(progress.file)} in ${codeSpan(progress.environment)}`;
  return {
    title: oneLine(
      `${progress.back ? 'Rollback' : 'Apply'} failed: ${progress.file} in ${progress.environment} (${describeOutcome(progress)})`,
      240,
    ),
    body: [
      failureMarker(progress.stack),
      `${progress.back ? `Going back from what #${pullRequest} did to ${target}` : `Applying ${target} after the merge of #${pullRequest}`} (commit ${sha.slice(0, 7)}) failed. ${progress.untouched ? 'Nothing of it was finished: what is running is what was there before, but for what the failed ones may have begun.' : 'What is running now is neither what was there before nor what the template says.'}`,
      ...(progress.approval === undefined ? [] : [`${prose(progress.approval)}.`]),
      threeLists(progress),
      howToGoOn([progress], on),
      `What is done is not done again.${progress.back ? '' : ` To go back to what was there before, comment \`/slipway rollback\` ${on}.`} Until it is settled, nothing that others merge is applied to this stack: a pull request that fixes it needs \`/slipway unlock\` ${on}. This issue is closed when the stack is applied.`,
    ].join('\n\n'),
  };
}
