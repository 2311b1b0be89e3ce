/** One figure of a benchmark, with the budget that DESIGN.md sets for it where there is one. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: 'ms' | 's' | '/s' | 'calls' | 'count' | 'MB' | '%' | 'exponent' | 'times';
  readonly budget?: { readonly most?: number; readonly least?: number };
  /** What a number of calls is made of, by API action. */
  readonly of?: Readonly<Record<string, number>>;
}

export interface Scenario {
  readonly name: string;
  run(say: (text: string) => void): Promise<readonly Figure[]>;
}

export function meets({ value, budget }: Figure): boolean | undefined {
  if (!budget) return undefined;
  return (
    value <= (budget.most ?? Number.POSITIVE_INFINITY) && value >= (budget.least ?? Number.NEGATIVE_INFINITY)
  );
}

/** The middle one of several runs: machines are noisy. */
export function middle<Run>(runs: readonly Run[], by: (run: Run) => number): Run {
  return runs.toSorted((a, b) => by(a) - by(b))[Math.floor(runs.length / 2)]!;
}

export function median(values: readonly number[]): number {
  return middle(values, (value) => value);
}
