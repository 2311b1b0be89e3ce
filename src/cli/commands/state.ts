import type { Verbs } from '../program.ts';

/** What can be looked at of the state, in the order in which `--help` shows it. */
export const stateVerbs: Verbs = {
  list: {
    summary: 'every stack that is there',
    load: async () => (await import('../state/list.ts')).defineList,
  },
  show: {
    summary: 'one stack: its resources and outputs',
    load: async () => (await import('../state/show.ts')).defineShow,
  },
  history: {
    summary: 'every run of a stack, newest first',
    load: async () => (await import('../state/history.ts')).defineHistory,
  },
  diff: {
    summary: 'what changed between two versions of a stack, property by property',
    load: async () => (await import('../state/diff.ts')).defineDiff,
  },
};
