import type { Example } from '../example.ts';
import { countAtPath } from './at-path.ts';

/** The examples for what Vault does in databases, on a real PostgreSQL. Its user `shop_static` is there. */
export function databaseExamples(postgresUrl: string): readonly Example[] {
  const { username, password, host, pathname } = new URL(postgresUrl);
  const connection = {
    Name: 'example',
    AllowedRoles: ['shop', 'example'],
    ConnectionUrl: `postgresql://{{username}}:{{password}}@${host}${pathname}?sslmode=disable`,
    Username: username,
    Password: password,
  };
  const needs = {
    Connection: {
      type: 'Vault::Database::Connection',
      properties: { ...connection, Name: 'needed', AllowedRoles: ['*'] },
    },
  };
  const Connection = { 'Fn::GetAtt': ['Connection', 'Name'] };
  const CreationStatements = [
    "CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'",
    'GRANT pg_monitor TO "{{name}}"',
  ];
  const role = { Name: 'example', Connection, CreationStatements, DefaultTtl: '1h' };
  const staticRole = { Name: 'example-static', Connection, Username: 'shop_static', RotationPeriod: '1d' };
  return [
    {
      type: 'Vault::Database::Connection',
      creates: 'POST database/config/example',
      properties: connection,
      edits: {
        'other roles': { AllowedRoles: ['shop'] },
        'another address of the same': { ConnectionUrl: `${connection.ConnectionUrl}&application_name=shop` },
        'another login, not tried': { Username: 'nobody', Password: 'unknown', VerifyConnection: false },
        'a policy for passwords': { PasswordPolicy: 'shop' },
      },
      sameAs: {
        'written in another way': { ...connection, Mount: 'database', AllowedRoles: ['example', 'shop'] },
      },
      count: countAtPath,
    },
    {
      type: 'Vault::Database::Role',
      creates: 'POST database/roles/example',
      needs,
      properties: role,
      edits: {
        'other users': { CreationStatements: CreationStatements.slice(0, 1) },
        'what goes with them': {
          RevocationStatements: ['DROP ROLE "{{name}}"'],
          RollbackStatements: ['DROP ROLE IF EXISTS "{{name}}"'],
          RenewStatements: ['ALTER ROLE "{{name}}" VALID UNTIL \'{{expiration}}\''],
        },
        'other times': { DefaultTtl: '90m', MaxTtl: '1d' },
      },
      sameAs: { 'written in another way': { ...role, Mount: 'database', DefaultTtl: 3600 } },
      count: countAtPath,
    },
    {
      type: 'Vault::Database::StaticRole',
      creates: 'POST database/static-roles/example-static',
      needs,
      properties: staticRole,
      edits: {
        'another period': { RotationPeriod: '36h' },
        'how it is changed': { RotationStatements: ['ALTER USER "{{name}}" WITH PASSWORD \'{{password}}\''] },
      },
      sameAs: { 'written in another way': { ...staticRole, Mount: 'database', RotationPeriod: '24h' } },
      count: countAtPath,
    },
  ];
}
