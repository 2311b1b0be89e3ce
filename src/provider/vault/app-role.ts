import { entryType } from './entry-type.ts';
import { vaultOf } from './scope.ts';
import { refusedPolicies, tokenFields } from './token-fields.ts';

/**
 * What an application logs in to Vault as. Its role id is an attribute. A secret id is made by whoever starts the
 * application, wrapped and for once: one that Slipway made would have to be kept until then.
 */
export const { type: appRole, schema: appRoleSchema } = entryType({
  type: 'Vault::AppRole',
  mount: 'approle',
  root: 'auth/',
  room: 'role',
  description:
    'What an application logs in to Vault as. Secret ids are made by what starts the application, and are not kept here.',
  named: 'What those who make its secret ids call it, in small letters.',
  isSmall: true,
  attributes: ['RoleId'],
  fields: {
    BindSecretId: {
      field: 'bind_secret_id',
      kind: 'flag',
      default: true,
      description: 'Whether logging in takes a secret id.',
    },
    SecretIdTtl: {
      field: 'secret_id_ttl',
      kind: 'duration',
      default: '0s',
      description: 'How long a secret id is valid. `0s`: for ever.',
    },
    SecretIdNumUses: {
      field: 'secret_id_num_uses',
      kind: 'integer',
      default: 0,
      minimum: 0,
      description: 'How often one can be used. `0`: as often as one likes.',
    },
    SecretIdBoundCidrs: {
      field: 'secret_id_bound_cidrs',
      kind: 'networks',
      default: [],
      description: 'Where one can be used from; where none is needed, where one can log in from.',
    },
    ...tokenFields,
  },
  refusals: refusedPolicies,
  attributesOf: async (context, { path }) => {
    const { role_id: id } = (await vaultOf(context).vault.read(`${path}/role-id`)) ?? {};
    return { RoleId: String(id ?? '') };
  },
});
