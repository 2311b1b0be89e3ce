/**
 * A fast reader for the subset of YAML that nearly all templates keep to, and for JSON: block mappings and lists,
 * one-line scalars, quotes, brackets, tags, comments and literal blocks. It reads 1 MB some ten times faster than
 * the yaml library, which composes too many objects for a budget of 10,000 resources a second. Whatever it is not
 * sure about (anchors, folded scalars, several lines to a scalar, tabs, every error) it leaves to the library, so
 * it has no error messages of its own; a test holds the two to the same answers.
 */
import type { Diagnostic } from '../base/diagnostic.ts';
import { nodeBuilder, type RawEntry, type Tag } from './node-builder.ts';
import { type Cursor, leave, notPlain, skipSpaces, take, takeQuoted, takeTag } from './plain-cursor.ts';
import { readFlow } from './read-plain-flow.ts';
import { sourcePositions } from './source-positions.ts';
import type { TemplateNode } from './template.ts';
import { maximumDepth } from './yaml-limits.ts';

/** Line ends other than `\n`, tabs, and what YAML does not count as printable. */
const unusual = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/;

/** Undefined when the text is not of the subset; then nothing is added to `diagnostics`. */
export function readPlainYaml(
  text: string,
  file: string,
  diagnostics: Diagnostic[],
): TemplateNode | undefined {
  if (unusual.test(text)) return undefined;
  const found: Diagnostic[] = [];
  const cursor: Cursor = { text, positions: sourcePositions(file, text), build: nodeBuilder(found), at: 0 };
  try {
    const root = readDocument(cursor);
    diagnostics.push(...found);
    return root;
  } catch (thrown) {
    if (thrown === notPlain) return undefined;
    throw thrown;
  }
}

/** A block's reader, with the column of the line it is at: -1 at the end of the text. */
interface Lines {
  readonly cursor: Cursor;
  column: number;
  started: boolean;
}

function readDocument(cursor: Cursor): TemplateNode {
  const lines: Lines = { cursor, column: -1, started: false };
  nextLine(lines);
  if (lines.column === 0 && cursor.text.startsWith('---\n', cursor.at)) {
    cursor.at += 3;
    nextLine(lines);
  }
  if (lines.column < 0) leave();
  const root = readBlock(lines, -1, 0);
  if (lines.column >= 0) leave();
  return root;
}

/** From the end of a line to the first character of the next one that holds something. */
function nextLine(lines: Lines): void {
  const { cursor } = lines;
  const { text } = cursor;
  let lineStart = cursor.at;
  for (;;) {
    if (text.charCodeAt(cursor.at) === 10) lineStart = ++cursor.at;
    skipSpaces(cursor);
    const next = text.charCodeAt(cursor.at);
    if (next === 10) continue;
    if (Number.isNaN(next)) {
      lines.column = -1;
      return;
    }
    if (next !== 35) break;
    const end = text.indexOf('\n', cursor.at);
    cursor.at = end < 0 ? text.length : end;
  }
  lines.column = cursor.at - lineStart;
  if (lines.column === 0) atMargin(lines);
  lines.started = true;
}

/** `---` is fine once, before anything else; `...` and directives are not plain. */
function atMargin(lines: Lines): void {
  const { text, at } = lines.cursor;
  if (text[at] === '%' || text.startsWith('...', at)) leave();
  if (text.startsWith('---', at) && (lines.started || !text.startsWith('---\n', at))) leave();
}

/** The node that begins at the cursor, in the column `lines.column`, inside a block of `parentColumn`. */
function readBlock(lines: Lines, parentColumn: number, depth: number, tag?: Tag): TemplateNode {
  if (depth > maximumDepth) leave();
  const { cursor } = lines;
  if (isDash(cursor)) return readList(lines, lines.column, depth, tag);
  const key = readKey(cursor);
  if (key) return readMap(lines, key, lines.column, depth, tag);
  return readValue(lines, parentColumn, depth, false, tag);
}

function isDash({ text, at }: Cursor): boolean {
  if (text.charCodeAt(at) !== 45) return false;
  const next = text.charCodeAt(at + 1);
  return next === 32 || next === 10 || Number.isNaN(next);
}

