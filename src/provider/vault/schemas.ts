import type { TypeSchema, TypeSchemas } from '../../template/type-schema.ts';
import { appRoleSchema } from './app-role.ts';
import { auditSchema } from './audit.ts';
import { databaseConnectionSchema } from './database-connection.ts';
import { databaseRoleSchema } from './database-role.ts';
import { databaseStaticRoleSchema } from './database-static-role.ts';
import { kvSecretSchema } from './kv-secret.ts';
import { pkiCertificateSchema } from './pki-certificate.ts';
import { pkiRoleSchema } from './pki-role.ts';
import { policySchema } from './policy.ts';
import { sshCaSchema } from './ssh-ca.ts';
import { sshRoleSchema } from './ssh-role.ts';
import { transitKeySchema } from './transit-key.ts';

const all: readonly TypeSchema[] = [
  appRoleSchema,
  auditSchema,
  databaseConnectionSchema,
  databaseRoleSchema,
  databaseStaticRoleSchema,
  kvSecretSchema,
  pkiCertificateSchema,
  pkiRoleSchema,
  policySchema,
  sshCaSchema,
  sshRoleSchema,
  transitKeySchema,
];

/** By type name. */
export const vaultSchemas: TypeSchemas = Object.fromEntries(all.map((schema) => [schema.type, schema]));
