/** A plan as lines that a comment and a terminal colour each in their own way. */

import type { Value } from '../base/value.ts';
import { destinationText } from '../plan/hand-overs.ts';
import { topologicalOrder } from '../plan/order.ts';
import {
  type Action,
  actions,
  type Change,
  type OutputChange,
  outputDiffers,
  type Plan,
} from '../plan/plan.ts';
import { differenceLines, foldLines, type Line, line, type Tone } from './difference-lines.ts';
import { oneLine } from './escape.ts';
import { keyText, shortValue, valueLines } from './value-lines.ts';
import { actionWords, count, formatDuration, formatNumber } from './words.ts';

/** How much is said. From `full` on, each step leaves out what a reader misses least. */
export const details = ['full', 'folded', 'headlines', 'types'] as const;
export type Detail = (typeof details)[number];

interface Limits {
  readonly linesPerValue: number;
  readonly width: number;
}

const limits: Readonly<Record<'full' | 'folded', Limits>> = {
  full: { linesPerValue: 60, width: 400 },
  folded: { linesPerValue: 10, width: 110 },
};

/** A line of a plan: `mark` is in front of a change's headline and empty on the lines under it. */
export interface PlanLine extends Line {
  readonly mark: string;
}

const tones: Readonly<Record<Action, Tone>> = {
  delete: 'remove',
  replace: 'remove',
  update: 'change',
  create: 'add',
  import: 'add',
  forget: 'change',
  none: 'same',
};

/** What destroys first; among its like, in an order in which it can be done: deletes from the end. */
export function sortChanges(changes: readonly Change[]): Change[] {
  const order = topologicalOrder(new Map(changes.map((c) => [c.logicalId, c.dependsOn])));
  const positions = new Map(order.map((id, i) => [id, i]));
  const rank = (c: Change) => actions.indexOf(c.action);
  const position = (c: Change) => positions.get(c.logicalId)! * (c.action === 'delete' ? -1 : 1);
  return [...changes].sort((a, b) => rank(a) - rank(b) || position(a) - position(b));
}

/** The whole plan: where the template was, changes, what earlier replacements left, outputs, what stays. */
export function planLines(plan: Plan, detail: Detail): PlanLine[] {
  const changes = sortChanges(plan.changes.filter((c) => c.action !== 'none'));
  const lines =
    detail === 'types'
      ? typeLines(changes)
      : changeLines(changes, detail === 'headlines' ? undefined : limits[detail]);
  const outputs = detail === 'types' ? [] : plan.outputs.flatMap(outputLines);
  return withGaps([
    moveLines(plan),
    lines,
    deposedLines(plan),
    outputs,
    handOverLines(plan),
    importLines(plan),
    keptLines(plan, detail),
  ]);
}

function changeLines(changes: readonly Change[], limit: Limits | undefined): PlanLine[] {
  const idWidth = Math.min(32, Math.max(0, ...changes.map((c) => c.logicalId.length)));
  const typeWidth = Math.min(40, Math.max(0, ...changes.map((c) => c.type.length)));
  const blocks = changes.map((change) => {
    const under = limit ? propertyLines(change, limit) : [];
    return [headlineOf(change, idWidth, typeWidth), ...under.map(plain)];
  });
  return limit ? withGaps(blocks) : blocks.flat();
}

/** An empty line after each block of several lines, so that the next headline stands out. */
function withGaps(blocks: readonly (readonly PlanLine[])[]): PlanLine[] {
  const present = blocks.filter((block) => block.length > 0);
  return present.flatMap((block, i) => {
    const gap = block.length > 1 && i < present.length - 1;
    return gap ? [...block, plain(line('same', ''))] : block;
  });
}

function plain(l: Line): PlanLine {
  return { ...l, mark: '' };
}

function headlineOf(change: Change, idWidth: number, typeWidth: number): PlanLine {
  const { mark, verb } = actionWords[change.action];
  const about = [change.physicalId, ...remarks(change)].filter((part) => part !== undefined);
  const columns = [
    verb.padEnd(7),
    oneLine(change.logicalId, 128).padEnd(idWidth),
    oneLine(change.type, 128).padEnd(typeWidth),
    oneLine(about.join(', '), 240),
  ];
  return { mark, tone: tones[change.action], text: columns.join('  ').trimEnd() };
}

function remarks(change: Change): string[] {
  const said: string[] = [];
  if (change.movedFrom !== undefined) said.push(`moved from ${change.movedFrom}`);
  if (change.vanished) said.push('is gone from the cloud');
  if (change.replaceBecause.length > 0)
    said.push(`because of ${change.replaceBecause.slice(0, 5).join(', ')}`);
  if (change.action === 'replace') {
    said.push(change.order === 'delete-before-create' ? 'old one goes first' : 'new one first');
  }
  if (change.action === 'import') {
    const changed = change.differences.length > 0 ? ', and changed' : '';
    said.push(`exists, managed from now on${changed}`);
  }
  if (change.action === 'forget' && !change.vanished) said.push('stays in the cloud, no longer managed');
  const retained = change.action === 'replace' && change.updateReplacePolicy === 'Retain';
  if (retained) said.push('old one stays in the cloud');
  return said;
}

