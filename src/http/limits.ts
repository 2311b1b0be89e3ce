import { type Places, placesOf } from '../jobs/take.ts';

/** How much one process does at the same time. */
export interface Limits {
  readonly places: Places;
  /** Stacks of one AWS account that are planned; and as many that are applied. */
  readonly perAccount: number;
}

const most = 1_000;

/** Reads the limits from the environment; what is wrong with them is added to `missing`. */
export function readLimits(env: Readonly<Record<string, string | undefined>>, missing: string[]): Limits {
  const read = (name: string, otherwise: number) => {
    const value = Number(env[name] || otherwise);
    if (Number.isInteger(value) && value >= 1 && value <= most) return value;
    missing.push(`${name}: a number from 1 to ${most}`);
    return otherwise;
  };
  const places = placesOf(read('SLIPWAY_PARALLEL', 10));
  return {
    places: {
      ...places,
      installation: read('SLIPWAY_PARALLEL_PER_INSTALLATION', places.installation),
      repository: read('SLIPWAY_PARALLEL_PER_REPOSITORY', places.repository),
    },
    perAccount: read('SLIPWAY_PARALLEL_PER_ACCOUNT', places.all),
  };
}
