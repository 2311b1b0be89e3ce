import { type Document, isMap, isPair, isScalar, isSeq, type LineCounter, type Node } from 'yaml';
import type { SourceRange } from '../base/source.ts';

export type Path = readonly (string | number)[];

/** Finds where in a YAML document a path stands: a whole value, or the key that it is under. */
export interface Positions {
  value(path: Path): SourceRange;
  key(path: Path): SourceRange;
  offset(offset: number): SourceRange;
}

export function positionsOf(document: Document, counter: LineCounter, file: string): Positions {
  const offset = (at: number): SourceRange => {
    const { line, col } = counter.linePos(at);
    // An empty document has no line; editors and GitHub count from one.
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const of = (node: unknown): SourceRange => offset((node as Node | undefined)?.range?.[0] ?? 0);
  // The nearest thing that is there: what is missing is missing in its parent.
  const find = (path: Path, wantKey: boolean): SourceRange => {
    let node: unknown = document.contents;
    for (const [depth, part] of path.entries()) {
      const pair = isMap(node)
        ? node.items.find((i) => isPair(i) && isScalar(i.key) && String(i.key.value) === String(part))
        : undefined;
      const next = pair ? pair.value : isSeq(node) ? node.items[Number(part)] : undefined;
      if (wantKey && depth === path.length - 1 && pair) return of(pair.key);
      if (next === undefined || next === null) return of(pair?.key ?? node);
      node = next;
    }
    return of(node);
  };
  return { value: (path) => find(path, false), key: (path) => find(path, true), offset };
}
