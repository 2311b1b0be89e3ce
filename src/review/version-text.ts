import { clean } from '../base/visible.ts';
import type { VersionDifference } from '../plan/version-difference.ts';
import type { RunRecord } from '../state/state.ts';
import { causeText, timeText } from './history-text.ts';
import { planLines } from './plan-lines.ts';
import { painted } from './plan-text.ts';

/** What turned one version of a stack into another, for a terminal. */
export function renderVersionDifference(
  from: RunRecord,
  to: RunRecord,
  difference: VersionDifference,
  options: { readonly color: boolean },
): string {
  const heads = [`from ${headOf(from)}`, `to   ${headOf(to)}`];
  const { changes, outputs, importChanges } = difference;
  if (changes.length === 0 && outputs.length === 0 && importChanges === undefined) {
    return [clean(to.stack), ...heads, '', 'No property differs.'].join('\n');
  }
  const { importChanges: _of, ...plan } = to.plan;
  const lines = planLines({ ...plan, ...difference }, 'full');
  return [clean(to.stack), ...heads, '', ...painted(lines, options)].join('\n');
}

function headOf({ id, startedAt, status, cause }: RunRecord): string {
  return [id, timeText(startedAt), status, causeText(cause)].filter(Boolean).join('  ');
}
