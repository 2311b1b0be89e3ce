/**
 * What a piece of work waits for in the cloud, told to whoever began it: minutes in which nothing else happens. It
 * goes beside the calls and not through them, because what AWS throttles waits in a client that many share.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../base/clock.ts';

export interface Wait {
  /** `instance i-123 to run`; never holds a value. */
  readonly what: string;
  /** ISO 8601 */
  readonly since: string;
}

interface Work {
  readonly tell: (wait: Wait | undefined) => void;
  /** In the order in which they began. */
  readonly open: Set<{ wait: Wait }>;
}

const current = new AsyncLocalStorage<Work>();

/** Does the work, and tells each time that it waits for something else: of several the longest; undefined for nothing. */
export function tellingWaits<T>(tell: Work['tell'], work: () => Promise<T>): Promise<T> {
  return current.run({ tell, open: new Set() }, work);
}

/** One wait of the work that is being done. `over` has to be called, however it ends. */
export function openWait({ now }: Pick<Clock, 'now'>): { isFor(what: string): void; over(): void } {
  const work = current.getStore();
  let mine: { wait: Wait } | undefined;
  const told = () => work?.open.values().next().value?.wait;
  const tellIfOther = (before: Wait | undefined) => {
    if (work && told()?.what !== before?.what) work.tell(told());
  };
  return {
    isFor(what) {
      if (!work || mine?.wait.what === what) return;
      const before = told();
      if (mine) mine.wait = { what, since: mine.wait.since };
      else {
        mine = { wait: { what, since: now().toISOString() } };
        work.open.add(mine);
      }
      tellIfOther(before);
    },
    over() {
      if (!work || !mine) return;
      const before = told();
      work.open.delete(mine);
      mine = undefined;
      tellIfOther(before);
    },
  };
}
