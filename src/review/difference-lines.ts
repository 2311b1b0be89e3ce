/** One property's difference as lines: what goes, what comes, and of long texts and lists only what changes. */
import { diffArrays } from 'diff';
import { canonicalJson } from '../base/canonical-json.ts';
import { isList, isObject, isSecret, isUnknown, type Value } from '../base/value.ts';
import { clean } from '../base/visible.ts';
import type { PropertyDifference } from '../plan/plan.ts';
import { shorten } from './escape.ts';
import { pairElements } from './pair-elements.ts';
import {
  besideUnknown,
  expandedItemLines,
  expandedLines,
  inlineValue,
  itemLines,
  keyText,
  structureOf,
  valueLines,
} from './value-lines.ts';
import { count, formatNumber, valueWords } from './words.ts';

/** What a line says, for the colour that it gets. */
export type Tone = 'add' | 'remove' | 'change' | 'note' | 'same';

export interface Line {
  readonly tone: Tone;
  /** Without control characters, on one line. */
  readonly text: string;
}

export const line = (tone: Tone, text: string): Line => ({ tone, text });

// Beyond it two texts have so little in common that a difference of lines says nothing.
const maxEdits = 2000;
const contextLines = 2;

/** Lines without any limit on their number; `foldLines` cuts. */
export function differenceLines(difference: PropertyDifference): Line[] {
  const { before, after, replaces } = difference;
  const path = keyText(difference.path);
  const lines = changedLines(path, before, after);
  if (!replaces) return lines;
  const at = Math.max(
    0,
    lines.findLastIndex((l) => l.tone !== 'same'),
  );
  return lines.map((l, i) => (i === at ? { ...l, text: `${l.text}  ← ${valueWords.forcesReplacement}` } : l));
}

function changedLines(path: string, before: Value | undefined, after: Value | undefined): Line[] {
  if (before === undefined && after === undefined) return [line('change', path)];
  if (before === undefined) return toned('add', valueLines(path, after ?? null));
  if (after === undefined) return toned('remove', valueLines(path, before));
  if (isSecret(before) && isSecret(after)) return [line('change', `${path}: ${valueWords.secretChanged}`)];
  const [from, to] = [structureOf(path, before), structureOf(path, after)];
  if (isPlainList(from) && isPlainList(to)) return listLines(path, from, to);
  if (isTextual(from) && isTextual(to)) {
    const was = isUnknown(after) ? besideUnknown(from) : before;
    const lines = textLines(expandedLines(path, inOrderOf(after, was)), expandedLines(path, after));
    // Two texts of the same structure: white space or the order of keys. Then the raw text is what changed.
    return lines.some((l) => l.tone !== 'same') ? lines : oldAndNew(path, before, after);
  }
  return [...toned('remove', valueLines(path, before)), ...toned('add', valueLines(path, after))];
}

function oldAndNew(path: string, before: Value, after: Value): Line[] {
  if (typeof before === 'string' && typeof after === 'string' && (before + after).includes('\n')) {
    return [
      line('same', `${path}: |`),
      ...textLines(before.split('\n').map(indented), after.split('\n').map(indented)),
    ];
  }
  return [line('remove', `${path}: ${inlineValue(before)}`), line('add', `${path}: ${inlineValue(after)}`)];
}

const indented = (text: string): string => `  ${clean(text)}`;

function toned(tone: Tone, lines: readonly string[]): Line[] {
  return lines.map((text) => line(tone, text));
}

function isPlainList(value: Value): value is readonly Value[] {
  return isList(value);
}

/** Whether it is worth a difference of lines: a text of several, or a structure. */
function isTextual(value: Value): boolean {
  if (typeof value === 'string') return value.includes('\n');
  if (isUnknown(value)) return expandedLines('', value).length > 1;
  return isObject(value) && !isSecret(value);
}

