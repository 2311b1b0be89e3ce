import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Properties } from '../../../src/base/value.ts';
import { openAws } from '../../../src/provider/aws/open-aws.ts';
import { registry, resourceType } from '../../../src/provider/registry.ts';
import { typeSchemas } from '../../../src/provider/schemas.ts';
import type { VaultScope } from '../../../src/provider/vault/scope.ts';
import { quickClock } from '../../contract/quick-clock.ts';
import { vaultContextOf } from '../../contract/vault-context.ts';
import {
  create,
  type Made,
  newIntent,
  ownershipOf,
  plan,
  planOf,
  read,
  remove,
  update,
} from '../../contract/workbench.ts';
import { describeWithServices } from '../../services.ts';

const name = 'Vault::KV::Secret';
const type = resourceType(name);
const day = 86_400_000;

await describeWithServices('secrets in Vault', ['vault'], ({ vault }) => {
  const aws = openAws({ region: 'eu-west-1' });
  const clock = quickClock();
  const masked: string[] = [];
  const benchFor = (scope: Partial<VaultScope> = {}, file = 'shop') => ({
    types: registry,
    schemas: typeSchemas,
    context: vaultContextOf(vault, aws, clock, `acme/${file}:infra/${file}.yaml@test`, {
      onSecret: (text) => masked.push(text),
      ...scope,
    }),
  });
  const bench = benchFor();
  const server = bench.context.vault.vault;
  const contentOf = async (path = 'shop/db') =>
    (await server.read(`secret/data/${path}`))?.data as Record<string, string> | undefined;
  const put = (content: object, path = 'shop/db') => server.write(`secret/data/${path}`, { data: content });
  const generating = (more: Properties = {}): Properties => ({
    Path: 'shop/db',
    Values: { username: 'shop' },
    Generate: { password: { Length: 20, Characters: ['lower', 'digits', 'symbols'], Symbols: '-_' } },
    ...more,
  });
  const changed = async (made: Made, properties: Properties) => {
    const planned = await plan(bench, made, properties);
    expect(planned.action).toBe('update');
    return update(bench, made, { ...made.live, properties: planned.before! }, properties);
  };

  beforeAll(async () => {
    await server.write('sys/mounts/old', { type: 'kv', options: { version: '1' } });
  });
  afterEach(() => server.remove('secret/metadata/shop/db'));

  describe('values that nobody sees', () => {
    test('are made by their rules, are masked, and stand in Vault and nowhere else', async () => {
      const made = await create(bench, 'Secret', name, generating());
      const { username, password = '' } = (await contentOf())!;
      expect(username).toBe('shop');
      expect(password).toMatch(/^(?=.*[a-z])(?=.*\d)(?=.*[-_])[a-z\d_-]{20}$/);
      expect(masked).toContain(password);
      const planned = await plan(bench, made, generating());
      expect(JSON.stringify([made, planned, await read(bench, made)])).not.toContain(password);
    });

    test('stay as they are while something else changes', async () => {
      const made = await create(bench, 'Secret', name, generating());
      const first = await contentOf();
      const after = await changed(made, generating({ Values: { username: 'other', port: 1 } }));
      expect(await contentOf()).toEqual({ password: first!.password, username: 'other', port: '1' });
      expect(after.live.attributes.Version).toBe(2);
    });

    test('are made anew for another number, and for no plan after that', async () => {
      const made = await create(bench, 'Secret', name, generating({ Rotation: 1 }));
      const first = await contentOf();
      const after = await changed(made, generating({ Rotation: 2 }));
      expect((await contentOf())!.password).not.toBe(first!.password);
      expect(await plan(bench, after, generating({ Rotation: 2 }))).toMatchObject({ action: 'none' });
    });

    test('are due when the schedule says so, which a plan says before it is done', async () => {
      const properties = generating({ RotateEvery: 'P30D' });
      const made = await create(bench, 'Secret', name, properties);
      const first = await contentOf();
      await clock.sleep(29 * day);
      expect(await plan(bench, made, properties)).toMatchObject({ action: 'none' });
      const notYet = await read(bench, made);
      await clock.sleep(2 * day);
      const planned = await plan(bench, made, properties);
      expect(planned).toMatchObject({ action: 'update', differences: [{ path: 'Content' }] });
      expect(planned.differences[0]!.before).toMatch(/^due for rotation since \d{4}-/);
      // A plan of before, which did not say so.
      await update(bench, made, notYet!, generating({ RotateEvery: 'P30D', CustomMetadata: { a: 'b' } }));
      expect(await contentOf()).toEqual(first);
      const after = await changed(made, properties);
      expect((await contentOf())!.password).not.toBe(first!.password);
      expect(await plan(bench, after, properties)).toMatchObject({ action: 'none', drift: [] });
    });

    test('are not made twice when the same update is sent again', async () => {
      const made = await create(bench, 'Secret', name, generating({ Rotation: 1 }));
      const before = (await read(bench, made))!;
      await update(bench, made, before, generating({ Rotation: 2 }));
      const first = await contentOf();
      await update(bench, made, before, generating({ Rotation: 2 }));
      expect(await contentOf()).toEqual(first);
    });
  });

  describe('what others write', () => {
    test('shows as a version, is not shown, and is put right without another password', async () => {
      const made = await create(bench, 'Secret', name, generating());
      await put({ username: 'intruder', password: 'set by hand', more: 'canary' });
      const planned = await plan(bench, made, generating());
      expect(planned).toMatchObject({
        action: 'update',
        differences: [
          { path: 'Content', before: 'version 2, which Slipway did not write', after: 'as applied' },
        ],
      });
      expect(JSON.stringify(planned)).not.toMatch(/intruder|by hand|canary/);
      await changed(made, generating());
      expect(await contentOf()).toEqual({ username: 'shop', password: 'set by hand' });
    });

    test('a deleted version is written anew', async () => {
      const made = await create(bench, 'Secret', name, generating());
      await server.remove('secret/data/shop/db');
      const planned = await plan(bench, made, generating());
      expect(planned.differences).toMatchObject([{ before: 'version 1 is deleted' }]);
      await changed(made, generating());
      expect(await contentOf()).toMatchObject({ username: 'shop', password: expect.any(String) });
    });

    test('a secret that is there already is not taken over by making it', async () => {
      await put({ password: 'theirs' });
      const intent = newIntent();
      await expect(create(bench, 'Secret', name, generating(), intent)).rejects.toMatchObject({
        code: 'name-in-use',
      });
      const pending = { logicalId: 'Secret', intent, properties: type.canonicalise(generating()) };
      expect(await type.find(bench.context, pending)).toBeUndefined();
      expect(await contentOf()).toEqual({ password: 'theirs' });
    });

    test('one that is imported is marked, and keeps its values', async () => {
      await put({ username: 'shop', password: 'theirs' });
      const properties = type.canonicalise(generating());
      const wanted = { logicalId: 'Secret', physicalId: 'secret/data/shop/db', properties };
      const read = async () => {
        const context = { ...bench.context, by: 'id' as const, once: <T>(_: string, ask: () => T) => ask() };
        return (await type.read(context, [wanted])).get('Secret')!;
      };
      const change = planOf(bench, 'Secret', name, generating(), { adopted: await read() });
      expect(change).toMatchObject({ action: 'import', differences: [{ path: 'Generate.password' }] });
      const ownership = ownershipOf(bench.context, 'Secret', newIntent());
      const present = change.before!;
      const { physicalId } = wanted;
      await type.update(bench.context, { ...wanted, before: present, after: present, ownership });
      const marked = await read();
      await type.update(bench.context, {
        ...wanted,
        before: marked.properties,
        after: properties,
        ownership,
      });
      expect(await contentOf()).toEqual({ username: 'shop', password: 'theirs' });
      expect((await read()).attributes).toEqual({ DataPath: physicalId, Version: 1 });
    });

    test('one that another stack has made there meanwhile is not deleted', async () => {
      const made = await create(bench, 'Secret', name, generating());
      await remove(bench, made);
      await create(benchFor({}, 'bank'), 'Theirs', name, generating());
      await remove(bench, made);
      expect(await contentOf()).toBeDefined();
    });
  });

  describe('a crash', () => {
    test('before the values were written leaves what the next life finishes', async () => {
      const intent = newIntent();
      const properties = type.canonicalise(generating());
      const ownership = ownershipOf(bench.context, 'Secret', intent);
      const dying: VaultScope['vault'] = {
        ...server,
        write: async (path, body) => {
          if (path.includes('/data/')) throw new Error('killed');
          return server.write(path, body);
        },
      };
      const request = { logicalId: 'Secret', intent, properties, ownership };
      await expect(type.create(benchFor({ vault: dying }).context, request)).rejects.toThrow('killed');
      const found = (await type.find(bench.context, request))!;
      expect(found.properties.Content).toBe('not written yet');
      const { physicalId } = found;
      const asked = { logicalId: 'Secret', physicalId, before: found.properties, ownership };
      const live = await type.update(bench.context, { ...asked, after: properties });
      expect(live).toMatchObject({ properties: { Content: 'as applied' }, attributes: { Version: 1 } });
      expect(await contentOf()).toMatchObject({ password: expect.any(String) });
    });

    test('before the marks were written does no more than that again', async () => {
      const made = await create(bench, 'Secret', name, generating());
      await put({ username: 'other', password: (await contentOf())!.password });
      const after = await changed(made, generating({ Values: { username: 'other' } }));
      expect(after.live.attributes.Version).toBe(2);
    });
  });

  describe('what is refused', () => {
    const shop = ['secret/data/shop/**'];
    test.each<[string, Properties, RegExp]>([
      ["another team's path", { Path: 'bank/db', Values: { a: 'b' } }, /do not let this environment/],
      ['a path that climbs', { Path: 'shop/../bank/db', Values: { a: 'b' } }, /no path in Vault/],
      ['a path that climbs in a URL', { Path: 'shop/%2e%2e/bank', Values: { a: 'b' } }, /no path in Vault/],
      [
        'a mount that is none of theirs',
        { Mount: 'bank', Path: 'shop/db', Values: { a: 'b' } },
        /do not let/,
      ],
      ['no values', { Path: 'shop/db' }, /no values/],
      ['a key that is both', generating({ Values: { password: 'x' } }), /both given and generated/],
      ['a schedule for nothing', { Path: 'shop/db', Values: { a: 'b' }, RotateEvery: 'P1D' }, /rotated/],
      ['an empty schedule', generating({ RotateEvery: 'P0D' }), /no duration/],
      ['a mark of our own', generating({ CustomMetadata: { 'slipway:stack': 'x' } }), /Slipway's own/],
      [
        'a rule that excludes all',
        generating({ Generate: { pin: { Characters: ['digits'], Exclude: '0123456789' } } }),
        /every character/,
      ],
    ])('%s, when it is planned and when it is made', async (_, properties, says) => {
      const { context } = benchFor({ writes: shop });
      const canonical = type.canonicalise(properties);
      expect(type.refusals!(context, canonical)).toMatchObject([{ summary: expect.stringMatching(says) }]);
      await expect(create(benchFor({ writes: shop }), 'Secret', name, properties)).rejects.toThrow(says);
      expect(await contentOf()).toBeUndefined();
    });

    test('that anybody learns whether there is something at a path that is not theirs', async () => {
      await put({ password: 'theirs' }, 'bank/db');
      const wanted = { logicalId: 'It', physicalId: 'secret/data/bank/db', properties: {} };
      const by = (writes: readonly string[]) =>
        type.read({ ...benchFor({ writes }).context, by: 'id', once: (_, ask) => ask() }, [wanted]);
      expect((await by(['secret/data/bank/*'])).size).toBe(1);
      expect((await by(shop)).size).toBe(0);
      await server.remove('secret/metadata/bank/db');
    });

    test('everything, where the settings name no path', async () => {
      await expect(create(benchFor({ writes: [] }), 'Secret', name, generating())).rejects.toMatchObject({
        code: 'vault-refused',
      });
    });

    test('deleting what the settings do not let the environment have any more', async () => {
      const made = await create(bench, 'Secret', name, generating());
      await expect(remove(benchFor({ writes: [] }), made)).rejects.toMatchObject({ code: 'vault-refused' });
      expect(await contentOf()).toBeDefined();
    });

    test('an engine of version 1, which is left as it was', async () => {
      const properties = { ...generating(), Mount: 'old', Path: 'db' };
      await expect(create(bench, 'Secret', name, properties)).rejects.toThrow(/not version 2/);
      expect(await server.list('old')).toEqual([]);
    });
  });
});
