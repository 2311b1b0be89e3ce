import { entryType } from './entry-type.ts';
import type { Fields } from './fields.ts';

const statements = (field: string, description: string) =>
  ({ field, kind: 'list', default: [], description }) as const;

const fields: Fields = {
  Connection: {
    field: 'db_name',
    kind: 'text',
    replaces: 'always',
    description: 'The name of the connection, whose `AllowedRoles` have to have this one.',
  },
  CreationStatements: statements(
    'creation_statements',
    'What makes a user, with `{{name}}`, `{{password}}` and `{{expiration}}` in it.',
  ),
  RevocationStatements: statements(
    'revocation_statements',
    "What takes it away. The plugin's own where it is left out.",
  ),
  RollbackStatements: statements('rollback_statements', 'What cleans up after one that could not be made.'),
  RenewStatements: statements('renew_statements', 'What lets it live on.'),
  DefaultTtl: {
    field: 'default_ttl',
    kind: 'duration',
    default: '0s',
    description: 'How long a user lives. `0s`: as the mount says.',
  },
  MaxTtl: {
    field: 'max_ttl',
    kind: 'duration',
    default: '0s',
    description: 'How long it can be renewed for.',
  },
};

/** Users of a database that are made for each who asks, and go again. */
export const { type: databaseRole, schema: databaseRoleSchema } = entryType({
  type: 'Vault::Database::Role',
  mount: 'database',
  room: 'roles',
  description: 'Users of a database that are made for each who asks, and go again.',
  named: 'What those who ask for a user call it: they read `database/creds/NAME`.',
  required: ['Connection', 'CreationStatements'],
  fields,
});
