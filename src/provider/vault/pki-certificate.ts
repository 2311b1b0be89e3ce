import { sameValue } from '../../base/canonical-json.ts';
import { SlipwayError } from '../../base/error.ts';
import type { Properties, Value } from '../../base/value.ts';
import type { TypeSchema } from '../../template/type-schema.ts';
import { coerce } from '../coerce.ts';
import { sortedSet, text, texts } from '../plain-value.ts';
import type { Live, ProviderContext } from '../provider.ts';
import { defineVaultType } from './define-vault-type.ts';
import { canonicalDuration, durationPattern, durationSeconds } from './duration.ts';
import {
  dataPath,
  type KvMetadata,
  type KvPlace,
  kvPlaceOf,
  metadataPath,
  readMetadata,
  writeContent,
  writeMetadata,
} from './kv-metadata.ts';
import { asApplied } from './kv-secret-marks.ts';
import { refusedPath, vaultOf } from './scope.ts';

const duration = { type: 'string', pattern: durationPattern } as const;
const names = { type: 'list', items: { type: 'string', pattern: '^[^,]+$' } } as const;

export const pkiCertificateSchema: TypeSchema = {
  type: 'Vault::PKI::Certificate',
  description:
    'A certificate with its private key, at `secret/data/PATH` and nowhere else. That it is due is a change of a plan. It needs `MOUNT/issue/ROLE` in `vault-writes` as well. One that was replaced or deleted is not revoked: let lives be short.',
  properties: {
    Mount: {
      type: 'string',
      description: 'Where the engine that issues it is mounted. `pki` where it is left out.',
    },
    Role: { type: 'string', pattern: '^[\\w.@:+=,~-]+$', description: 'The role by which it is issued.' },
    CommonName: { type: 'string', description: 'Whom it is for.' },
    AltNames: { ...names, description: 'Who else: names of machines, and addresses of mail.' },
    IpSans: { ...names, description: 'Addresses that it is for.' },
    UriSans: { ...names, description: 'URIs that it is for.' },
    Ttl: { ...duration, description: 'How long it is valid. As the role says where it is left out.' },
    RenewBefore: {
      ...duration,
      description:
        'How long before its end a plan has its renewal. A third of its life where it is left out.',
    },
    SecretMount: {
      type: 'string',
      replaces: 'always',
      description:
        'Where version 2 of the key/value engine is mounted that keeps it. `secret` where it is left out.',
    },
    SecretPath: {
      type: 'string',
      replaces: 'always',
      description:
        'The path there under which it is kept, as `certificate`, `private_key`, `issuing_ca` and `ca_chain`. The private key is nowhere else.',
    },
  },
  required: ['CommonName', 'Role', 'SecretPath'],
  attributes: ['DataPath', 'Expiration', 'SerialNumber', 'Version'],
  createOnly: ['SecretMount', 'SecretPath'],
  conditionalCreateOnly: [],
};

/** What was asked for is kept beside it, each in a mark of its own: they are no longer than 512 characters. */
const asked = ['Mount', 'Role', 'CommonName', 'AltNames', 'IpSans', 'UriSans', 'Ttl', 'RenewBefore'] as const;
const askedPrefix = 'slipway:asked:';
const changing = ['Content', ...asked.filter((name) => name !== 'RenewBefore')];

/**
 * A certificate with its private key, in a path of the key/value engine. That it is due is a difference of its
 * `Content`, so that a renewal is a change of a plan as any other. One that is replaced stays valid until it ends: lives
 * are to be short.
 */
