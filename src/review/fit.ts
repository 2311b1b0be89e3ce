import { canonicalJson } from '../base/canonical-json.ts';
import { isDestructive } from '../plan/plan.ts';
import { costText } from './cost-text.ts';
import { type Detail, planLines } from './plan-lines.ts';
import { type Review, type StackReview, stateOf } from './review.ts';
import { lessDetail, showsPlan, stackSection } from './stack-section.ts';
import { states } from './words.ts';

/** A stack's section, and the stacks that it speaks for as well. */
interface Fitted {
  readonly stack: StackReview;
  readonly twins: readonly StackReview[];
  readonly detail: Detail | undefined;
  readonly text: string;
}

/**
 * All stacks' sections in at most `room` characters: while it is too much, the longest one says less. With `note`
 * at the end when any did. Undefined when not even nothing fits.
 */
export function fitSections(review: Pick<Review, 'stacks'>, room: number, note: string): string | undefined {
  if (room < 0) return undefined;
  const groups = groupTwins(review.stacks);
  const among = {
    alone: review.stacks.length === 1,
    onlyPlan: groups.filter(([stack]) => showsPlan(stack)).length === 1,
  };
  const fitted: Fitted[] = groups.map(([stack, twins]) => {
    return { stack, twins, detail: 'full', text: stackSection(stack, twins, 'full', among) };
  });
  let length = fitted.reduce((sum, f) => sum + f.text.length + 2, 0);
  while (length + note.length + 2 > room) {
    const at = longest(fitted);
    const current = fitted[at];
    if (!current?.detail) return undefined;
    const { stack, twins } = current;
    const detail = lessDetail(current.detail);
    const text = detail ? stackSection(stack, twins, detail, among) : '';
    fitted[at] = { stack, twins, detail, text };
    length += text.length - current.text.length;
  }
  const cut = fitted.some((f) => f.detail !== 'full');
  return [...fitted.map((f) => f.text), cut ? note : ''].filter(Boolean).join('\n\n');
}

/**
 * One template planned alike in several environments: those that are still to be applied, and say the same. The
 * group with the stack that needs a person most comes first; inside a group they are in the order of the settings.
 */
function groupTwins(stacks: readonly StackReview[]): (readonly [StackReview, readonly StackReview[]])[] {
  const groups = new Map<string, [StackReview, StackReview[]]>();
  for (const stack of stacks) {
    const special = !stack.plan || stack.previous || stack.phase !== 'planned';
    const key =
      special || !stack.plan
        ? stack.stack
        : canonicalJson([stack.file, planLines(stack.plan, 'full'), costText(stack.decision?.cost)]);
    const group = groups.get(key);
    if (group) group[1].push(stack);
    else groups.set(key, [stack, []]);
  }
  const groupOf = new Map([...groups.values()].flatMap((g) => [g[0], ...g[1]].map((s) => [s, g] as const)));
  return [...new Set(byImportance(stacks).map((s) => groupOf.get(s)))].filter((g) => g !== undefined);
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
