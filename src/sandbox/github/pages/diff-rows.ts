/** One line of a file's difference, with the numbers that it has before and after. */
export interface DiffRow {
  readonly kind: 'context' | 'add' | 'del' | 'hunk' | 'note';
  readonly before: number | null;
  readonly after: number | null;
  readonly text: string;
}

/** Reads the hunks of a patch. The text of a line is without its sign. */
export function diffRows(patch: string): DiffRow[] {
  let before = 0;
  let after = 0;
  return patch.split('\n').map((line): DiffRow => {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
    if (hunk) {
      before = Number(hunk[1]);
      after = Number(hunk[2]);
      return { kind: 'hunk', before: null, after: null, text: line };
    }
    const text = line.slice(1);
    if (line.startsWith('+')) return { kind: 'add', before: null, after: after++, text };
    if (line.startsWith('-')) return { kind: 'del', before: before++, after: null, text };
    // '\ No newline at end of file'
    if (line.startsWith('\\')) return { kind: 'note', before: null, after: null, text: line.slice(2) };
    return { kind: 'context', before: before++, after: after++, text };
  });
}
