import type { Change } from '../../src/plan/plan.ts';

/** What a change has where there is nothing to say of it; a test adds what it is about. */
export const plainChange = {
  differences: [],
  replaceBecause: [],
  dependsOn: [],
  deletionPolicy: 'Delete',
  updateReplacePolicy: 'Delete',
  drift: [],
} as const satisfies Partial<Change>;
