/**
 * A worked example of a type of an operator's own: DNS records of a name server with a small HTTP API. It has no
 * client tokens, but a record's name and kind are its natural key, and a comment on it says which create made it.
 */
import { SlipwayError } from '../../src/base/error.ts';
import type { Properties } from '../../src/base/value.ts';
import { coerce } from '../../src/provider/coerce.ts';
import { defineResourceType, type Live, type ResourceType } from '../../src/provider/provider.ts';
import type { TypeSchema } from '../../src/template/type-schema.ts';
import type { DnsRecord } from './acme-dns-server.ts';

/** What templates may say: the same shape as the published schemas of AWS's types. */
export const acmeDnsRecordSchema: TypeSchema = {
  type: 'Acme::DNS::Record',
  properties: {
    Name: { type: 'string', replaces: 'always' },
    Kind: { type: 'string', enum: ['A', 'CNAME', 'TXT'], replaces: 'always' },
    Values: { type: 'list', items: { type: 'string' } },
    Ttl: { type: 'integer' },
  },
  required: ['Name', 'Kind', 'Values'],
  attributes: ['Fqdn'],
  createOnly: ['Kind', 'Name'],
  conditionalCreateOnly: [],
};

/** @param server the name server's address */
export function acmeDnsRecord(server: string): ResourceType {
  const get = async (path: string): Promise<DnsRecord[]> =>
    (await (await call(`${server}${path}`)).json()) as DnsRecord[];
  const put = async (record: DnsRecord) => {
    await call(`${server}/records/${idOf(record)}`, { method: 'PUT', body: JSON.stringify(record) });
    return live(record);
  };
  return defineResourceType({
    type: 'Acme::DNS::Record',
    attributes: ['Fqdn'],
    // A name and kind exist once.
    order: (before, after) =>
      before.Name === after.Name && before.Kind === after.Kind
        ? 'delete-before-create'
        : 'create-before-delete',

    canonicalise(properties) {
      const given = coerce(acmeDnsRecordSchema, properties);
      return {
        ...given,
        ...(typeof given.Name === 'string' ? { Name: given.Name.toLowerCase().replace(/\.$/, '') } : {}),
        ...(Array.isArray(given.Values) ? { Values: [...given.Values].sort() } : {}),
        Ttl: given.Ttl ?? 300,
      };
    },

    async read(context, wanted) {
      const records =
        context.by === 'stack'
          ? await context.once('records', () => get(`/records?owner=${encodeURIComponent(context.stack)}`))
          : (await Promise.all(wanted.map((one) => get(`/records/${one.physicalId}`)))).flat();
      const found = new Map(records.map((record) => [idOf(record), live(record)]));
      return new Map(
        wanted.flatMap(({ logicalId, physicalId }) => {
          const one = found.get(physicalId);
          return one === undefined ? [] : [[logicalId, one] as const];
        }),
      );
    },

    async find(_context, { intent, properties }) {
      const [record] = await get(`/records/${idOf(recordOf(properties, '', intent))}`);
      return record?.comment === intent ? live(record) : undefined;
    },

    async create(context, { intent, properties }) {
      const record = recordOf(properties, context.stack, intent);
      const [existing] = await get(`/records/${idOf(record)}`);
      if (existing !== undefined && existing.comment !== intent) {
        throw new SlipwayError('cloud-refused', {
          summary: `There is a ${record.kind} record of ${record.name} already`,
        });
      }
      return put(record);
    },

    update: (context, { after, ownership }) =>
      put(recordOf(after, context.stack, ownership['slipway:intent'] ?? '')),

    async delete(_context, { physicalId }) {
      await call(`${server}/records/${physicalId}`, { method: 'DELETE' });
    },
  });
}

async function call(url: string, request: RequestInit = {}): Promise<Response> {
  const response = await fetch(url, request);
  if (!response.ok)
    throw new SlipwayError('cloud-refused', { summary: `The name server answered ${response.status}` });
  return response;
}

function idOf(record: DnsRecord): string {
  return `${record.name}-${record.kind}`;
}

function recordOf(properties: Properties, owner: string, comment: string): DnsRecord {
  return {
    name: String(properties.Name),
    kind: String(properties.Kind),
    values: (properties.Values as readonly string[]) ?? [],
    ttl: Number(properties.Ttl),
    owner,
    comment,
  };
}

function live(record: DnsRecord): Live {
  return {
    physicalId: idOf(record),
    properties: { Name: record.name, Kind: record.kind, Values: [...record.values].sort(), Ttl: record.ttl },
    attributes: { Fqdn: `${record.name}.` },
  };
}
