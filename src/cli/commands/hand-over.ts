import type { Verbs } from '../program.ts';

/** What can be asked of outputs that were handed over, in the order in which `--help` shows it. */
export const handOverVerbs: Verbs = {
  list: {
    summary: 'which outputs of a stack were handed over, where and when; never a value',
    load: async () => (await import('../hand-over/list.ts')).defineList,
  },
  unopened: {
    summary: 'say that a wrapped output could not be opened: raises the alarm if somebody else has',
    load: async () => (await import('../hand-over/unopened.ts')).defineUnopened,
  },
};
