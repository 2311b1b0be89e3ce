import type { Example } from '../example.ts';
import { appRole } from './app-role.ts';
import { audit } from './audit.ts';
import { databaseExamples } from './database.ts';
import { kvSecret } from './kv-secret.ts';
import { pkiCertificate } from './pki-certificate.ts';
import { pkiRole } from './pki-role.ts';
import { policy } from './policy.ts';
import { sshCa } from './ssh-ca.ts';
import { sshRole } from './ssh-role.ts';
import { transitKey } from './transit-key.ts';

/** Types in Vault: the contract is run on each against a real server, and a real database behind it. */
export function vaultExamples(postgresUrl: string): readonly Example[] {
  return [
    appRole,
    audit,
    ...databaseExamples(postgresUrl),
    kvSecret,
    pkiCertificate,
    pkiRole,
    policy,
    sshCa,
    sshRole,
    transitKey,
  ];
}
