import { entryType } from './entry-type.ts';
import { type Fields, notBeforeDuration } from './fields.ts';

const flag = (field: string, usual: boolean, description: string) =>
  ({ field, kind: 'flag', default: usual, description }) as const;
const set = (field: string, description: string) =>
  ({ field, kind: 'set', default: [], description }) as const;

const fields: Fields = {
  AllowedDomains: set('allowed_domains', 'Domains that a certificate may be for.'),
  AllowBareDomains: flag('allow_bare_domains', false, 'Whether it may be for one of these itself.'),
  AllowSubdomains: flag('allow_subdomains', false, 'Whether it may be for what is below them.'),
  AllowGlobDomains: flag('allow_glob_domains', false, 'Whether the domains may have a `*` in them.'),
  AllowWildcardCertificates: flag(
    'allow_wildcard_certificates',
    true,
    'Whether a certificate may be for `*.` a domain.',
  ),
  AllowAnyName: flag('allow_any_name', false, 'Whether it may be for any name at all.'),
  AllowLocalhost: flag('allow_localhost', true, 'Whether it may be for localhost.'),
  AllowIpSans: flag('allow_ip_sans', true, 'Whether it may be for addresses.'),
  AllowedUriSans: set('allowed_uri_sans', 'URIs that it may be for.'),
  EnforceHostnames: flag('enforce_hostnames', true, 'Whether names have to be names of machines.'),
  RequireCn: flag('require_cn', true, 'Whether a request has to say a common name.'),
  ServerFlag: flag('server_flag', true, 'Whether certificates are for servers.'),
  ClientFlag: flag('client_flag', true, 'Whether certificates are for clients.'),
  KeyType: {
    field: 'key_type',
    kind: 'text',
    default: 'rsa',
    enum: ['any', 'ec', 'ed25519', 'rsa'],
    description: 'Which keys it takes and makes.',
  },
  KeyBits: {
    field: 'key_bits',
    kind: 'integer',
    minimum: 0,
    description: 'How long these are. As Vault says for the kind where it is left out.',
  },
  KeyUsage: {
    field: 'key_usage',
    kind: 'set',
    default: ['DigitalSignature', 'KeyAgreement', 'KeyEncipherment'],
    description: 'What a key may be used for.',
  },
  ExtKeyUsage: set('ext_key_usage', 'What else it may be used for.'),
  Organization: set('organization', 'The organisation in the subject.'),
  Ou: set('ou', 'Its unit.'),
  IssuerRef: {
    field: 'issuer_ref',
    kind: 'text',
    default: 'default',
    description: "Which of the engine's issuers signs.",
  },
  NoStore: flag(
    'no_store',
    false,
    'Whether Vault forgets what it has issued: nothing of it can be revoked then.',
  ),
  GenerateLease: flag(
    'generate_lease',
    false,
    'Whether a certificate is a lease, which is revoked with its token.',
  ),
  NotBeforeDuration: notBeforeDuration,
  Ttl: {
    field: 'ttl',
    kind: 'duration',
    default: '0s',
    description: 'How long one is valid. `0s`: as the mount says.',
  },
  MaxTtl: {
    field: 'max_ttl',
    kind: 'duration',
    default: '0s',
    description: 'How long one may be asked for at most.',
  },
};

/** Who may be given which certificates by an engine whose CA is there already. */
export const { type: pkiRole, schema: pkiRoleSchema } = entryType({
  type: 'Vault::PKI::Role',
  mount: 'pki',
  room: 'roles',
  description: 'Who may be given which certificates, by an engine that has its CA already.',
  named: 'What those who ask for a certificate call it.',
  fields,
});
