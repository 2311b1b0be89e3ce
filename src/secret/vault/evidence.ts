/**
 * What Vault was asked in the work in hand, by the ids that Vault's own audit log has: who holds both records can tell
 * which run read what. Neither texts nor tokens are in it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { VaultAnswer, VaultCall } from '../vault.ts';

export interface VaultUse {
  readonly method: VaultCall['method'];
  readonly path: string;
  /** Vault's `request_id`; it gives none with what it wraps, nor where it has nothing to answer. */
  readonly request?: string;
  /** What was leased, by the id that Vault renews and revokes it by. */
  readonly lease?: string;
  /** Of a token that was made, looked at or revoked, or that a value was wrapped in: names it, and opens nothing. */
  readonly accessor?: string;
  /** ISO 8601 */
  readonly at: string;
}

/** Where it is written down. An answer is used only once that is done. */
export type NoteVaultUse = (use: VaultUse) => Promise<void>;

const notes = new AsyncLocalStorage<NoteVaultUse>();

/** Does work of which each use of Vault is written down. */
export function noting<T>(note: NoteVaultUse, work: () => T): T {
  return notes.run(note, work);
}

/** Writes down what was asked, where the work in hand is of a kind of which that is done. */
export async function noteUse(call: VaultCall, answer: VaultAnswer): Promise<void> {
  const { method, path, body, ofAccessor } = call;
  const { requestId, lease, auth, wrapped } = answer;
  const asked = typeof body?.accessor === 'string' ? body.accessor : ofAccessor;
  const accessor = auth?.accessor ?? wrapped?.accessor ?? asked;
  await notes.getStore()?.({
    method,
    path,
    ...(requestId === undefined ? {} : { request: requestId }),
    ...(lease ? { lease: lease.id } : {}),
    ...(accessor === undefined ? {} : { accessor }),
    at: new Date().toISOString(),
  });
}
