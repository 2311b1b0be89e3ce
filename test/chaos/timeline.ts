/** What happened, and when: what a failure is understood by. */
export interface Timeline {
  readonly lines: readonly string[];
  note(what: string): void;
}

/** @param tell told of each line as it comes */
export function timeline(tell: (line: string) => void = () => {}): Timeline {
  const began = Date.now();
  const lines: string[] = [];
  return {
    lines,
    note(what) {
      const line = `${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${what}`;
      lines.push(line);
      tell(line);
    },
  };
}