export const pkiCertificate = defineVaultType({
  schema: pkiCertificateSchema,
  adoption: { refused: 'nobody could tell by what it was asked for' },
  attributesChangedBy: { Expiration: changing, SerialNumber: changing, Version: changing },

  order: (before, after) =>
    sameValue([before.SecretMount, before.SecretPath], [after.SecretMount, after.SecretPath])
      ? 'delete-before-create'
      : 'create-before-delete',

  canonicalise(properties) {
    const given = coerce(pkiCertificateSchema, properties);
    const of = (name: string, canonical: (value: Value) => Value | undefined) =>
      given[name] === undefined ? {} : { [name]: canonical(given[name]) ?? given[name] };
    return {
      ...given,
      Mount: given.Mount ?? 'pki',
      SecretMount: given.SecretMount ?? 'secret',
      ...of('AltNames', sortedSet),
      ...of('IpSans', sortedSet),
      ...of('UriSans', sortedSet),
      ...of('Ttl', canonicalDuration),
      ...of('RenewBefore', canonicalDuration),
      Content: asApplied,
    };
  },

  refusals: (scope, p) => [
    ...refusedPath(scope, p.Mount, '/issue/', p.Role),
    ...refusedPath(scope, p.SecretMount, '/data/', p.SecretPath),
  ],
  refusedDelete: (scope, physicalId) => refusedPath(scope, physicalId),

  async readOne(context, { physicalId }) {
    const place = kvPlaceOf(physicalId);
    const metadata = await metadataOf(context, place);
    return metadata && liveOf(place, metadata, context.clock.now());
  },

  async find(context, { properties: p, intent }) {
    if (typeof p.SecretMount !== 'string' || typeof p.SecretPath !== 'string') return undefined;
    const place = { mount: p.SecretMount, path: p.SecretPath };
    const metadata = await metadataOf(context, place);
    return metadata?.custom['slipway:intent'] === intent
      ? liveOf(place, metadata, context.clock.now())
      : undefined;
  },

  /** The place is taken first, so that no certificate is issued that has none. */
  async create(context, { properties, ownership, intent }) {
    const place = { mount: text(properties.SecretMount)!, path: text(properties.SecretPath)! };
    const taken = await metadataOf(context, place);
    if (taken && taken.custom['slipway:intent'] !== intent) throw inUse(place);
    await mark(context, place, { ...ownership, 'slipway:version': '1' });
    const now = await metadataOf(context, place);
    if (now?.custom['slipway:intent'] !== intent || (!taken && now.version !== 0)) throw inUse(place);
    return issue(context, place, now, properties, ownership);
  },

  async update(context, { physicalId, before, after, ownership }) {
    const place = kvPlaceOf(physicalId);
    const now = await metadataOf(context, place);
    if (!now) {
      throw new SlipwayError('plan-stale', {
        summary: `There is nothing at ${physicalId} in Vault any more`,
        remedy: 'Plan again.',
      });
    }
    const at = context.clock.now();
    const live = liveOf(place, now, at);
    const isAsked = changing.every((name) => sameValue(live.properties[name], after[name]));
    // Due by now, where the plan did not say so, waits for a plan that does.
    const isDue = text(live.properties.Content)?.startsWith('due') && before.Content === asApplied;
    const keeps =
      isAsked || (isDue && changing.slice(1).every((name) => sameValue(before[name], after[name])));
    if (!keeps) return issue(context, place, now, after, ownership);
    await mark(context, place, { ...now.custom, ...ownership, ...askedMarks(after) }, askedMarks(after));
    return liveOf(place, (await metadataOf(context, place)) ?? now, at);
  },

  async delete(context, { physicalId }) {
    const place = kvPlaceOf(physicalId);
    const owner = (await metadataOf(context, place))?.custom['slipway:stack'];
    if (owner !== undefined && owner !== context.stack) return;
    await vaultOf(context).vault.remove(metadataPath(place));
  },
});

