import pLimit, { type LimitFunction } from 'p-limit';

export interface Step {
  readonly id: string;
  readonly needs: readonly string[];
}

export interface Walk {
  readonly done: ReadonlySet<string>;
  readonly failed: ReadonlyMap<string, unknown>;
  /** Not finished: something they need failed, or the walk was stopped before or while they ran. */
  readonly notStarted: readonly string[];
}

/** Steps of one lane wait for one another where there are too many, and not for those of another lane. */
export interface Lanes<S> {
  of(step: S): string;
  /** How many of one lane at once. */
  readonly concurrency: number;
}

/**
 * Runs every step as soon as what it needs is done, at most `concurrency` at once; of several, first the one that
 * most others wait for. A failure stops what hangs on
 * it and nothing else. After `signal` nothing new is started; what runs is waited for, and what throws then did not
 * fail. Steps in `done` and `failed` are not run: they ended in an earlier life.
 */
export async function walk<S extends Step>(
  steps: readonly S[],
  run: (step: S) => Promise<void>,
  options: {
    concurrency: number;
    lanes?: Lanes<S>;
    signal?: AbortSignal;
    done?: ReadonlySet<string>;
    failed?: ReadonlyMap<string, unknown>;
  },
): Promise<Walk> {
  const inTurn = turns(options.concurrency, options.lanes);
  const done = new Set(options.done);
  const failed = new Map(options.failed);
  const ended = (id: string) => done.has(id) || failed.has(id);
  const waiting = new Map(steps.filter((s) => !ended(s.id)).map((s) => [s.id, s]));
  const missing = new Map<string, number>();
  const dependents = new Map<string, string[]>();
  const known = new Set(steps.map((s) => s.id));
  for (const step of waiting.values()) {
    const open = step.needs.filter((id) => known.has(id) && !done.has(id));
    missing.set(step.id, open.length);
    for (const id of open) {
      const others = dependents.get(id);
      if (others) others.push(step.id);
      else dependents.set(id, [step.id]);
    }
  }

  await new Promise<void>((resolve) => {
    let running = 0;
    const start = (id: string) => {
      const step = waiting.get(id)!;
      waiting.delete(id);
      running++;
      void inTurn(step, () => execute(step)).then(() => {
        running--;
        if (running === 0) resolve();
      });
    };
    const startReady = (ids: readonly string[]) => {
      const ready = ids.filter((id) => missing.get(id) === 0);
      const waitFor = (id: string) => dependents.get(id)?.length ?? 0;
      for (const id of ready.sort((a, b) => waitFor(b) - waitFor(a))) start(id);
    };
    const execute = async (step: S) => {
      if (options.signal?.aborted) {
        waiting.set(step.id, step);
        return;
      }
      try {
        await run(step);
      } catch (error) {
        if (options.signal?.aborted) waiting.set(step.id, step);
        else failed.set(step.id, error);
        return;
      }
      done.add(step.id);
      const freed = dependents.get(step.id) ?? [];
      for (const id of freed) missing.set(id, missing.get(id)! - 1);
      if (!options.signal?.aborted) startReady(freed);
    };
    startReady([...waiting.keys()]);
    if (running === 0) resolve();
  });
  return { done, failed, notStarted: [...waiting.keys()] };
}

/** Waits for a place in the step's lane, and then for one of all. */
function turns<S>(concurrency: number, lanes: Lanes<S> | undefined) {
  const all = pLimit(concurrency);
  const limits = new Map<string, LimitFunction>();
  return (step: S, work: () => Promise<void>): Promise<void> => {
    if (!lanes) return all(work);
    const lane = lanes.of(step);
    const limit = limits.get(lane) ?? pLimit(lanes.concurrency);
    limits.set(lane, limit);
    return limit(() => all(work));
  };
}
