/** AWS credentials that Vault leases for one plan or one run, and that end with it, whatever becomes of its process. */
import { SlipwayError } from '../base/error.ts';
import type { CredentialProvider } from '../provider/aws/assume-role.ts';
import { leasedCredentials } from '../provider/aws/leased-credentials.ts';
import { noting, type VaultUse } from '../secret/vault/evidence.ts';
import type { Environment } from '../settings/settings.ts';
import type { StackId } from '../stack/stack.ts';
import { repositoryOf } from '../stack/stack-id.ts';
import type { Workflow } from './workflow.ts';

export interface CloudLease {
  readonly credentials: CredentialProvider;
  /** Aborts while there is still time to finish what is in hand: they end, and cannot be renewed. */
  readonly lost: AbortSignal;
  /** Has them revoked. Where that fails, the next sweep does it. */
  end(): Promise<void>;
}

/** Three times within what counts as living. */
const aliveEveryMs = 10_000;

/** @throws SlipwayError what the way to Vault throws: before anything was asked of the cloud */
export async function leaseCloud(
  workflow: Pick<Workflow, 'vaults' | 'vaultSessions' | 'log'>,
  environment: Pick<Environment, 'name' | 'vault'>,
  { stack, path }: { readonly stack: StackId; readonly path: string },
): Promise<CloudLease> {
  const { vaults, vaultSessions: sessions, log } = workflow;
  const server = vaults?.of(environment.vault, repositoryOf(stack));
  if (!server || !sessions) {
    throw new SlipwayError('config-invalid', {
      summary: `${environment.name} takes its credentials from Vault, and Slipway knows of none`,
      remedy: 'Set VAULT_ADDR, and how Slipway logs in.',
    });
  }
  const session = await server.begin();
  const { accessor } = session;
  let alive: NodeJS.Timeout | undefined;
  const end = async () => {
    clearInterval(alive);
    try {
      await session.end();
      await sessions.end(accessor);
    } catch (error) {
      log.warn({ err: error, accessor, stack }, 'what Vault leased is revoked later');
    }
  };
  try {
    // Before anything is leased: from here on nothing of it can be forgotten.
    await sessions.begin({ accessor, vault: environment.vault ?? 'default', stack, path });
    alive = setInterval(() => {
      sessions
        .renew(accessor)
        .catch((error) => log.warn({ err: error, accessor }, 'cannot say that it lives'));
    }, aliveEveryMs);
    alive.unref();
    const credentials = leasedCredentials(await session.lease(path));
    log.info({ accessor, stack, path }, 'credentials were leased from Vault');
    return { credentials, lost: session.lost, end };
  } catch (error) {
    await end();
    throw error;
  }
}

/**
 * Has revoked what dead processes had leased. Where Vault does not answer, what is left stays written down.
 *
 * @returns how many sessions were ended
 */
export async function endAbandonedLeases(
  {
    vaults,
    vaultSessions: sessions,
    log,
    state,
  }: Pick<Workflow, 'vaults' | 'vaultSessions' | 'log'> & Partial<Pick<Workflow, 'state'>>,
  of: 'the dead' | 'everybody',
): Promise<number> {
  let count = 0;
  for (const { accessor, vault, stack, path } of (await sessions?.abandoned(of)) ?? []) {
    try {
      if (!vaults) throw new Error('no Vault is configured any more');
      const server = vaults.server(vault);
      // What a run began that did not end is a part of its evidence.
      const run = await state?.unfinishedRun(stack);
      const note = async (use: VaultUse) => run && state?.noteVaultUses(run.id, stack, [use]);
      await noting(note, () => server.end(accessor));
      await sessions?.end(accessor);
      count++;
      log.warn({ accessor, vault, stack, path }, 'what a dead process had leased from Vault was revoked');
    } catch (error) {
      log.error(
        { err: error, accessor, vault, stack, path },
        'what a dead process had leased is not revoked yet',
      );
    }
  }
  return count;
}
