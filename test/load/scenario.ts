import type { Figure } from '../bench/scenario.ts';

export interface LoadOptions {
  /** How long the load lasts, where a scenario has a length. */
  readonly seconds?: number;
  /** Which part of the whole is played, 1 for all of it. */
  readonly scale?: number;
}

/** One kind of load, with its figures. */
export interface LoadScenario {
  readonly name: string;
  /** One line: what is done. */
  readonly about: string;
  run(options: LoadOptions, say: (text: string) => void): Promise<readonly Figure[]>;
}
