import type { SourceRange } from '../base/source.ts';
import type { NodeBuilder, Tag } from './node-builder.ts';
import type { SourcePositions } from './source-positions.ts';

/** The state of reading one text in the plain subset of YAML. */
export interface Cursor {
  readonly text: string;
  readonly positions: SourcePositions;
  readonly build: NodeBuilder;
  at: number;
}

/** Thrown, and caught by `readPlainYaml`, where a text leaves the subset: the yaml library then reads all of it. */
export const notPlain = Symbol('not plain YAML');

export function leave(): never {
  throw notPlain;
}

/** Matches exactly at the cursor; the pattern must be sticky. Moves past the match. */
export function take(cursor: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text);
  if (!found) return undefined;
  cursor.at += found[0].length;
  return found[0];
}

const doubleQuoted = /"[^"\\\n]*(?:\\.[^"\\\n]*)*"/y;
const singleQuoted = /'[^'\n]*(?:''[^'\n]*)*'/y;
const jsonEscapesOnly = /^"(?:[^\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"$/;

/** A quoted scalar of one line, and its place. */
export function takeQuoted(cursor: Cursor): { readonly text: string; readonly where: SourceRange } {
  const start = cursor.at;
  const double = cursor.text[start] === '"';
  const raw = take(cursor, double ? doubleQuoted : singleQuoted) ?? leave();
  const where = cursor.positions.range(start, cursor.at);
  if (!double) return { text: raw.slice(1, -1).replaceAll("''", "'"), where };
  if (!raw.includes('\\')) return { text: raw.slice(1, -1), where };
  if (raw.length > 4096 || !jsonEscapesOnly.test(raw)) leave();
  return { text: JSON.parse(raw) as string, where };
}

const tagName = /![A-Za-z][A-Za-z0-9]*(?=[ \n])/y;

export function takeTag(cursor: Cursor): Tag {
  const start = cursor.at;
  const name = take(cursor, tagName) ?? leave();
  return { name, where: cursor.positions.range(start, cursor.at) };
}

export function skipSpaces(cursor: Cursor): void {
  while (cursor.text.charCodeAt(cursor.at) === 32) cursor.at++;
}
