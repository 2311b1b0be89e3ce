import type { Verbs } from '../program.ts';

/** What can be done with policies, in the order in which `--help` shows it. */
export const policyVerbs: Verbs = {
  list: {
    summary: 'every policy',
    load: async () => (await import('../policy/list.ts')).defineList,
  },
  show: {
    summary: 'what a policy says, what it looks at, and what can be set',
    load: async () => (await import('../policy/show.ts')).defineShow,
  },
  test: {
    summary: "run policies' own examples",
    load: async () => (await import('../policy/test.ts')).defineTest,
  },
  scan: {
    summary: 'hold templates against policies, without state or cloud; for any CI',
    load: async () => (await import('../policy/scan.ts')).defineScan,
  },
  compliance: {
    summary: 'hold what runs against the policies in force',
    load: async () => (await import('../policy/compliance.ts')).defineCompliance,
  },
  impact: {
    summary: 'say what a policy would have stopped, before it is in force',
    load: async () => (await import('../policy/impact.ts')).defineImpact,
  },
  new: {
    summary: 'write a policy to begin with, which keeps its own examples',
    load: async () => (await import('../policy/new.ts')).defineNew,
  },
};
