import type { Verbs } from '../program.ts';

/** What can be done with the audit record, in the order in which `--help` shows it. */
export const auditVerbs: Verbs = {
  verify: {
    summary: 'prove that nothing in the audit record was altered, left out or put in',
    load: async () => (await import('../audit/verify.ts')).defineVerify,
  },
  run: {
    summary:
      'show what one run did: what it asked Vault, by the ids of its audit log, and what it handed over',
    load: async () => (await import('../audit/run.ts')).defineRun,
  },
  export: {
    summary: 'print the audit record, a line of JSON for each entry',
    load: async () => (await import('../audit/export.ts')).defineExport,
  },
};
