import type { SourceRange } from '../base/source.ts';

/** Turns offsets in one text into lines and columns. */
export interface SourcePositions {
  readonly file: string;
  readonly text: string;
  /** `end` is the offset after the last character. */
  range(start: number, end: number): SourceRange;
}

export function sourcePositions(file: string, text: string): SourcePositions {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  // Readers ask for neighbouring offsets one after the other, so the last answer is nearly always the next one.
  let last = 0;
  const lineOf = (offset: number): number => {
    if (lineStarts[last]! <= offset) {
      for (let steps = 0; steps < 4; steps++) {
        const next = lineStarts[last + 1];
        if (next === undefined || offset < next) return last;
        last++;
      }
    }
    let low = 0;
    let high = lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (lineStarts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    last = low;
    return low;
  };
  return {
    file,
    text,
    range(start, end) {
      const line = lineOf(start);
      const endLine = lineOf(end);
      return {
        file,
        line: line + 1,
        column: start - lineStarts[line]! + 1,
        endLine: endLine + 1,
        endColumn: end - lineStarts[endLine]! + 1,
      };
    },
  };
}

/** From the start of one range to the end of another. */
export function spanning(from: SourceRange, to: SourceRange): SourceRange {
  return {
    file: from.file,
    line: from.line,
    column: from.column,
    endLine: to.endLine ?? to.line,
    endColumn: to.endColumn ?? to.column,
  };
}
