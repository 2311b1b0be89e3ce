import type { Example } from '../example.ts';
import { kvSecret } from './kv-secret.ts';

/** Types in Vault: the contract is run on each against a real server. */
export const vaultExamples: readonly Example[] = [kvSecret];
