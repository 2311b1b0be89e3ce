import type { Figure } from '../bench/scenario.ts';
import { cores, readUsage, type Usage } from './usage.ts';
import type { LoadWorld } from './world.ts';

/** Which processors' time went where, from now until it is asked. */
export interface Spending {
  readonly slipways: readonly number[];
  readonly postgres: number;
  /** GitHub with its git, the cloud, and what drives the load: none of it is there in earnest. */
  readonly standIns: number;
  readonly seconds: number;
}

/** Begins to count. */
export async function spending(world: LoadWorld): Promise<() => Promise<Spending>> {
  const before = await readUsage();
  const began = performance.now();
  const pids = world.slipways.map(({ pid }) => pid);
  return async () => {
    const after = await readUsage();
    const of = (pid: number) => after.cpuSeconds(pid) - before.cpuSeconds(pid);
    const slipways = pids.map(of);
    const postgres = of(world.postgres.pid);
    const rest = of(process.pid) - slipways.reduce((sum, one) => sum + one, 0) - postgres;
    return { slipways, postgres, standIns: rest, seconds: (performance.now() - began) / 1000 };
  };
}

/** The same in percent of all cores, and what that leaves. */
export function shares({ slipways, postgres, standIns, seconds }: Spending): Figure['of'] & object {
  const all = cores * seconds;
  const percent = (used: number) => Math.round((100 * used) / all);
  const ours = slipways.reduce((sum, one) => sum + one, 0);
  return {
    '% of all cores: Slipway': percent(ours),
    '% of all cores: PostgreSQL': percent(postgres),
    '% of all cores: the GitHub and the cloud that stand in': percent(standIns),
    '% of one core: the busiest Slipway': Math.round((100 * Math.max(...slipways)) / seconds),
  };
}

/** Resident memory of the largest Slipway, in MB. */
export async function largestMb({ slipways }: LoadWorld): Promise<number> {
  const usage: Usage = await readUsage();
  return Math.max(...slipways.map(({ pid }) => usage.residentMb(pid)));
}
