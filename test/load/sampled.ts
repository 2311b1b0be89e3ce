import { readUsage } from './usage.ts';

export interface Sample {
  readonly atMs: number;
  readonly residentMb: number;
}

/** Looks at the memory of a process each second, until it is told to stop. */
export function sampled(pid: number): {
  stop(): Promise<{ readonly samples: readonly Sample[]; readonly cpuSeconds: number }>;
} {
  const began = performance.now();
  const samples: Sample[] = [];
  const before = readUsage();
  const timer = setInterval(async () => {
    const usage = await readUsage();
    samples.push({ atMs: performance.now() - began, residentMb: usage.residentMb(pid) });
  }, 1000);
  return {
    async stop() {
      clearInterval(timer);
      const cpuSeconds = (await readUsage()).cpuSeconds(pid) - (await before).cpuSeconds(pid);
      return { samples, cpuSeconds };
    },
  };
}
