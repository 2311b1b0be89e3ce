import type { RawEntry, Tag } from './node-builder.ts';
import { type Cursor, leave, skipSpaces, take, takeQuoted, takeTag } from './plain-cursor.ts';
import type { TemplateNode } from './template.ts';
import { maximumDepth } from './yaml-limits.ts';

const scalar = /[^\s,[\]{}#&*!|>'"%@`:?][^\n,[\]{}#:]*(?::(?![\s,[\]{}])[^\n,[\]{}#:]*)*/y;

/**
 * Reads `[...]` and `{...}`, JSON's way of writing included. How far in the lines between the brackets stand means
 * nothing: YAML wants them further in than what is around them, but CloudFormation does not.
 */
export function readFlow(cursor: Cursor, depth: number, tag?: Tag): TemplateNode {
  if (depth > maximumDepth) leave();
  switch (cursor.text[cursor.at]) {
    case '{':
      return readMap(cursor, depth, tag);
    case '[':
      return readList(cursor, depth, tag);
    case '"':
    case "'": {
      const { text, where } = takeQuoted(cursor);
      return cursor.build.quoted(text, where, tag);
    }
    case '!': {
      if (tag) leave();
      const found = takeTag(cursor);
      skipBlank(cursor);
      return readFlow(cursor, depth, found);
    }
    default: {
      const start = cursor.at;
      const { text, end } = takeScalar(cursor);
      return cursor.build.plain(text, cursor.positions.range(start, end), tag);
    }
  }
}

function readMap(cursor: Cursor, depth: number, tag: Tag | undefined): TemplateNode {
  const start = cursor.at++;
  const entries: RawEntry[] = [];
  for (;;) {
    skipBlank(cursor);
    if (cursor.text[cursor.at] === '}') break;
    const key = readKey(cursor);
    skipBlank(cursor);
    const value = readFlow(cursor, depth + 1);
    entries.push({ ...key, value });
    if (!more(cursor, '}')) break;
  }
  cursor.at++;
  return cursor.build.map(entries, cursor.positions.range(start, cursor.at), tag);
}

function readKey(cursor: Cursor): Omit<RawEntry, 'value'> {
  const first = cursor.text[cursor.at];
  if (first === '"' || first === "'") {
    const { text, where } = takeQuoted(cursor);
    if (cursor.text[cursor.at++] !== ':') leave();
    return { key: text, keyWhere: where };
  }
  const start = cursor.at;
  const { text, end } = takeScalar(cursor);
  if (cursor.text[cursor.at] !== ':' || !/\s/.test(cursor.text[cursor.at + 1] ?? '')) leave();
  cursor.at++;
  return { key: text, keyWhere: cursor.positions.range(start, end) };
}

function readList(cursor: Cursor, depth: number, tag: Tag | undefined): TemplateNode {
  const start = cursor.at++;
  const items: TemplateNode[] = [];
  for (;;) {
    skipBlank(cursor);
    if (cursor.text[cursor.at] === ']') break;
    items.push(readPair(cursor, depth + 1) ?? readFlow(cursor, depth + 1));
    if (!more(cursor, ']')) break;
  }
  cursor.at++;
  return cursor.build.list(items, cursor.positions.range(start, cursor.at), tag);
}

/** `[Condition: Name]`: a mapping of one, without its braces. */
function readPair(cursor: Cursor, depth: number): TemplateNode | undefined {
  const start = cursor.at;
  const key = take(cursor, scalar)?.trimEnd();
  if (key === undefined || cursor.text[cursor.at] !== ':' || cursor.text[cursor.at + 1] !== ' ') {
    cursor.at = start;
    return undefined;
  }
  if (key.startsWith('-')) leave();
  const keyWhere = cursor.positions.range(start, start + key.length);
  cursor.at++;
  skipSpaces(cursor);
  const value = readFlow(cursor, depth + 1);
  const { endLine, endColumn } = value.where;
  return cursor.build.map([{ key, keyWhere, value }], {
    ...keyWhere,
    endLine: endLine!,
    endColumn: endColumn!,
  });
}

/** After an item: past the comma, or at the end. Anything else (`a: b` in a list, a second line) is not plain. */
function more(cursor: Cursor, close: string): boolean {
  skipBlank(cursor);
  const next = cursor.text[cursor.at];
  if (next === close) return false;
  if (next !== ',') leave();
  cursor.at++;
  return true;
}

function takeScalar(cursor: Cursor): { readonly text: string; readonly end: number } {
  const start = cursor.at;
  const raw = take(cursor, scalar) ?? leave();
  const text = raw.trimEnd();
  if (text === '-' || text.startsWith('- ') || text.startsWith('---') || text.startsWith('...')) leave();
  return { text, end: start + text.length };
}

/** Spaces and line ends. A comment is rare within brackets, and not plain. */
function skipBlank(cursor: Cursor): void {
  skipSpaces(cursor);
  while (cursor.text.charCodeAt(cursor.at) === 10) {
    cursor.at++;
    skipSpaces(cursor);
  }
}
