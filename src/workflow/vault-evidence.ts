import { AsyncLocalStorage } from 'node:async_hooks';
import { noting, type VaultUse } from '../secret/vault/evidence.ts';
import type { StackId } from '../stack/stack.ts';
import type { State } from '../state/state.ts';

interface Collected {
  /** Whose uses these are; undefined until a run is begun. */
  belongsTo(run: string | undefined): Promise<void>;
}

const collecting = new AsyncLocalStorage<Collected>();

/**
 * Does the work of applying a stack, and writes down in the audit record what Vault is asked in it: what was asked
 * before the run is begun with its beginning, and everything later before the answer is used.
 */
export async function withVaultEvidence<T>(
  state: Pick<State, 'noteVaultUses'>,
  stack: StackId,
  work: () => Promise<T>,
): Promise<T> {
  let owner: string | undefined;
  let uses: VaultUse[] = [];
  let writing = Promise.resolve();
  /** Those that come while others are written go together. */
  const write = (run: string): Promise<void> => {
    const written = writing.then(async () => {
      const batch = uses;
      uses = [];
      if (batch.length > 0) await state.noteVaultUses(run, stack, batch);
    });
    writing = written.catch(() => {});
    return written;
  };
  const collected: Collected = {
    async belongsTo(run) {
      owner = run;
      if (run !== undefined) await write(run);
    },
  };
  const note = async (use: VaultUse) => {
    uses.push(use);
    if (owner !== undefined) await write(owner);
  };
  return collecting.run(collected, () => noting(note, work));
}

/** From here on, what Vault is asked and was asked since the last run belongs to this one; without one, to the next. */
export async function vaultUsesBelongTo(run: string | undefined): Promise<void> {
  await collecting.getStore()?.belongsTo(run);
}
