import type { Plan } from '../plan/plan.ts';
import { describeGood } from './aftermath.ts';
import { hasStopped } from './causes.ts';
import { costText } from './cost-text.ts';
import { formatCounts, totalCounts } from './counts.ts';
import type { Tone } from './difference-lines.ts';
import { fence, html } from './escape.ts';
import { dependencyGraph } from './graph.ts';
import { comparePlans } from './plan-comparison.ts';
import { type Detail, details, type PlanLine, planLines } from './plan-lines.ts';
import { doneAndNotStarted, folded, outputTable } from './progress.ts';
import { isLeftBehind, type StackReview, stateOf } from './review.ts';

const signs: Readonly<Record<Tone, string>> = { add: '+', remove: '-', change: '!', note: '#', same: ' ' };

/** A plan's lines as GitHub's `diff` colours them: by the first character. */
export function diffBlock(lines: readonly PlanLine[]): string {
  return fence('diff', lines.map(diffLine));
}

function diffLine({ mark, tone, text }: PlanLine): string {
  if (text === '') return '';
  const first = signs[tone];
  return mark === '' ? `${first}   ${text}` : `${first}${mark.slice(1)} ${text}`;
}

// Up to so many lines a plan that is the only one to be shown is open at once.
const openLines = 60;

/** What else the comment shows. */
interface Among {
  /** The pull request is about this stack and no other. */
  readonly alone: boolean;
  /** No other plan is shown. */
  readonly onlyPlan: boolean;
}

/** Whether a block of its plan is shown. */
export function showsPlan(stack: StackReview): boolean {
  return stack.plan !== undefined && stateOf(stack) !== 'unchanged' && !isLeftBehind(stack);
}

/**
 * One stack's part of the comment; empty when there is nothing to show of it. `twins` are environments in which
 * the very same is planned, so that it is said once for all of them.
 */
export function stackSection(
  stack: StackReview,
  twins: readonly StackReview[],
  detail: Detail,
  { alone, onlyPlan }: Among,
): string {
  const parts: string[] = [];
  const { plan, progress, previous } = stack;
  const environments = [stack, ...twins].map(
    (s) =>
      `<b><code>${html(s.environment)}</code></b>${twins.length > 0 && s.plan ? ` ${placeOf(s.plan)}` : ''}`,
  );
  const where = `<b><code>${html(stack.file)}</code></b> in ${environments.slice(0, 20).join(', ')}`;
  const { rollbackBy, good } = stack.aftermath ?? {};
  const title = rollbackBy === undefined ? where : `Going back to ${html(describeGood(good))}: ${where}`;
  if (progress && hasStopped(stack)) {
    // What failed stands on top of the comment, with its causes.
    const lists = doneAndNotStarted(progress);
    if (lists !== '') parts.push(alone ? lists : folded(`Where ${where} stands`, lists, true));
  }
  if (progress && stack.phase === 'applied') {
    const table = outputTable(progress.outputs);
    if (table !== '') parts.push(alone ? table : folded(`Outputs of ${where}`, table));
  }
  if (plan && previous && detail !== 'types') {
    const list = comparePlans(previous, plan, detail === 'full' ? 30 : 8);
    if (list !== '')
      parts.push(
        alone ? `**${previousTitle(stack)}**\n\n${list}` : folded(`${previousTitle(stack)}: ${title}`, list),
      );
  }
  if (plan && showsPlan(stack))
    parts.push(planBlock(stack, plan, title, twins.length === 0, detail, onlyPlan));
  return parts.join('\n\n');
}

function planBlock(
  stack: StackReview,
  plan: Plan,
  title: string,
  oneEnvironment: boolean,
  detail: Detail,
  onlyPlan: boolean,
): string {
  const lines = planLines(plan, detail);
  const ahead = !['applied', 'failed', 'cancelled', 'rolled-back', 'settled'].includes(stateOf(stack));
  const graph = detail === 'full' && ahead ? dependencyGraph(plan) : undefined;
  const place = oneEnvironment ? placeOf(plan) : '';
  const cost = html(costText(stack.decision?.cost));
  const summary = [title, `<code>${formatCounts(totalCounts([plan]))}</code>`, place, cost]
    .filter(Boolean)
    .join(' &nbsp; ');
  const inside = [diffBlock(lines), graph ? folded('What depends on what', graph) : '']
    .filter(Boolean)
    .join('\n\n');
  return folded(summary, inside, onlyPlan && ahead && lines.length <= openLines);
}

function placeOf({ account, region }: Plan): string {
  return `<code>${html(account)}</code> <code>${html(region)}</code>`;
}

function previousTitle(stack: StackReview): string {
  return stack.phase === 'stale' ? 'Different from the approved plan' : 'Different from the plan before';
}

/** The next step down in detail; undefined at the end. */
export function lessDetail(detail: Detail): Detail | undefined {
  return details[details.indexOf(detail) + 1];
}