const plainKey = /[A-Za-z0-9_./$<(~^+=][^\n:#]*(?::(?![ \n])[^\n:#]*)*:(?=[ \n])/y;

/** A key and its colon; undefined, with the cursor where it was, when something else stands there. */
function readKey(cursor: Cursor): Omit<RawEntry, 'value'> | undefined {
  const start = cursor.at;
  const first = cursor.text[start];
  if (first === '"' || first === "'") {
    const { text, where } = takeQuoted(cursor);
    const next = cursor.text[cursor.at + 1];
    if (cursor.text[cursor.at] === ':' && (next === ' ' || next === '\n')) {
      cursor.at++;
      return { key: text, keyWhere: where };
    }
    cursor.at = start;
    return undefined;
  }
  const raw = take(cursor, plainKey);
  if (raw === undefined) return undefined;
  const key = raw.slice(0, -1).trimEnd();
  return { key, keyWhere: cursor.positions.range(start, start + key.length) };
}

function readMap(
  lines: Lines,
  first: Omit<RawEntry, 'value'>,
  column: number,
  depth: number,
  tag: Tag | undefined,
): TemplateNode {
  const { cursor } = lines;
  const entries: RawEntry[] = [];
  let key: Omit<RawEntry, 'value'> | undefined = first;
  for (;;) {
    const value = readValue(lines, column, depth + 1, true);
    entries.push({ key: key.key, keyWhere: key.keyWhere, value });
    if (lines.column < column) break;
    if (lines.column > column || isDash(cursor)) leave();
    key = readKey(cursor) ?? leave();
  }
  const last = entries.at(-1)!.value.where;
  const { file, line, column: keyColumn } = first.keyWhere;
  const where = { file, line, column: keyColumn, endLine: last.endLine!, endColumn: last.endColumn! };
  return cursor.build.map(entries, where, tag);
}

function readList(lines: Lines, column: number, depth: number, tag: Tag | undefined): TemplateNode {
  const { cursor } = lines;
  const start = cursor.positions.range(cursor.at, cursor.at);
  const items: TemplateNode[] = [];
  for (;;) {
    items.push(readItem(lines, column, depth + 1));
    if (lines.column < column || (lines.column === column && !isDash(cursor))) break;
    if (lines.column > column) leave();
  }
  const { endLine, endColumn } = items.at(-1)!.where;
  return cursor.build.list(items, { ...start, endLine: endLine!, endColumn: endColumn! }, tag);
}

function readItem(lines: Lines, column: number, depth: number): TemplateNode {
  const { cursor } = lines;
  const dash = cursor.at++;
  skipSpaces(cursor);
  if (endsHere(cursor)) return readValue(lines, column, depth, false);
  // `- Key: value` and `- - item`: a block that begins in the middle of a line.
  lines.column = column + (cursor.at - dash);
  return readBlock(lines, column, depth);
}

function endsHere({ text, at }: Cursor): boolean {
  const next = text.charCodeAt(at);
  return Number.isNaN(next) || next === 10 || (next === 35 && text.charCodeAt(at - 1) === 32);
}

/**
 * What follows a key, a dash or a tag: a value on the same line, or a block on the lines below. Leaves the cursor
 * at the next line that holds something.
 */
function readValue(
  lines: Lines,
  parentColumn: number,
  depth: number,
  ofKey: boolean,
  tag?: Tag,
): TemplateNode {
  const { cursor } = lines;
  skipSpaces(cursor);
  const start = cursor.at;
  if (endsHere(cursor)) {
    skipComment(cursor);
    nextLine(lines);
    if (lines.column > parentColumn) return readBlock(lines, parentColumn, depth, tag);
    if (ofKey && !tag && lines.column === parentColumn && isDash(cursor)) {
      return readList(lines, lines.column, depth, undefined);
    }
    return cursor.build.plain('', cursor.positions.range(start, start), tag);
  }
  return readInline(lines, parentColumn, depth, tag);
}

function readInline(lines: Lines, parentColumn: number, depth: number, tag: Tag | undefined): TemplateNode {
  const { cursor } = lines;
  switch (cursor.text[cursor.at]) {
    case '!':
      if (tag) leave();
      return readValue(lines, parentColumn, depth, false, takeTag(cursor));
    case '|':
      return readLiteral(lines, parentColumn, tag);
    case '"':
    case "'":
    case '[':
    case '{': {
      const node = readFlow(cursor, depth, tag);
      skipSpaces(cursor);
      if (!endsHere(cursor)) leave();
      skipComment(cursor);
      endOfValue(lines, parentColumn);
      return node;
    }
    default: {
      const start = cursor.at;
      const raw = take(cursor, plainLine) ?? leave();
      const text = raw.trimEnd();
      const node = cursor.build.plain(text, cursor.positions.range(start, start + text.length), tag);
      skipComment(cursor);
      endOfValue(lines, parentColumn);
      return node;
    }
  }
}

// To the end of the line or to ` #`; no `: ` in it, which would make it a key.
const plainLine =
  /(?:[^\s,[\]{}#&*!|>'"%@`:?-]|[-:?](?=[^\s]))(?:[^\n:# ]|:(?=[^\s])|(?<=\S)#| (?!#))*(?=\n|$| #)/y;

function skipComment(cursor: Cursor): void {
  const end = cursor.text.indexOf('\n', cursor.at);
  cursor.at = end < 0 ? cursor.text.length : end;
}

/** A line further in than the block would go on with the scalar. */
function endOfValue(lines: Lines, parentColumn: number): void {
  nextLine(lines);
  if (lines.column > parentColumn) leave();
}

/** `|` and `|-`. */
function readLiteral(lines: Lines, parentColumn: number, tag: Tag | undefined): TemplateNode {
  const { cursor } = lines;
  const { text } = cursor;
  const start = cursor.at;
  const header = take(cursor, /\|-? *(?=\n)/y) ?? leave();
  const content: string[] = [];
  let indent = -1;
  let end = cursor.at;
  for (;;) {
    const lineStart = cursor.at + 1;
    if (lineStart >= text.length) break;
    cursor.at = lineStart;
    skipSpaces(cursor);
    const column = cursor.at - lineStart;
    const newline = text.indexOf('\n', cursor.at);
    const lineEnd = newline < 0 ? text.length : newline;
    if (cursor.at === lineEnd) {
      // Spaces alone past the indent would be content.
      if (column > Math.max(indent, 0)) leave();
      content.push('');
    } else {
      if (indent < 0) indent = column;
      if (indent <= Math.max(parentColumn, 0)) leave();
      if (column < indent) {
        cursor.at = lineStart - 1;
        break;
      }
      content.push(text.slice(lineStart + indent, lineEnd));
      end = lineEnd;
    }
    cursor.at = lineEnd;
  }
  if (indent < 0) leave();
  while (content.at(-1) === '') content.pop();
  const value = content.join('\n') + (header.startsWith('|-') ? '' : '\n');
  const node = cursor.build.quoted(value, cursor.positions.range(start, end), tag);
  endOfValue(lines, parentColumn);
  return node;
}
