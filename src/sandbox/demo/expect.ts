/** Throws with what was expected, for the person who watches. */
export function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(`expected that ${what}`);
}