/** By element: what stays is counted, wherever it moved to. */
function listLines(path: string, before: readonly Value[], after: readonly Value[]): Line[] {
  const stays = multisetOf(before);
  const added = after.filter((item) => !stays.take(item));
  const removed = stays.rest();
  if (added.length === 0 && removed.length === 0) {
    const lines = textLines(valueLines(path, before), valueLines(path, after));
    return [...lines, line('note', 'only the order')];
  }
  const kept = before.length - removed.length;
  const changed = pairElements(removed, added);
  return [
    line('same', `${path}:${kept > 0 ? ` (${count(kept, 'element')} unchanged)` : ''}`),
    ...changed.pairs.flatMap(([was, will]) => elementLines(was, will)),
    ...changed.removed.flatMap((item) => toned('remove', itemLines(item))),
    ...changed.added.flatMap((item) => toned('add', itemLines(item))),
  ];
}

/** One element that changes: both where each is a line, else only the lines that differ. */
function elementLines(given: Value, after: Value): Line[] {
  const before = inOrderOf(after, given);
  const [was, will] = [itemLines(before), itemLines(after)];
  if (was.length + will.length === 2) return [...toned('remove', was), ...toned('add', will)];
  return textLines(expandedItemLines(before), expandedItemLines(after));
}

/** With the keys in the order that they have in the other: AWS answers in its own, and no line changes by that. */
function inOrderOf(other: Value, value: Value): Value {
  if (isPlainList(value) && isPlainList(other)) {
    return value.map((item, i) => inOrderOf(other[i] ?? null, item));
  }
  if (!isKeyed(value) || !isKeyed(other)) return value;
  const shared = Object.keys(other).filter((key) => Object.hasOwn(value, key));
  const own = Object.keys(value).filter((key) => !Object.hasOwn(other, key));
  return Object.fromEntries(
    [...shared, ...own].map((key) => [key, inOrderOf(other[key] ?? null, value[key]!)]),
  );
}

function isKeyed(value: Value): value is { readonly [key: string]: Value } {
  return isObject(value) && !isSecret(value) && !isUnknown(value);
}

function multisetOf(items: readonly Value[]) {
  const left = new Map<string, Value[]>();
  for (const item of items) {
    const key = canonicalJson(item);
    left.set(key, [...(left.get(key) ?? []), item]);
  }
  return {
    take(item: Value): boolean {
      return left.get(canonicalJson(item))?.pop() !== undefined;
    },
    rest(): readonly Value[] {
      return [...left.values()].flat();
    },
  };
}

/** The lines that differ, with two lines around them. */
function textLines(before: readonly string[], after: readonly string[]): Line[] {
  const chunks = diffArrays([...before], [...after], { maxEditLength: maxEdits });
  if (!chunks) return [...toned('remove', before), ...toned('add', after)];
  return chunks.flatMap((chunk, i) => {
    if (chunk.added) return toned('add', chunk.value);
    if (chunk.removed) return toned('remove', chunk.value);
    return toned('same', context(chunk.value, i === 0, i === chunks.length - 1));
  });
}

// The first line of all is the property's name, and stays.
function context(lines: readonly string[], first: boolean, last: boolean): readonly string[] {
  const head = first ? 1 : contextLines;
  const tail = last ? 0 : contextLines;
  const hidden = lines.length - head - tail;
  if (hidden <= 1) return lines;
  return [...lines.slice(0, head), `    … ${hidden} unchanged lines`, ...lines.slice(lines.length - tail)];
}

/** At most `maxLines` lines of at most `maxWidth` characters; says what it left out. */
export function foldLines(lines: readonly Line[], maxLines: number, maxWidth: number): Line[] {
  const kept = lines.length > maxLines ? lines.slice(0, maxLines - 1) : lines;
  const cut = kept.map((l) => (l.text.length <= maxWidth ? l : { ...l, text: cutLine(l.text, maxWidth) }));
  const hidden = lines.length - kept.length;
  return hidden === 0 ? cut : [...cut, line('note', `… ${count(hidden, 'more line')}`)];
}

// The end may say that the property forces a replacement, and must stay.
function cutLine(text: string, max: number): string {
  const end = /(?: {2}← .*)?$/.exec(text)?.[0] ?? '';
  const own = text.length - end.length;
  return `${shorten(text.slice(0, own), max)} (${formatNumber(own)} characters)${end}`;
}
