import { clean } from '../base/visible.ts';
import { hasChanges, type Plan } from '../plan/plan.ts';
import { describePlans } from './counts.ts';
import type { Tone } from './difference-lines.ts';
import { type PlanLine, planLines } from './plan-lines.ts';
import { stateWords } from './words.ts';

// ECMA-48 colours by what a line says; without colour the marks alone tell.
const colours: Readonly<Record<Tone, number>> = { add: 32, remove: 31, change: 33, note: 90, same: 0 };

const signs: Readonly<Record<Tone, string>> = { add: '+', remove: '-', change: '~', note: '#', same: ' ' };

/** A plan for a terminal: what destroys first, each property that changes, and the numbers at the end. */
export function renderPlanText(plan: Plan, options: { readonly color: boolean }): string {
  const paint = painter(options);
  const head = `${clean(plan.stack)}  ${plan.account} ${plan.region}`;
  if (!hasChanges(plan))
    return `${head}\n\n${stateWords.unchanged.label}: the cloud is as the template says.\n`;
  const body = painted(planLines(plan, 'full'), options);
  return [paint(1, head), '', ...body, '', paint(1, summary(plan)), ''].join('\n');
}

/** Lines of a plan, or of what is shown like one, for a terminal. */
export function painted(lines: readonly PlanLine[], options: { readonly color: boolean }): string[] {
  const paint = painter(options);
  return lines.map((l) => paintLine(l, paint));
}

type Paint = (code: number, text: string) => string;

function painter({ color }: { readonly color: boolean }): Paint {
  return (code, text) => (color && code > 0 && text ? `\x1b[${code}m${text}\x1b[0m` : text);
}

function paintLine({ mark, tone, text }: PlanLine, paint: Paint): string {
  if (mark !== '') return paint(colours[tone], `  ${mark} ${text}`);
  if (text === '') return '';
  // Under a headline the sign moves in, to where the indented text begins.
  const inner = text.replace(/^ {4}/, '');
  const indent = inner === text ? '  ' : '        ';
  return `${indent}${paint(colours[tone], `${signs[tone]} ${inner}`)}`;
}

function summary(plan: Plan): string {
  return `Plan: ${describePlans([plan])}.`;
}
