import type { Verbs } from '../program.ts';

/** What can be done with the queue, in the order in which `--help` shows it. */
export const jobVerbs: Verbs = {
  list: {
    summary: 'what was given up, what it waits to try again, and what waits behind',
    load: async () => (await import('../jobs/list.ts')).defineList,
  },
  retry: {
    summary: 'have jobs that were given up done after all',
    load: async () => (await import('../jobs/retry.ts')).defineRetry,
  },
  forget: {
    summary: 'delete jobs that were given up',
    load: async () => (await import('../jobs/forget.ts')).defineForget,
  },
};
