import { clean } from '../base/visible.ts';
import type { Difference } from '../plan/compare.ts';
import { differenceLines, foldLines, line } from './difference-lines.ts';
import { oneLine } from './escape.ts';
import type { PlanLine } from './plan-lines.ts';
import { painted } from './plan-text.ts';
import { count } from './words.ts';

/** What is known of one stack's drift, as `driftStack` gives it. */
export interface DriftReport {
  readonly stack: string;
  readonly account: string;
  readonly region: string;
  readonly checked: number;
  readonly drifted: readonly {
    readonly logicalId: string;
    readonly type: string;
    readonly physicalId: string;
    readonly vanished: boolean;
    readonly differences: readonly Difference[];
  }[];
  readonly unsettled: boolean;
}

/** A stack's drift for a terminal: as recorded (`-`) and as it is now (`+`), property by property. */
export function renderDriftText(drift: DriftReport, options: { readonly color: boolean }): string {
  const { stack, account, region, checked, drifted, unsettled } = drift;
  const head = `${clean(stack)}  ${account} ${region}`;
  const note = unsettled
    ? ['A run is going on or was cut short: some of this may be its doing. Apply again to finish it.']
    : [];
  if (drifted.length === 0)
    return [head, `No drift: ${count(checked, 'resource')} as recorded.`, ...note].join('\n');
  const lines = drifted.flatMap((resource) => resourceLines(resource));
  const summary = `Drift: ${drifted.length} of ${count(checked, 'resource')}.`;
  return [head, '', ...painted(lines, options), '', summary, ...note].join('\n');
}

function resourceLines(resource: DriftReport['drifted'][number]): PlanLine[] {
  const { logicalId, type, physicalId, vanished, differences } = resource;
  const name = `${oneLine(logicalId, 128)}  ${oneLine(type, 128)}  ${oneLine(physicalId, 240)}`;
  if (vanished) return [{ mark: '-  ', tone: 'remove', text: `gone     ${name}` }];
  const under = differences
    .flatMap((d) => foldLines(differenceLines({ ...d, replaces: false }), 60, 400))
    .map((l): PlanLine => ({ ...line(l.tone, `    ${l.text}`), mark: '' }));
  return [{ mark: '~  ', tone: 'change', text: `changed  ${name}` }, ...under];
}
