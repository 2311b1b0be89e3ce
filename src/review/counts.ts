import {
  type Action,
  actions,
  type Counts,
  countActions,
  hasChanges,
  outputDiffers,
  type Plan,
} from '../plan/plan.ts';
import { actionWords, count, formatNumber } from './words.ts';

/** Sums over several plans. */
export function totalCounts(plans: readonly Plan[]): Counts {
  const total = { create: 0, update: 0, replace: 0, delete: 0, import: 0, forget: 0, none: 0 };
  for (const plan of plans) {
    const counts = countActions(plan);
    for (const action of actions) total[action] += counts[action];
  }
  return total;
}

/** `+3 ~1 ±0 -1`; imports and forgotten ones only where there are some. */
export function formatCounts(counts: Counts): string {
  return shownActions(counts)
    .map((action) => `${actionWords[action].symbol}${counts[action]}`)
    .join(' ');
}

/** Those that are counted, in the order in which they are. */
export function shownActions(counts: Counts): readonly Action[] {
  const always: readonly Action[] = ['create', 'update', 'replace', 'delete'];
  return [...always, ...(['import', 'forget'] as const).filter((action) => counts[action] > 0)];
}

/** `1 to delete, 3 to create`, what destroys first; empty when there is nothing to do. */
function describeCounts(counts: Counts): string {
  return listCounts(counts, (action, n) => `${n} to ${actionWords[action].verb}`);
}

/** All that plans come to: `1 to delete, 3 to create, 1 leftover to delete`, `only outputs change`. */
export function describePlans(plans: readonly Plan[]): string {
  const deposed = plans.reduce((n, p) => n + p.deposed.length, 0);
  const left = deposed > 0 ? `${count(deposed, 'leftover')} to delete` : '';
  const work = [describeCounts(totalCounts(plans)), left].filter(Boolean).join(', ');
  const moved = plans.filter((p) => p.movedFrom !== undefined).length;
  const moves = moved > 0 ? `${moved > 1 ? 'templates move' : 'the template moves'}` : '';
  if (work !== '') return [work, moves].filter(Boolean).join(', ');
  const imports = plans.some((p) => p.importChanges !== undefined) ? ['imported exports'] : [];
  const outputs = plans.some((p) => p.outputs.some(outputDiffers)) ? ['outputs'] : [];
  const handed = plans.some((p) => p.handOvers !== undefined) ? ['where outputs go'] : [];
  const others = [...outputs, ...handed, ...imports].join(' and ');
  if (moves !== '') return [moves, others === '' ? 'nothing else changes' : `${others} change`].join(', ');
  return `only ${others || 'outputs'} change`;
}

/** The same once it is done: `1 deleted, 3 created, 1 leftover deleted`. */
export function describeApplied(plan: Plan): string {
  const left = plan.deposed.length > 0 ? `${count(plan.deposed.length, 'leftover')} deleted` : '';
  const moved = plan.movedFrom === undefined ? '' : 'template moved';
  const done = [describeDone(totalCounts([plan])), left, moved, describeHandedOver(plan)]
    .filter(Boolean)
    .join(', ');
  return done || (hasChanges(plan) ? 'only outputs or imported exports' : 'nothing to change');
}

function describeHandedOver({ handOvers = [] }: Plan): string {
  const given = handOvers.filter(({ action }) => action === 'give').length;
  const back = handOvers.length - given;
  return [
    given > 0 ? `${count(given, 'output')} handed over` : '',
    back > 0 ? `${count(back, 'output')} taken back` : '',
  ]
    .filter(Boolean)
    .join(', ');
}

/** `1 deleted, 3 created` */
export function describeDone(counts: Counts): string {
  return listCounts(counts, (action, n) => `${n} ${actionWords[action].done}`);
}

function listCounts(counts: Counts, words: (action: Action, n: string) => string): string {
  return actions
    .filter((action) => action !== 'none' && counts[action] > 0)
    .map((action) => words(action, formatNumber(counts[action])))
    .join(', ');
}
