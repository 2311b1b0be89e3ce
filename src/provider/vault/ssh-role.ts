import { entryType } from './entry-type.ts';
import { type Fields, notBeforeDuration } from './fields.ts';

const fields: Fields = {
  AllowUserCertificates: {
    field: 'allow_user_certificates',
    kind: 'flag',
    default: false,
    description: 'Whether it signs certificates of people.',
  },
  AllowHostCertificates: {
    field: 'allow_host_certificates',
    kind: 'flag',
    default: false,
    description: 'Whether it signs certificates of machines.',
  },
  AllowedUsers: {
    field: 'allowed_users',
    kind: 'commas',
    default: [],
    description: 'Principals that a certificate may be for, `*` for any.',
  },
  DefaultUser: {
    field: 'default_user',
    kind: 'text',
    default: '',
    description: 'The principal where a request names none.',
  },
  AllowedDomains: {
    field: 'allowed_domains',
    kind: 'commas',
    default: [],
    description: 'Domains that a certificate of a machine may be for.',
  },
  AllowBareDomains: {
    field: 'allow_bare_domains',
    kind: 'flag',
    default: false,
    description: 'Whether it may be for one of these itself.',
  },
  AllowSubdomains: {
    field: 'allow_subdomains',
    kind: 'flag',
    default: false,
    description: 'Whether it may be for what is below them.',
  },
  AllowedExtensions: {
    field: 'allowed_extensions',
    kind: 'commas',
    default: [],
    description: 'Extensions that a request may ask for, such as `permit-port-forwarding`.',
  },
  DefaultExtensions: {
    field: 'default_extensions',
    kind: 'map',
    default: {},
    description: 'Extensions where a request asks for none: `{ permit-pty: "" }`.',
  },
  AllowedCriticalOptions: {
    field: 'allowed_critical_options',
    kind: 'commas',
    default: [],
    description: 'Critical options that a request may ask for.',
  },
  DefaultCriticalOptions: {
    field: 'default_critical_options',
    kind: 'map',
    default: {},
    description: 'Critical options where a request asks for none.',
  },
  AllowUserKeyIds: {
    field: 'allow_user_key_ids',
    kind: 'flag',
    default: false,
    description: 'Whether a request may say the key id that servers log.',
  },
  KeyIdFormat: {
    field: 'key_id_format',
    kind: 'text',
    default: '',
    description: 'The key id otherwise, such as `{{token_display_name}}-{{public_key_hash}}`.',
  },
  AlgorithmSigner: {
    field: 'algorithm_signer',
    kind: 'text',
    default: 'default',
    enum: ['default', 'rsa-sha2-256', 'rsa-sha2-512', 'ssh-rsa'],
    description: 'By what an RSA key signs.',
  },
  NotBeforeDuration: notBeforeDuration,
  Ttl: {
    field: 'ttl',
    kind: 'duration',
    default: '0s',
    description: 'How long a certificate is valid. `0s`: as the mount says.',
  },
  MaxTtl: {
    field: 'max_ttl',
    kind: 'duration',
    default: '0s',
    description: 'How long one may be asked for at most.',
  },
};

/** A role that signs certificates with the mount's CA. Vault's other kind, one-time passwords, is not done. */
export const { type: sshRole, schema: sshRoleSchema } = entryType({
  type: 'Vault::SSH::Role',
  mount: 'ssh',
  room: 'roles',
  description:
    "Whose keys the mount's CA signs, and for what. One-time passwords, Vault's other kind of role, are not done.",
  named: 'What those who ask for a certificate call it.',
  fields,
  always: { key_type: 'ca' },
});
