import { afterEach, beforeAll, expect, test } from 'vitest';
import { openVault } from '../../../src/secret/vault.ts';
import { applyStack } from '../../../src/workflow/apply-stack.ts';
import type { StackSource } from '../../../src/workflow/plan-stack.ts';
import { planStack } from '../../../src/workflow/plan-stack.ts';
import { workflowOnMoto } from '../../contract/stack-on-moto.ts';
import { mountEngines } from '../../contract/vault-engines.ts';
import { awsClientConfig, describeWithServices } from '../../services.ts';

await describeWithServices('a stack in Vault', ['moto', 'vault'], ({ moto, vault }) => {
  const { VAULT_ADDR: address = '', VAULT_TOKEN: token = '' } = vault.environment;
  const server = openVault({ address, login: { method: 'token', token } });
  let count = 0;
  const open = (reached: typeof server = server) => {
    const name = `vault${++count}`;
    const workflow = {
      ...workflowOnMoto(name, awsClientConfig(moto)),
      vaults: { of: () => reached, server: () => reached },
    };
    const environment = {
      name: 'test',
      after: [],
      approvals: [],
      secrets: ['database/creds/shop', 'secret/data/source'],
      'vault-writes': [
        'secret/data/shop/**',
        'transit/keys/shop-*',
        'auth/approle/role/shop-*',
        'sys/policies/acl/shop-*',
      ],
    } as unknown as StackSource['environment'];
    const sourceOf = (text: string | undefined): StackSource => ({
      stack: `acme/shop:infra/${name}.yaml@test`,
      environment,
      file: `${name}.yaml`,
      text,
      packs: [],
    });
    return {
      stack: `acme/shop:infra/${name}.yaml@test`,
      state: workflow.state,
      plan: (text: string | undefined) => planStack(workflow, sourceOf(text)),
      apply: (text: string | undefined) =>
        applyStack(workflow, { source: sourceOf(text), cause: {}, permit: () => true }),
    };
  };

  beforeAll(() => mountEngines(server));
  afterEach(() => server.remove('secret/metadata/shop/db'));

  const application = `Resources:
  Database:
    Type: Vault::KV::Secret
    Properties:
      Path: shop/db
      Values: { username: shop }
      Generate: { password: { Length: 24 } }
  Policy:
    Type: Vault::Policy
    Properties:
      Name: shop-app
      Rules:
        - { Path: !GetAtt Database.DataPath, Capabilities: [read] }
        - { Path: database/creds/shop, Capabilities: [read] }
  Application:
    Type: Vault::AppRole
    Properties: { Name: shop-app, TokenPolicies: [!Ref Policy], SecretIdNumUses: 1 }
Outputs:
  RoleId: { Value: !GetAtt Application.RoleId }
`;

  test('is applied, plans to nothing, knows no value, and goes', async () => {
    const { plan, apply, state, stack } = open();
    const applied = await apply(application);
    expect(applied.status).toBe('succeeded');
    const { password } = (await server.read('secret/data/shop/db'))!.data as { password: string };
    const again = await plan(application);
    expect(again.plan?.changes.map((c) => c.action)).toEqual(['none', 'none', 'none']);
    const kept = [applied, again.plan, await state.resources(stack), await state.stack(stack)];
    expect(JSON.stringify(kept)).not.toContain(password);
    expect((await apply(undefined)).status).toBe('succeeded');
    expect(await server.read('secret/metadata/shop/db')).toBeUndefined();
    expect(await server.read('sys/policies/acl/shop-app')).toBeUndefined();
    expect(await server.read('auth/approle/role/shop-app')).toBeUndefined();
  });

  test('takes a secret from another path, and shows that it was rotated and not what it is', async () => {
    await server.write('secret/data/source', { data: { password: 'first-canary' } });
    const { plan, apply, state, stack } = open();
    const text = `Resources:
  Copy:
    Type: Vault::KV::Secret
    Properties: { Path: shop/db, Values: { url: "postgres://shop:{{resolve:vault:secret/data/source#password}}@db" } }
`;
    expect((await apply(text)).status).toBe('succeeded');
    expect((await plan(text)).plan?.changes[0]).toMatchObject({ action: 'none' });
    await server.write('secret/data/source', { data: { password: 'second-canary' } });
    const rotated = await plan(text);
    expect(rotated.plan?.changes).toMatchObject([
      { action: 'update', differences: [{ path: 'Values.url', before: { $slipway: 'secret' } }] },
    ]);
    const applied = await apply(text);
    expect(applied.status).toBe('succeeded');
    expect((await server.read('secret/data/shop/db'))?.data).toEqual({
      url: 'postgres://shop:second-canary@db',
    });
    const kept = [
      rotated.plan,
      applied,
      await state.resources(stack),
      await server.read('secret/metadata/shop/db'),
    ];
    expect(JSON.stringify(kept)).not.toMatch(/first-canary|second-canary/);
    await apply(undefined);
  });

  test('that would give itself more is refused when it is planned, on its lines', async () => {
    const { plan } = open();
    const greedy = application
      .replace('Path: database/creds/shop', 'Path: secret/data/*')
      .replace('TokenPolicies: [!Ref Policy]', 'TokenPolicies: [operators]')
      .replace('Path: shop/db', 'Path: bank/db');
    const { diagnostics, plan: made } = await plan(greedy);
    expect(made).toBeUndefined();
    expect(diagnostics.map(({ code, where, summary }) => [code, where?.line, summary])).toEqual([
      ['vault-refused', 2, expect.stringContaining('secret/data/bank/db')],
      ['vault-refused', 8, expect.stringContaining('give read on secret/data/*')],
      ['vault-refused', 15, expect.stringContaining('policy operators')],
    ]);
  });

  test('whose key somebody else has fails, and neither takes it over nor deletes it', async () => {
    await server.write('transit/keys/shop-orders', {});
    await server.write('transit/keys/shop-orders/config', { deletion_allowed: true });
    const { apply, state, stack } = open();
    const text = `Resources:
  Key: { Type: "Vault::Transit::Key", Properties: { Name: shop-orders, DeletionAllowed: true } }
`;
    const { status, result } = await apply(text);
    expect(status).toBe('failed');
    expect(result?.failed[0]?.error).toContain('already');
    expect(await state.resources(stack)).toEqual([]);
    expect(await state.openEntries(stack)).toEqual([]);
    await apply(undefined);
    expect(await server.read('transit/keys/shop-orders')).toBeDefined();
  });

  test('whose key somebody makes in the very moment does not take it for its own', async () => {
    const path = 'transit/keys/shop-race';
    let looked = 0;
    // The first look, before the intent is written down, finds the name free.
    const racing: typeof server = {
      ...server,
      async read(asked, query) {
        if (asked !== path || looked++ > 0) return server.read(asked, query);
        await server.write(path, {});
        return undefined;
      },
    };
    const { apply, state, stack } = open(racing);
    const { status, result } = await apply(`Resources:
  Key: { Type: "Vault::Transit::Key", Properties: { Name: shop-race, DeletionAllowed: true } }
`);
    expect(status).toBe('failed');
    expect(result?.failed[0]?.error).toContain('already');
    expect(await state.resources(stack)).toEqual([]);
    expect(await server.read(path)).toMatchObject({ deletion_allowed: false });
  });
});
