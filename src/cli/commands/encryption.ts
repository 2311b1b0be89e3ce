import type { Verbs } from '../program.ts';

/** What can be done about the encryption of the database, in the order in which `--help` shows it. */
export const encryptionVerbs: Verbs = {
  status: {
    summary: 'show which keys there are, and how much is encrypted with each',
    load: async () => (await import('../encryption/status.ts')).defineStatus,
  },
  encrypt: {
    summary: 'encrypt what is not encrypted yet, while Slipway runs',
    load: async () => (await import('../encryption/encrypt.ts')).defineEncrypt,
  },
  rotate: {
    summary: 'make another data key, and encrypt everything with it, while Slipway runs',
    load: async () => (await import('../encryption/rotate.ts')).defineRotate,
  },
  rewrap: {
    summary: "wrap the data keys with the first of the operator's keys, so that the others can go",
    load: async () => (await import('../encryption/rewrap.ts')).defineRewrap,
  },
};
