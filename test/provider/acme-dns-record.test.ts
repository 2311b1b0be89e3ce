import { afterAll, describe, expect, test } from 'vitest';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import { withTypes } from '../../src/provider/registry.ts';
import { contractOf } from '../contract/contract.ts';
import { quickClock } from '../contract/quick-clock.ts';
import { contextOf, create, type Workbench } from '../contract/workbench.ts';
import { acmeDnsRecord, acmeDnsRecordSchema } from './acme-dns-record.ts';
import { startDnsServer } from './acme-dns-server.ts';

const dns = await startDnsServer();
afterAll(dns.stop);

const bench = (): Workbench => ({
  types: withTypes([acmeDnsRecord(dns.url)]),
  schemas: { [acmeDnsRecordSchema.type]: acmeDnsRecordSchema },
  context: contextOf(openAws({ region: 'eu-west-1' }), quickClock(), 'acme/shop:infra/dns.yaml@test'),
});
const properties = { Name: 'shop.acme.example', Kind: 'A', Values: ['192.0.2.1', '192.0.2.2'] };

describe("a type of an operator's own keeps the same contract", () => {
  contractOf(
    {
      type: 'Acme::DNS::Record',
      creates: 'PUT',
      properties,
      edits: { 'another address': { Values: ['192.0.2.3'] }, 'a longer life': { Ttl: 3600 } },
      sameAs: {
        'capitals, a final dot, another order, a text for a number': {
          Name: 'Shop.Acme.Example.',
          Kind: 'A',
          Values: ['192.0.2.2', '192.0.2.1'],
          Ttl: '300',
        },
      },
      count: async (_aws, made) => [...dns.records.keys()].filter((id) => id === made.physicalId).length,
    },
    bench,
  );
});

test("a record that is somebody else's is not taken over", async () => {
  const made = await create(bench(), 'Mine', 'Acme::DNS::Record', properties);
  await expect(create(bench(), 'Other', 'Acme::DNS::Record', properties)).rejects.toMatchObject({
    code: 'cloud-refused',
  });
  expect(dns.records.get(made.live.physicalId)?.comment).toBe(made.intent);
});
