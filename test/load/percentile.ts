/** The value that so many of a hundred are not above; 0 of none. */
export function percentile(values: readonly number[], hundredth: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((hundredth / 100) * sorted.length) - 1)] ?? 0;
}
