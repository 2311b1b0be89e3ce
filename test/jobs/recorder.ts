import type { Logger } from 'pino';
import { systemClock } from '../../src/base/clock.ts';
import type { Database } from '../../src/db/database.ts';
import { createQueue, type Handler, type Queue, type QueueOptions } from '../../src/jobs/queue.ts';

/** What the tests' jobs carry: a name to tell them apart, and what their handler has to do. */
export interface TestJob {
  readonly name: string;
  /** Whom it counts for. */
  readonly owner?: string;
  readonly repo?: string;
  readonly installation?: number;
  readonly takesMs?: number;
  /** Fails so many times before it succeeds. */
  readonly fails?: number;
}

export interface TestPayloads {
  plan: TestJob;
  apply: TestJob;
}

/** What happened, in the order in which it did: `begin a`, `end a`, `fail a`, `abort a`, `exhausted a`. */
export interface Recorder {
  readonly events: string[];
  /** Resolves once `event` has happened `times` times. */
  until(event: string, times?: number): Promise<void>;
}

export function createRecorder(): Recorder & { record(event: string): void } {
  const events: string[] = [];
  const waiting = new Set<() => void>();
  return {
    events,
    record(event) {
      events.push(event);
      for (const check of waiting) check();
    },
    until(event, times = 1) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`no '${event}' in ${JSON.stringify(events)}`)),
          25_000,
        );
        const check = () => {
          if (events.filter((e) => e === event).length < times) return;
          clearTimeout(timer);
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      });
    },
  };
}

export const quiet: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'> = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
};

/** A queue whose handlers do as their jobs say and tell the recorder. */
export function recordingQueue(
  database: Database,
  record: (event: string) => void,
  options: Partial<Pick<QueueOptions<TestPayloads>, 'places' | 'log' | 'onOutdated'>> = {},
): Promise<Queue<TestPayloads>> {
  const failures = new Map<string, number>();
  const handler: Handler<TestJob> = {
    retries: 2,
    retryDelaySeconds: 0,
    async handle({ name, takesMs = 0, fails = 0 }, signal) {
      record(`begin ${name}`);
      await systemClock.sleep(takesMs, signal).catch((error) => {
        record(`abort ${name}`);
        throw error;
      });
      const failed = failures.get(name) ?? 0;
      if (failed < fails) {
        failures.set(name, failed + 1);
        record(`fail ${name}`);
        throw new Error(`${name} fails for the ${failed + 1}. time`);
      }
      record(`end ${name}`);
    },
    async onExhausted({ name }) {
      record(`exhausted ${name}`);
    },
  };
  return createQueue<TestPayloads>(database, {
    handlers: { plan: handler, apply: { ...handler, retryDelaySeconds: 1 } },
    log: quiet,
    clock: systemClock,
    ...options,
  });
}
