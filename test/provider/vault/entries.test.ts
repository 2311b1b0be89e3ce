import pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Properties } from '../../../src/base/value.ts';
import { openAws } from '../../../src/provider/aws/open-aws.ts';
import { registry, resourceType } from '../../../src/provider/registry.ts';
import { typeSchemas } from '../../../src/provider/schemas.ts';
import { openVault } from '../../../src/secret/vault.ts';
import { quickClock } from '../../contract/quick-clock.ts';
import { vaultContextOf } from '../../contract/vault-context.ts';
import { mountEngines } from '../../contract/vault-engines.ts';
import { create, plan, read, remove, update } from '../../contract/workbench.ts';
import { describeWithServices } from '../../services.ts';

await describeWithServices(
  'roles, keys and connections in Vault',
  ['vault', 'postgres'],
  ({ vault, postgres }) => {
    const stack = 'acme/shop:infra/shop.yaml@test';
    const context = vaultContextOf(vault, openAws({ region: 'eu-west-1' }), quickClock(), stack);
    const bench = { types: registry, schemas: typeSchemas, context };
    const server = context.vault.vault;
    const within = (writes: readonly string[]) => ({
      ...bench,
      context: { ...context, vault: { ...context.vault, writes } },
    });
    const database = new URL(postgres.url);
    const connection = {
      Name: 'shop',
      AllowedRoles: ['*'],
      ConnectionUrl: `postgresql://{{username}}:{{password}}@${database.host}/postgres?sslmode=disable`,
      Username: database.username,
      Password: database.password,
    };

    beforeAll(() => mountEngines(server));

    describe('a name that somebody else has', () => {
      test.each<[string, string, Properties, string, object]>([
        ['a key', 'Vault::Transit::Key', { Name: 'theirs' }, 'transit/keys/theirs', {}],
        [
          'an AppRole',
          'Vault::AppRole',
          { Name: 'theirs' },
          'auth/approle/role/theirs',
          { token_policies: 'x' },
        ],
        [
          'a role',
          'Vault::SSH::Role',
          { Name: 'theirs' },
          'ssh/roles/theirs',
          { key_type: 'ca', allow_user_certificates: true },
        ],
        ['a CA', 'Vault::SSH::CA', {}, 'ssh/config/ca', { generate_signing_key: true, key_type: 'ed25519' }],
      ])('is left alone: %s', async (_, type, properties, path, body) => {
        await server.write(path, body as Record<string, unknown>);
        const before = await server.read(path);
        const asked = resourceType(type).canonicalise(properties);
        // Before the intent is written down, so that after a crash nobody takes it for what was made.
        await expect(resourceType(type).refuseTaken!(context, asked)).rejects.toMatchObject({
          code: 'name-in-use',
        });
        await expect(create(bench, 'Mine', type, properties)).rejects.toMatchObject({ code: 'name-in-use' });
        expect(await server.read(path)).toEqual(before);
        await server.remove(path).catch(() => {});
      });
    });

    describe('keys', () => {
      test('that decrypt something are not deleted, unless the template had said that they may be', async () => {
        const made = await create(bench, 'Key', 'Vault::Transit::Key', { Name: 'kept' });
        await expect(remove(bench, made)).rejects.toThrow('may not be deleted');
        const after = await update(bench, made, made.live, { Name: 'kept', DeletionAllowed: true });
        await remove(bench, after);
        expect(await server.read('transit/keys/kept')).toBeUndefined();
      });

      test('are rotated by somebody else without that being a difference, and forbid old versions', async () => {
        const made = await create(bench, 'Key', 'Vault::Transit::Key', {
          Name: 'old',
          DeletionAllowed: true,
        });
        await server.write('transit/keys/old/rotate', {});
        expect(await plan(bench, made, { Name: 'old', DeletionAllowed: true })).toMatchObject({
          action: 'none',
        });
        const newest = { Name: 'old', DeletionAllowed: true, MinDecryptionVersion: 2 };
        const after = await update(bench, made, made.live, newest);
        expect(await plan(bench, after, newest)).toMatchObject({ action: 'none' });
        await remove(bench, after);
      });

      test('that can be read out are replaced to be so no more', async () => {
        const made = await create(bench, 'Key', 'Vault::Transit::Key', {
          Name: 'out',
          DeletionAllowed: true,
        });
        const open = { Name: 'out', DeletionAllowed: true, Exportable: true, AllowPlaintextBackup: true };
        expect(await plan(bench, made, open)).toMatchObject({ action: 'update' });
        const after = await update(bench, made, made.live, open);
        expect(await plan(bench, after, open)).toMatchObject({ action: 'none' });
        expect(await plan(bench, after, { Name: 'out', DeletionAllowed: true })).toMatchObject({
          action: 'replace',
          replaceBecause: ['AllowPlaintextBackup', 'Exportable'],
        });
        await remove(bench, after);
      });
    });

    describe('AppRoles', () => {
      test('let an application in with what its policy gives and no more', async () => {
        const Rules = [{ Path: 'secret/data/shop/*', Capabilities: ['read'] }];
        const policy = await create(bench, 'Policy', 'Vault::Policy', { Name: 'shop-app', Rules });
        const role = await create(bench, 'App', 'Vault::AppRole', {
          Name: 'shop-app',
          TokenPolicies: ['shop-app'],
        });
        await server.write('secret/data/shop/db', { data: { password: 'x' } });
        await server.write('secret/data/bank/db', { data: { password: 'y' } });
        const { secret_id: secretId } = await server.write('auth/approle/role/shop-app/secret-id', {});
        const login = await server.request({
          method: 'POST',
          path: 'auth/approle/login',
          body: { role_id: role.live.attributes.RoleId, secret_id: secretId },
        });
        const { VAULT_ADDR: address = '' } = vault.environment;
        const application = openVault({ address, login: { method: 'token', token: login!.auth!.token } });
        expect(await application.read('secret/data/shop/db')).toMatchObject({ data: { password: 'x' } });
        await expect(application.read('secret/data/bank/db')).rejects.toMatchObject({ code: 'vault-denied' });
        await expect(application.read('sys/policies/acl/shop-app')).rejects.toMatchObject({
          code: 'vault-denied',
        });
        await remove(bench, role);
        await remove(bench, policy);
      });

      test.each([
        ["the operators' policy", ['operators'], /policy operators/],
        ['the policy of all policies, in whatever letters', ['Root'], /policy Root/],
        ['one beside their own', ['shop-app', 'bank-app'], /policy bank-app/],
      ])('are not given %s', async (_, TokenPolicies, says) => {
        const shop = within(['auth/approle/role/shop-*', 'sys/policies/acl/shop-*']);
        const properties = { Name: 'shop-app', TokenPolicies };
        await expect(create(shop, 'App', 'Vault::AppRole', properties)).rejects.toThrow(says);
        expect(await server.read('auth/approle/role/shop-app')).toBeUndefined();
      });

      test('are not given the policy of all policies, even where everything may be written', async () => {
        const properties = { Name: 'shop-app', TokenPolicies: ['root'] };
        await expect(create(bench, 'App', 'Vault::AppRole', properties)).rejects.toThrow(/policy root/);
      });
    });

    test('a CA of SSH yields the key that machines trust, and its role signs for whom it says', async () => {
      const ca = await create(bench, 'CA', 'Vault::SSH::CA', {});
      const role = await create(bench, 'Role', 'Vault::SSH::Role', {
        Name: 'shop',
        AllowUserCertificates: true,
        AllowedUsers: ['ubuntu'],
        Ttl: '30m',
      });
      expect(ca.live.attributes.PublicKey).toMatch(/^ssh-ed25519 AAAA[\w+/]+=*$/);
      const sign = (principals: string) =>
        server.write('ssh/sign/shop', {
          public_key: ca.live.attributes.PublicKey,
          valid_principals: principals,
          cert_type: 'user',
        });
      expect(await sign('ubuntu')).toMatchObject({
        signed_key: expect.stringContaining('-cert-v01@openssh.com'),
      });
      await expect(sign('root')).rejects.toMatchObject({ code: 'vault-rejected' });
      await remove(bench, role);
      await remove(bench, ca);
    });

    describe('databases', () => {
      test('Vault makes users in a real one, and its own password is in no answer', async () => {
        const made = await create(bench, 'Connection', 'Vault::Database::Connection', connection);
        const role = await create(bench, 'Role', 'Vault::Database::Role', {
          Name: 'shop-read',
          Connection: 'shop',
          CreationStatements: [
            "CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'",
          ],
          DefaultTtl: '1h',
        });
        const lease = await server.request({ method: 'GET', path: 'database/creds/shop-read' });
        const { username, password } = lease!.data as { username: string; password: string };
        expect(await whoLogsIn(username, password)).toBe(username);
        expect(JSON.stringify([made.live, await read(bench, made)])).not.toContain(connection.Password);
        await server.write('sys/leases/revoke', { lease_id: lease!.lease!.id, sync: true });
        await expect(whoLogsIn(username, password)).rejects.toThrow();
        await remove(bench, role);
        await remove(bench, made);
      });

      test('a wrong password is refused before it is taken, and is in no error', async () => {
        const wrong = { ...connection, Password: 'canary-of-a-password' };
        const error = await create(bench, 'Connection', 'Vault::Database::Connection', wrong).catch(
          (e: unknown) => e,
        );
        expect(error).toBeInstanceOf(Error);
        expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(
          'canary-of-a-password',
        );
        await server.remove('database/config/shop');
      });

      const whoLogsIn = async (user: string, password: string): Promise<string> => {
        const client = new pg.Client({
          host: '127.0.0.1',
          port: Number(database.port),
          database: 'postgres',
          user,
          password,
        });
        await client.connect();
        try {
          return (await client.query('SELECT current_user')).rows[0].current_user;
        } finally {
          await client.end();
        }
      };
    });
  },
);
