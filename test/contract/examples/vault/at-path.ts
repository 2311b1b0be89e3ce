import type { Example } from '../example.ts';

/** Whether there is anything at the physical id: in Vault a path has one thing or none. */
export const countAtPath: Example['count'] = async (_aws, { physicalId }, _intent, context) =>
  (await context!.vault!.vault.read(physicalId)) === undefined ? 0 : 1;
