import { X509Certificate } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { openAws } from '../../../src/provider/aws/open-aws.ts';
import { registry } from '../../../src/provider/registry.ts';
import { typeSchemas } from '../../../src/provider/schemas.ts';
import { quickClock } from '../../contract/quick-clock.ts';
import { vaultContextOf } from '../../contract/vault-context.ts';
import { mountEngines } from '../../contract/vault-engines.ts';
import { create, plan, read, remove, update } from '../../contract/workbench.ts';
import { describeWithServices } from '../../services.ts';

const type = 'Vault::PKI::Certificate';
const hour = 3_600_000;

await describeWithServices('certificates from Vault', ['vault'], ({ vault }) => {
  const clock = quickClock();
  const masked: string[] = [];
  const context = vaultContextOf(
    vault,
    openAws({ region: 'eu-west-1' }),
    clock,
    'acme/shop:infra/shop.yaml@test',
    {
      onSecret: (text) => masked.push(text),
    },
  );
  const bench = { types: registry, schemas: typeSchemas, context };
  const server = context.vault.vault;
  const properties = { Role: 'shop', CommonName: 'db.shop.example', Ttl: '30h', SecretPath: 'shop/tls' };
  const contentOf = async () => (await server.read('secret/data/shop/tls'))?.data as Record<string, string>;

  beforeAll(async () => {
    await mountEngines(server);
    const role = { allowed_domains: 'shop.example', allow_subdomains: true, key_type: 'ec', key_bits: 256 };
    await server.write('pki/roles/shop', role);
  });

  test('are issued by the role, with the private key in their path and nowhere else', async () => {
    const made = await create(bench, 'Tls', type, { ...properties, AltNames: ['www.shop.example'] });
    const { certificate = '', private_key: key = '', issuing_ca: ca = '' } = await contentOf();
    const issued = new X509Certificate(certificate);
    expect(issued.subjectAltName).toBe('DNS:db.shop.example, DNS:www.shop.example');
    expect(issued.verify(new X509Certificate(ca).publicKey)).toBe(true);
    expect(key).toContain('PRIVATE KEY');
    expect(masked).toContain(key);
    const planned = await plan(bench, made, properties);
    const secretLines = key.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'));
    const seen = JSON.stringify([made, planned, await server.read('secret/metadata/shop/tls')]);
    for (const line of secretLines) expect(seen).not.toContain(line);
    await remove(bench, made);
    expect(await server.read('secret/metadata/shop/tls')).toBeUndefined();
  });

  test('are renewed by a plan when a third of their life is left', async () => {
    const made = await create(bench, 'Tls', type, properties);
    const first = await contentOf();
    await clock.sleep(19 * hour);
    expect(await plan(bench, made, properties)).toMatchObject({ action: 'none' });
    const before = (await read(bench, made))!;
    await clock.sleep(2 * hour);
    const planned = await plan(bench, made, properties);
    expect(planned).toMatchObject({
      action: 'update',
      differences: [{ path: 'Content', after: 'as applied' }],
    });
    expect(planned.differences[0]!.before).toMatch(/^due for renewal since \d{4}-/);
    // By a plan of before, which had something else in it, it is not.
    const later = { ...properties, RenewBefore: '5h' };
    await update(bench, made, before, later);
    expect((await contentOf()).serial_number).toBe(first.serial_number);
    const kept = {
      ...made,
      record: { ...made.record, properties: { ...made.record.properties, RenewBefore: '5h' } },
    };
    expect(await plan(bench, kept, later)).toMatchObject({ action: 'none' });
    await clock.sleep(6 * hour);
    const now = (await plan(bench, kept, later)).before!;
    const renewed = await update(bench, made, { ...made.live, properties: now }, later);
    expect((await contentOf()).serial_number).not.toBe(first.serial_number);
    expect(renewed.live.attributes.SerialNumber).toBe((await contentOf()).serial_number);
    await remove(bench, made);
  });

  test('are not issued by a role, and not kept at a path, that the settings do not name', async () => {
    const within = (writes: readonly string[]) => ({
      ...bench,
      context: { ...context, vault: { ...context.vault, writes } },
    });
    const ask = (writes: readonly string[]) => create(within(writes), 'Tls', type, properties);
    await expect(ask(['secret/data/shop/**'])).rejects.toThrow('pki/issue/shop');
    await expect(ask(['pki/issue/shop'])).rejects.toThrow('secret/data/shop/tls');
    expect(await server.read('secret/metadata/shop/tls')).toBeUndefined();
  });
});
