import type { Verbs } from '../program.ts';
import { auditVerbs } from './audit.ts';
import { encryptionVerbs } from './encryption.ts';
import { handOverVerbs } from './hand-over.ts';
import { jobVerbs } from './jobs.ts';
import { policyVerbs } from './policy.ts';
import { stateVerbs } from './state.ts';

/** Every verb, in the order in which `--help` shows them. */
export const commands: Verbs = {
  validate: {
    summary: 'check templates and the parameter files beside them, without asking the cloud',
    load: async () => (await import('./validate.ts')).defineValidate,
  },
  plan: {
    summary: 'show what applying a template would change; changes nothing',
    load: async () => (await import('./plan.ts')).definePlan,
  },
  apply: {
    summary: 'make the cloud as a template says, or as a saved plan says',
    load: async () => (await import('./apply.ts')).defineApply,
  },
  import: {
    summary: 'take over what exists as a resource of a template; changes nothing else of the stack',
    load: async () => (await import('./import.ts')).defineImport,
  },
  destroy: {
    summary: 'delete everything that a stack made',
    load: async () => (await import('./destroy.ts')).defineDestroy,
  },
  rollback: {
    summary: 'make a stack what an earlier run made it',
    load: async () => (await import('./rollback.ts')).defineRollback,
  },
  drift: {
    summary: 'show what was changed outside Slipway since it last applied; changes nothing',
    load: async () => (await import('./drift.ts')).defineDrift,
  },
  graph: {
    summary: 'draw what depends on what in a template; asks nothing of the cloud',
    load: async () => (await import('./graph.ts')).defineGraph,
  },
  state: {
    summary: 'look at what Slipway remembers',
    examples: ['slipway state list', "slipway state show 'acme/shop:infra/shop.yaml@dev'"],
    verbs: stateVerbs,
  },
  audit: {
    summary: 'who had what done, and on whose word: prove it whole, or print it',
    examples: ['slipway audit verify', 'slipway audit export'],
    verbs: auditVerbs,
  },
  'hand-over': {
    summary: 'outputs that were handed over: where they are, and wrapped ones that could not be opened',
    examples: ['slipway hand-over list infra/shop.yaml --environment dev'],
    verbs: handOverVerbs,
  },
  policy: {
    summary: 'look at policies, test them, write one, and scan templates with them',
    examples: [
      'slipway policy scan infra/',
      'slipway policy show no-public-remote-access',
      'slipway policy test --directory policies',
    ],
    verbs: policyVerbs,
  },
  jobs: {
    summary: 'the work that waits, and what was given up: look at it, have it tried again',
    examples: ['slipway jobs list', 'slipway jobs retry --all'],
    verbs: jobVerbs,
  },
  backup: {
    summary: 'write all that Slipway knows to a file, while it runs',
    load: async () => (await import('./backup.ts')).defineBackup,
  },
  restore: {
    summary: 'fill an empty database from a backup, or from the embedded one',
    load: async () => (await import('./restore.ts')).defineRestore,
  },
  encryption: {
    summary: 'encrypt what the database holds, and change the keys',
    examples: ['slipway encryption status', 'slipway encryption rotate'],
    verbs: encryptionVerbs,
  },
  start: {
    summary: 'run the GitHub App: take webhooks, plan, apply',
    load: async () => (await import('./start.ts')).defineStart,
  },
  demo: {
    summary: 'play the whole story on this machine: a GitHub, an AWS emulator, Slipway, three pull requests',
    load: async () => (await import('./demo.ts')).defineDemo,
  },
};
