import { type Document, isMap, isNode, isPair, isScalar, type LineCounter, type Node, Scalar } from 'yaml';
import type { SourceRange } from '../base/source.ts';

/** A YAML document with what is needed to say where something stands in it. */
export interface PositionedDocument {
  readonly file: string;
  readonly text: string;
  readonly lines: LineCounter;
  readonly document: Document.Parsed;
}

type Path = readonly PropertyKey[];

/** Where a value stands; where it is missing, what is nearest above it. */
export function positionOf(source: PositionedDocument, path: Path): SourceRange {
  for (let length = path.length; length >= 0; length--) {
    const node = nodeAt(source, path.slice(0, length));
    if (node?.range) return rangeFrom(source, node.range[0], node.range[1]);
  }
  return { file: source.file, line: 1, column: 1 };
}

/** Where a key stands in the mapping at `path`. */
export function positionOfKey(source: PositionedDocument, path: Path, key: string): SourceRange {
  const mapping = nodeAt(source, path);
  const pair = isMap(mapping)
    ? mapping.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key)
    : undefined;
  const node = pair?.key;
  return isNode(node) && node.range
    ? rangeFrom(source, node.range[0], node.range[1])
    : positionOf(source, path);
}

/**
 * Where character `offset` of a text stands. In a block (`|` or `>`) that is so many characters on, without the
 * indentation; a text with escapes or line breaks inside quotes gives its start.
 */
export function positionInText(source: PositionedDocument, path: Path, offset: number): SourceRange {
  const node = nodeAt(source, path);
  if (!isScalar(node) || !node.range) return positionOf(source, path);
  const [start, end] = node.range;
  const raw = source.text.slice(start, end);
  if (node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED) {
    const at = offsetInBlock(raw, offset);
    if (at !== undefined) return rangeFrom(source, start + at);
  } else if (!raw.includes('\n') && !raw.includes('\\')) {
    const quote = node.type === Scalar.PLAIN ? 0 : 1;
    return rangeFrom(source, Math.min(start + quote + offset, end));
  }
  return rangeFrom(source, start, end);
}

// Folding makes one space of one line break, so that both kinds of block keep their count of characters.
function offsetInBlock(raw: string, offset: number): number | undefined {
  const header = raw.indexOf('\n') + 1;
  const indent = /^ */.exec(raw.slice(header))![0].length;
  let left = offset;
  let at = header;
  for (const line of raw.slice(header).split('\n')) {
    const length = Math.max(0, line.length - indent);
    if (left <= length) return at + Math.min(indent, line.length) + left;
    left -= length + 1;
    at += line.length + 1;
  }
  return undefined;
}

export function rangeFrom(
  source: Pick<PositionedDocument, 'file' | 'lines'>,
  from: number,
  to?: number,
): SourceRange {
  const { line, col: column } = source.lines.linePos(from);
  if (to === undefined) return { file: source.file, line, column };
  const end = source.lines.linePos(to);
  return { file: source.file, line, column, endLine: end.line, endColumn: end.col };
}

function nodeAt(source: PositionedDocument, path: Path): Node | undefined {
  const node = path.length === 0 ? source.document.contents : source.document.getIn(path, true);
  return isNode(node) ? node : undefined;
}