/** Has it issued and puts it where it belongs; what says so comes after that, so that a crash shows as a difference. */
async function issue(
  context: ProviderContext,
  place: KvPlace,
  now: KvMetadata,
  p: Properties,
  ownership: Readonly<Record<string, string>>,
): Promise<Live> {
  const { vault, onSecret } = vaultOf(context);
  const listed = (name: string) => texts(p[name])?.join(',');
  const issued = await vault.write(`${text(p.Mount)}/issue/${text(p.Role)}`, {
    common_name: text(p.CommonName),
    alt_names: listed('AltNames'),
    ip_sans: listed('IpSans'),
    uri_sans: listed('UriSans'),
    ttl: p.Ttl === undefined ? undefined : durationSeconds(text(p.Ttl)!),
  });
  onSecret(String(issued.private_key));
  const content = {
    certificate: issued.certificate,
    private_key: issued.private_key,
    private_key_type: issued.private_key_type,
    issuing_ca: issued.issuing_ca,
    ca_chain: Array.isArray(issued.ca_chain) ? issued.ca_chain.join('\n') : issued.issuing_ca,
    serial_number: issued.serial_number,
  };
  const version = await writeContent(vault, place, content, now.version);
  const at = context.clock.now();
  await mark(context, place, {
    ...ownership,
    ...askedMarks(p),
    'slipway:version': String(version),
    'slipway:issued': at.toISOString(),
    'slipway:expires': new Date(Number(issued.expiration) * 1000).toISOString(),
    'slipway:serial': String(issued.serial_number),
  });
  return liveOf(place, (await metadataOf(context, place))!, at);
}

function askedMarks(p: Properties): Record<string, string> {
  const entries = asked.flatMap((name) =>
    p[name] === undefined ? [] : [[askedPrefix + name, JSON.stringify(p[name])] as const],
  );
  return Object.fromEntries(entries);
}

/** @param known where it is given, other marks of what was asked for go */
async function mark(
  context: ProviderContext,
  place: KvPlace,
  marks: Readonly<Record<string, string>>,
  known?: Readonly<Record<string, string>>,
): Promise<void> {
  const kept = Object.entries(marks).filter(
    ([name]) => !known || !name.startsWith(askedPrefix) || name in known,
  );
  await writeMetadata(vaultOf(context).vault, place, {
    custom: Object.fromEntries(kept),
    maxVersions: 0,
    deleteVersionAfter: '0s',
    casRequired: false,
  });
}

function metadataOf(context: ProviderContext, place: KvPlace): Promise<KvMetadata | undefined> {
  return readMetadata(vaultOf(context).vault, place, context.clock.now());
}

function liveOf(place: KvPlace, now: KvMetadata, at: Date): Live {
  const { custom, version } = now;
  const told = asked.flatMap((name) => {
    const value = custom[askedPrefix + name];
    return value === undefined ? [] : [[name, parsed(value)] as const];
  });
  return {
    physicalId: dataPath(place),
    properties: {
      ...Object.fromEntries(told),
      SecretMount: place.mount,
      SecretPath: place.path,
      Content: contentOf(now, at),
    },
    attributes: {
      DataPath: dataPath(place),
      Version: version,
      SerialNumber: custom['slipway:serial'] ?? '',
      Expiration: custom['slipway:expires'] ?? '',
    },
  };
}

function contentOf({ custom, version, isDeleted }: KvMetadata, at: Date): string {
  if (version === 0) return 'not issued yet';
  if (isDeleted) return `version ${version} is deleted`;
  if (custom['slipway:version'] !== String(version) || !custom['slipway:expires']) {
    return `version ${version}, which Slipway did not write`;
  }
  const due = dueAt(custom);
  return due <= at ? `due for renewal since ${due.toISOString()}` : asApplied;
}

function dueAt(custom: Readonly<Record<string, string>>): Date {
  const issued = new Date(custom['slipway:issued'] ?? 0).getTime();
  const expires = new Date(custom['slipway:expires'] ?? 0).getTime();
  const said = parsed(custom[`${askedPrefix}RenewBefore`] ?? 'null');
  const before = typeof said === 'string' ? (durationSeconds(said) ?? 0) * 1000 : (expires - issued) / 3;
  return new Date(expires - before);
}

function parsed(json: string): Value {
  try {
    return JSON.parse(json) as Value;
  } catch {
    // Somebody changed it.
    return json;
  }
}

function inUse(place: KvPlace): SlipwayError {
  return new SlipwayError('name-in-use', {
    summary: `There is a secret at ${dataPath(place)} in Vault already`,
    remedy: 'Give this one another path.',
  });
}
