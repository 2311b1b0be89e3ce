import { isGoingBack } from './aftermath.ts';
import { codeSpan } from './escape.ts';
import { failedLine, type Progress } from './progress.ts';
import type { Review, StackReview } from './review.ts';
import { count, formatNumber } from './words.ts';

/** Whether what a run did and did not do is why the stack is as it is. */
export function hasStopped(stack: StackReview): boolean {
  const { phase, progress } = stack;
  return progress !== undefined && (phase === 'failed' || phase === 'cancelled' || isGoingBack(stack));
}

/** The runs that stopped before their end, of stacks that nobody has seen to since. */
export function stoppedRuns(stacks: readonly StackReview[]): readonly Progress[] {
  const open = stacks.filter((s) => hasStopped(s) && !isGoingBack(s) && s.aftermath?.settledBy === undefined);
  return open.flatMap((s) => s.progress ?? []);
}

/** What failed and why, of all stacks, before anything that can be done about it; empty where nothing did. */
export function causesSection({ stacks }: Review, max: number): string {
  const failed = stacks.filter(hasStopped).flatMap((stack) => {
    const where =
      stacks.length > 1 ? ` of ${codeSpan(stack.file, 120)} in ${codeSpan(stack.environment)}` : '';
    const steps = stack.progress?.steps.filter(({ state }) => state === 'failed') ?? [];
    return steps.map((step) => failedLine(step, where));
  });
  if (failed.length === 0) return '';
  const hidden = failed.length - Math.min(max, failed.length);
  return [
    `**${count(failed.length, 'resource')} failed**`,
    '',
    ...failed.slice(0, max),
    ...(hidden > 0 ? [`- … and ${formatNumber(hidden)} more`] : []),
  ].join('\n');
}
