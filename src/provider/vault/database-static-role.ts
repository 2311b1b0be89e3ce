import { entryType } from './entry-type.ts';

/** A user of a database that is there already, whose password Vault keeps and changes. */
export const { type: databaseStaticRole, schema: databaseStaticRoleSchema } = entryType({
  type: 'Vault::Database::StaticRole',
  mount: 'database',
  room: 'static-roles',
  description: 'A user of a database that is there already, whose password Vault keeps and changes.',
  named: 'What those who ask for the password call it: they read `database/static-creds/NAME`.',
  required: ['Connection', 'Username', 'RotationPeriod'],
  fields: {
    Connection: {
      field: 'db_name',
      kind: 'text',
      replaces: 'always',
      description: 'The name of the connection, whose `AllowedRoles` have to have this one.',
    },
    Username: {
      field: 'username',
      kind: 'text',
      replaces: 'always',
      description: 'The user in the database. Its password is changed at once.',
    },
    RotationPeriod: {
      field: 'rotation_period',
      kind: 'duration',
      description: 'How often its password is changed, at least `5s`.',
    },
    RotationStatements: {
      field: 'rotation_statements',
      kind: 'list',
      default: [],
      description: "What changes it. The plugin's own where it is left out.",
    },
  },
});
