import type { RunSummary } from '../state/state.ts';
import { formatCounts } from './counts.ts';
import { oneLine } from './escape.ts';

/** A stack's runs for a terminal, one a line, in the order in which they are given. */
export function renderHistoryText(runs: readonly RunSummary[]): string {
  const rows = runs.map((run) => [
    run.id,
    timeText(run.startedAt),
    run.kind,
    run.status,
    formatCounts(run.counts),
    causeText(run.cause),
  ]);
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]!.length))) ?? [];
  return rows
    .flatMap((row, i) => {
      const { error } = runs[i]!;
      const text = row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ');
      return [text.trimEnd(), ...(error === undefined ? [] : [`  ${oneLine(error, 240)}`])];
    })
    .join('\n');
}

/** `2026-11-22 04:14 UTC`, of an ISO 8601 text. */
export function timeText(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}

/** `by operator, #7 at 4f1d2c3`, `by operator, back to run-1` */
export function causeText({
  by,
  pullRequest,
  commit,
  mergedAt: _,
  rollbackTo,
  ...rest
}: RunSummary['cause']): string {
  const parts = [
    by === undefined ? '' : `by ${by}`,
    [
      pullRequest === undefined ? '' : `#${pullRequest}`,
      commit === undefined ? '' : `at ${String(commit).slice(0, 7)}`,
    ]
      .filter(Boolean)
      .join(' '),
    rollbackTo === undefined ? '' : `back to ${rollbackTo}`,
    ...Object.entries(rest).map(([name, value]) => `${name} ${value}`),
  ];
  return oneLine(parts.filter(Boolean).join(', '), 200);
}
