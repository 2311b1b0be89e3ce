/** One figure of a benchmark, with the budget that DESIGN.md sets for it where there is one. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: 'ms' | 'calls' | 'MB' | 'exponent' | 'times';
  readonly budget?: { readonly most?: number; readonly least?: number };
}

export interface Scenario {
  readonly name: string;
  /** Undefined when what it needs is not there, with the reason told to `say`. */
  run(say: (text: string) => void): Promise<readonly Figure[]>;
}

export function meets({ value, budget }: Figure): boolean | undefined {
  if (!budget) return undefined;
  return (
    value <= (budget.most ?? Number.POSITIVE_INFINITY) && value >= (budget.least ?? Number.NEGATIVE_INFINITY)
  );
}

/** The middle of several runs: machines are noisy. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
