import { type Figure, meets } from './scenario.ts';

/** One line of the table that people read: what, how much, the budget and whether it is met. */
export function figureRow(figure: Figure): string {
  const { what, value, unit, budget, of = {} } = figure;
  const digits =
    unit === 'exponent' || unit === 'times' ? 2 : value < 100 && (unit === 'ms' || unit === 's') ? 1 : 0;
  const verdict = { true: 'met', false: 'NOT MET', undefined: '' }[String(meets(figure)) as 'true'];
  const limit =
    budget?.most !== undefined ? `at most ${budget.most}` : budget ? `at least ${budget.least}` : '';
  const shown = unit === 'count' ? '' : unit;
  const line = `${what.padEnd(60)} ${value.toFixed(digits).padStart(8)} ${shown.padEnd(8)} ${limit} ${verdict}`;
  const parts = Object.entries(of).map(
    ([name, count]) => `  ${name.padEnd(58)} ${String(count).padStart(8)}`,
  );
  return [line.trimEnd(), ...parts].join('\n');
}
