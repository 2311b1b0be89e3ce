import { readUsage } from './usage.ts';

export interface Sample {
  readonly atMs: number;
  readonly residentMb: number;
}

/** Looks at the memory of a process each second, until it is told to stop. */
export function sampled(pid: number): {
  stop(): readonly Sample[];
} {
  const began = performance.now();
  const samples: Sample[] = [];
  const timer = setInterval(async () => {
    const usage = await readUsage();
    samples.push({ atMs: performance.now() - began, residentMb: usage.residentMb(pid) });
  }, 1000);
  return {
    stop() {
      clearInterval(timer);
      return samples;
    },
  };
}
