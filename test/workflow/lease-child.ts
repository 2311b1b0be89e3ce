// The process that is killed while it holds credentials: leases them as a run does, says so, and never ends.
import { createLog } from '../../src/base/log.ts';
import { openDatabase } from '../../src/db/database.ts';
import { openVaults } from '../../src/secret/vault/configuration.ts';
import { createVaultSessions } from '../../src/state/vault-sessions.ts';
import { leaseCloud } from '../../src/workflow/lease-cloud.ts';

const { url, address, token, path, stack } = JSON.parse(process.argv[2] ?? '') as Record<
  'url' | 'address' | 'token' | 'path' | 'stack',
  string
>;
const database = await openDatabase({ url });
const vaults = openVaults({ default: { address, login: { method: 'token', token } } }, () => {});
const vaultSessions = createVaultSessions(database);
const log = createLog({ level: 'silent', mask: (text) => text });
await leaseCloud({ vaults, vaultSessions, log }, { name: 'prod' }, { stack, path });
process.stdout.write('leased\n');
setInterval(() => {}, 1000);