function propertyLines(change: Change, { linesPerValue, width }: Limits): Line[] {
  const fold = (lines: readonly Line[]) => foldLines(lines, linesPerValue, width);
  const drift = change.drift.flatMap((d) => fold(differenceLines({ ...d, replaces: false })));
  const own =
    change.action === 'create'
      ? Object.entries(change.after ?? {}).map(([key, value]) =>
          valueLines(keyText(key), value).map((text) => line('add', text)),
        )
      : change.differences.map(differenceLines);
  const planned = own.flatMap(fold);
  // Both have a minus and a plus, of which only the second is anybody's to approve.
  const lines =
    drift.length === 0
      ? planned
      : [
          line('note', `${whoChanged(change)}, from what was applied to what is there now:`),
          ...drift,
          line('note', planned.length > 0 ? 'changed by this plan:' : 'this plan leaves that as it is'),
          ...planned,
        ];
  return lines.map((l) => ({ ...l, text: `    ${l.text}` }));
}

function moveLines({ movedFrom }: Plan): PlanLine[] {
  if (movedFrom === undefined) return [];
  const from = `template moved from ${oneLine(movedFrom, 240)}: it stays the same stack`;
  return [{ mark: actionWords.update.mark, tone: 'change', text: from }];
}

function whoChanged({ attempted }: Change): string {
  return attempted
    ? 'left so by an apply that failed, or changed outside Slipway'
    : 'changed outside Slipway';
}

function deposedLines(plan: Plan): PlanLine[] {
  return plan.deposed.map((d) => ({
    mark: actionWords.delete.mark,
    tone: 'remove',
    text: `delete   ${oneLine(d.logicalId)}  ${oneLine(d.type)}  ${oneLine(d.physicalId)}, left over from a replacement`,
  }));
}

function outputLines(output: OutputChange): PlanLine[] {
  if (!outputDiffers(output)) return [];
  const { before, after, exportName, formerExportName = exportName } = output;
  const say = (mark: string, tone: Tone, value: Value, exported: string | null | undefined): PlanLine => {
    const as = exported === undefined || exported === null ? '' : `, exported as ${oneLine(exported, 128)}`;
    const text = `output   ${oneLine(output.name, 128)}: ${shortValue(value, 120)}${as}`;
    return { mark, tone, text };
  };
  return [
    ...(before === undefined ? [] : [say('-  ', 'remove', before, formerExportName)]),
    ...(after === undefined ? [] : [say('+  ', 'add', after, exportName)]),
  ];
}

/** Where values go is a part of what is approved, also when nothing else of the plan changes. */
function handOverLines({ handOvers = [] }: Plan): PlanLine[] {
  return handOvers.map(({ action, output, to, wrapSeconds }): PlanLine => {
    const name = oneLine(output, 128);
    const place = oneLine(destinationText(to), 400);
    if (action === 'take-back')
      return { mark: '-  ', tone: 'remove', text: `take back ${name} from ${place}` };
    const how =
      wrapSeconds === undefined ? '' : `, wrapped: opens once, within ${formatDuration(wrapSeconds * 1000)}`;
    return { mark: '+  ', tone: 'add', text: `hand over ${name} to ${place}${how}` };
  });
}

// So many exports that it takes from others, or takes no longer, are named.
const namedImports = 20;

function importLines({ importChanges: { added, removed } = { added: [], removed: [] } }: Plan): PlanLine[] {
  const say = (names: readonly string[], mark: string, tone: Tone, words: string): PlanLine[] => {
    const hidden = names.length - namedImports;
    const shown = names.slice(0, namedImports).map((name) => oneLine(name, 128));
    const lines = shown.map((name): PlanLine => ({ mark, tone, text: `export   ${name} ${words}` }));
    return hidden > 0 ? [...lines, plain(line('note', `… ${count(hidden, 'more export')}`))] : lines;
  };
  return [
    ...say(removed, '-  ', 'remove', 'is not used here any more'),
    ...say(added, '+  ', 'add', 'is used here from now on: its stack can then neither change nor delete it'),
  ];
}

function keptLines(plan: Plan, detail: Detail): PlanLine[] {
  const kept = plan.changes.filter((c) => c.action === 'none').map((c) => oneLine(c.logicalId, 128));
  if (kept.length === 0) return [];
  const names = detail === 'full' && kept.length <= 20 ? `: ${kept.join(', ')}` : '';
  return [plain(line('note', `${formatNumber(kept.length)} unchanged${names}`))];
}

// So many things that go away are named one by one even where all else is only counted.
const namedDestructive = 100;

function typeLines(changes: readonly Change[]): PlanLine[] {
  const destructive = changes.filter((c) => c.action === 'delete' || c.action === 'replace');
  const named = destructive.slice(0, namedDestructive);
  const groups = new Map<string, { action: Action; type: string; n: number }>();
  for (const { action, type } of changes.slice(named.length)) {
    const group = groups.get(`${action} ${type}`) ?? { action, type, n: 0 };
    group.n++;
    groups.set(`${action} ${type}`, group);
  }
  const summaries = [...groups.values()].slice(0, 60).map(
    ({ action, type, n }): PlanLine => ({
      mark: actionWords[action].mark,
      tone: tones[action],
      text: `${actionWords[action].verb.padEnd(7)}  ${count(n, oneLine(type, 128), `× ${oneLine(type, 128)}`)}`,
    }),
  );
  const hidden = groups.size - summaries.length;
  const rest = hidden > 0 ? [plain(line('note', `… ${count(hidden, 'more type')}`))] : [];
  return [...changeLines(named, undefined), ...summaries, ...rest];
}
