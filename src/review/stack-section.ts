import type { Plan } from '../plan/plan.ts';
import { formatCounts, totalCounts } from './counts.ts';
import type { Tone } from './difference-lines.ts';
import { fence, html } from './escape.ts';
import { dependencyGraph } from './graph.ts';
import { comparePlans } from './plan-comparison.ts';
import { type Detail, details, type PlanLine, planLines } from './plan-lines.ts';
import { folded, outputTable, threeLists } from './progress.ts';
import { type StackReview, stateOf } from './review.ts';

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

// Up to so many lines a plan that is alone in its pull request is open at once.
const openLines = 60;

/** One stack's part of the comment; empty when there is nothing to show of it. */
export function stackSection(stack: StackReview, detail: Detail, alone: boolean): string {
  const parts: string[] = [];
  const { plan, progress, previous } = stack;
  const title = `<b><code>${html(stack.file)}</code></b> in <b>${html(stack.environment)}</b>`;
  if (progress && stack.phase === 'failed') parts.push(threeLists(progress));
  if (progress && stack.phase === 'applied') {
    const table = outputTable(progress.outputs);
    if (table !== '') parts.push(alone ? table : folded(`Outputs of ${title}`, table));
  }
  if (plan && previous && detail !== 'types') {
    const list = comparePlans(previous, plan, detail === 'full' ? 30 : 8);
    if (list !== '') parts.push(`**${previousTitle(stack)}**\n\n${list}`);
  }
  if (plan && stateOf(stack) !== 'unchanged') {
    const lines = planLines(plan, detail);
    const graph = detail === 'full' ? dependencyGraph(plan) : undefined;
    const summary = `${title} &nbsp;<code>${formatCounts(totalCounts([plan]))}</code>&nbsp; ${placeOf(plan)}`;
    const open = alone && lines.length <= openLines && stack.phase !== 'applied';
    parts.push(folded(summary, diffBlock(lines), open));
    if (graph) parts.push(folded(alone ? 'What depends on what' : `What depends on what in ${title}`, graph));
  }
  return parts.join('\n\n');
}

function previousTitle(stack: StackReview): string {
  return stack.phase === 'stale' ? 'Different from the approved plan' : 'Different from the plan before';
}

function placeOf(plan: Plan): string {
  return html([plan.account, plan.region].filter(Boolean).join(' '));
}

/** The next step down in detail; undefined at the end. */
export function lessDetail(detail: Detail): Detail | undefined {
  return details[details.indexOf(detail) + 1];
}
