import { isDestructive } from '../plan/plan.ts';
import type { Detail } from './plan-lines.ts';
import { type Review, type StackReview, stateOf } from './review.ts';
import { lessDetail, stackSection } from './stack-section.ts';
import { states } from './words.ts';

interface Fitted {
  readonly stack: StackReview;
  readonly detail: Detail | undefined;
  readonly text: string;
}

/**
 * All stacks' sections in at most `room` characters: while it is too much, the longest one says less. With `note`
 * at the end when any did. Undefined when not even nothing fits.
 */
export function fitSections(review: Pick<Review, 'stacks'>, room: number, note: string): string | undefined {
  if (room < 0) return undefined;
  const alone = review.stacks.length === 1;
  const fitted: Fitted[] = byImportance(review.stacks).map((stack) => {
    return { stack, detail: 'full', text: stackSection(stack, 'full', alone) };
  });
  let length = fitted.reduce((sum, f) => sum + f.text.length + 2, 0);
  while (length + note.length + 2 > room) {
    const at = longest(fitted);
    const current = fitted[at];
    if (!current?.detail) return undefined;
    const detail = lessDetail(current.detail);
    const text = detail ? stackSection(current.stack, detail, alone) : '';
    fitted[at] = { stack: current.stack, detail, text };
    length += text.length - current.text.length;
  }
  const cut = fitted.some((f) => f.detail !== 'full');
  return [...fitted.map((f) => f.text), cut ? note : ''].filter(Boolean).join('\n\n');
}

function longest(fitted: readonly Fitted[]): number {
  let at = -1;
  for (const [i, f] of fitted.entries()) {
    if (f.detail && (at < 0 || f.text.length > (fitted[at]?.text.length ?? 0))) at = i;
  }
  return at;
}

/** What needs a person first, then as given. */
export function byImportance(stacks: readonly StackReview[]): StackReview[] {
  const rank = (s: StackReview) => states.indexOf(stateOf(s)) * 2 + (destroys(s) ? 0 : 1);
  return stacks
    .map((stack, i) => ({ stack, i, rank: rank(stack) }))
    .sort((a, b) => a.rank - b.rank || a.i - b.i)
    .map(({ stack }) => stack);
}

/** Whether the plan takes anything away. */
export function destroys(stack: StackReview): boolean {
  return stack.plan?.changes.some((c) => isDestructive(c.action)) ?? false;
}
