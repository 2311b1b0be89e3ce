import type { Clock } from '../../src/base/clock.ts';
import type { Aws } from '../../src/provider/aws/aws.ts';
import type { ProviderContext } from '../../src/provider/provider.ts';
import type { VaultScope } from '../../src/provider/vault/scope.ts';
import type { RunningService } from '../../src/sandbox/services/index.ts';
import { openVault } from '../../src/secret/vault.ts';
import { contextOf } from './workbench.ts';

/** A stack that may be anywhere in a running Vault, where nothing else is said. */
export function vaultContextOf(
  { environment }: RunningService,
  aws: Aws,
  clock: Clock,
  stack: string,
  scope: Partial<VaultScope> = {},
): ProviderContext & { readonly vault: VaultScope } {
  const { VAULT_ADDR: address = '', VAULT_TOKEN: token = '' } = environment;
  const vault = openVault({ address, login: { method: 'token', token } });
  return {
    ...contextOf(aws, clock, stack),
    vault: { vault, reads: ['**'], writes: ['**'], onSecret: () => {}, ...scope },
  };
}
