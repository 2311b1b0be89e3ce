import { isObject } from '../../base/value.ts';
import { entryType } from './entry-type.ts';
import { bodyOf, type Fields, propertiesOf } from './fields.ts';
import { vaultOf } from './scope.ts';

/** What Vault keeps for the plugin, one room below the rest. */
const details: Fields = {
  ConnectionUrl: {
    field: 'connection_url',
    kind: 'text',
    description:
      'Where the database is, with `{{username}}` and `{{password}}` in it and neither of the two.',
  },
  Username: { field: 'username', kind: 'text', description: 'As whom Vault logs in to it.' },
};

const kept: Fields = {
  PluginName: {
    field: 'plugin_name',
    kind: 'text',
    default: 'postgresql-database-plugin',
    replaces: 'always',
    description: 'What speaks to it.',
  },
  AllowedRoles: {
    field: 'allowed_roles',
    kind: 'set',
    default: [],
    description: 'Names of the roles that may use it.',
  },
  PasswordPolicy: {
    field: 'password_policy',
    kind: 'text',
    default: '',
    description: "The password policy of Vault's by which passwords are made.",
  },
};

const told: Fields = {
  Password: {
    field: 'password',
    kind: 'text',
    description:
      'The password that Vault logs in with: a dynamic reference, or a parameter with `NoEcho`. Vault tells it to nobody.',
  },
  VerifyConnection: {
    field: 'verify_connection',
    kind: 'flag',
    default: true,
    description: 'Whether it is tried before it is taken.',
  },
};

/** How Vault gets into a database. */
export const { type: databaseConnection, schema: databaseConnectionSchema } = entryType({
  type: 'Vault::Database::Connection',
  mount: 'database',
  room: 'config',
  description:
    'How Vault gets into a database. Another password is told to Vault where the template has another; what Vault has made of it meanwhile it tells to nobody.',
  named: 'What roles call it.',
  required: ['ConnectionUrl'],
  fields: { ...kept, ...details, ...told },
  writeOnly: ['Password', 'VerifyConnection'],
  liveOf: ({ connection_details: of }) => propertiesOf(details, isObject(of) ? of : {}),
  // Vault keeps what it is not sent: what leaves the template is sent as nothing.
  change: async (context, { path }, { before, after }) => {
    const gone = Object.keys(details).filter((name) => name in before && !(name in after));
    const { vault } = vaultOf(context);
    await vault.write(path, {
      ...bodyOf(details, Object.fromEntries(gone.map((name) => [name, '']))),
      ...bodyOf({ ...kept, ...details, ...told }, after),
    });
  },
});
