import { afterEach, describe, expect, test } from 'vitest';
import type { Value } from '../../../src/base/value.ts';
import { openAws } from '../../../src/provider/aws/open-aws.ts';
import { registry, resourceType } from '../../../src/provider/registry.ts';
import { typeSchemas } from '../../../src/provider/schemas.ts';
import { policyText, refusedRules, rulesIn } from '../../../src/provider/vault/policy-rules.ts';
import { quickClock } from '../../contract/quick-clock.ts';
import { vaultContextOf } from '../../contract/vault-context.ts';
import { create, newIntent, plan, remove, update } from '../../contract/workbench.ts';
import { describeWithServices } from '../../services.ts';

const scope = {
  reads: ['database/creds/shop', 'shared/data/**'],
  writes: ['secret/data/shop/**', 'auth/approle/role/shop-*', 'auth/approle/role/shop-*/secret-id', 'sys/**'],
};
const rule = (Path: string, ...Capabilities: string[]): Value => ({ Path, Capabilities });

describe('what a policy of a template may give', () => {
  test.each<[string, Value]>([
    ['what it may read', rule('database/creds/shop', 'read')],
    ['everything below what it may read', rule('shared/data/*', 'list', 'read')],
    ['what it may write', rule('secret/data/shop/*', 'create', 'delete', 'list', 'patch', 'read', 'update')],
    ['to make secret ids of a role that is named', rule('auth/approle/role/shop-web/secret-id', 'update')],
    ['to read the id of a role', rule('auth/approle/role/shop-web', 'read')],
    ['nothing, on whatever path', rule('*', 'deny')],
  ])('%s', (_, one) => {
    expect(refusedRules(scope, { Rules: [one] })).toEqual([]);
  });

  test.each<[string, Value, RegExp]>([
    ['what it may only read cannot be written', rule('shared/data/x', 'update'), /vault-writes/],
    ["another team's secrets", rule('secret/data/bank/*', 'read'), /has not itself/],
    ['more than what it has', rule('secret/data/*', 'read'), /has not itself/],
    ['a name in place of any', rule('secret/+/shop/x', 'read'), /has not itself/],
    ['everything', rule('*', 'read'), /has not itself/],
    [
      'another policy, even where the settings let it be made',
      rule('sys/policies/acl/shop', 'update'),
      /who may do/,
    ],
    ['what is below sys by another name', rule('+/policies/acl/shop', 'update'), /who may do/],
    ['what begins as sys does', rule('s*', 'update'), /who may do/],
    [
      'its own role, to which it would add policies',
      rule('auth/approle/role/shop-web', 'update'),
      /who may do/,
    ],
    ['secret ids of roles that are not named', rule('auth/approle/role/+/secret-id', 'update'), /who may do/],
    ["secret ids of others' roles", rule('auth/approle/role/bank/secret-id', 'update'), /has not itself/],
    ['identities', rule('identity/entity', 'create'), /who may do/],
    ['sudo', rule('secret/data/shop/x', 'sudo'), /no template can give sudo/],
    ['what nobody has heard of', rule('secret/data/shop/x', 'recover'), /no template can give/],
  ])('not %s', (_, one, says) => {
    const refusals = refusedRules(scope, { Rules: [one] });
    expect(refusals.map(({ summary, remedy }) => `${summary}. ${remedy}`)).toEqual([
      expect.stringMatching(says),
    ]);
  });

  test('not two rules for one path, of which the second might be missed', () => {
    const Rules = [rule('database/creds/shop', 'read'), rule('database/creds/shop', 'deny')];
    expect(refusedRules(scope, { Rules })).toMatchObject([{ summary: expect.stringContaining('two rules') }]);
  });

  test('a rule that is not known yet is looked at when it is', () => {
    expect(
      refusedRules(scope, { Rules: [{ Path: { $slipway: 'unknown' }, Capabilities: ['read'] }] }),
    ).toEqual([]);
  });
});

test('what was written is read again, and what somebody else wrote is not taken for it', () => {
  const Rules = [{ Path: 'a/"b', Capabilities: ['read'], RequiredParameters: ['x'], MinWrappingTtl: '1m' }];
  expect(rulesIn(`# a comment\n${policyText(Rules)}`)).toEqual(Rules);
  expect(rulesIn(`${policyText(Rules)}\npath "c" { capabilities = ["sudo"] }`)).toBeUndefined();
  expect(rulesIn(policyText(Rules).replace('}', ''))).toBeUndefined();
  expect(rulesIn(`${policyText(Rules)}/*`)).toBeUndefined();
});

await describeWithServices('policies in Vault', ['vault'], ({ vault }) => {
  const aws = openAws({ region: 'eu-west-1' });
  const context = vaultContextOf(vault, aws, quickClock(), 'acme/shop:infra/shop.yaml@test');
  const bench = { types: registry, schemas: typeSchemas, context };
  const server = context.vault.vault;
  const path = 'sys/policies/acl/shop';
  const properties = { Name: 'shop', Rules: [rule('secret/data/shop/*', 'read')] };
  afterEach(() => server.remove(path));

  test('one that somebody else has written is not taken over by making it', async () => {
    await server.write(path, { policy: 'path "x" { capabilities = ["sudo"] }' });
    const intent = newIntent();
    await expect(create(bench, 'Policy', 'Vault::Policy', properties, intent)).rejects.toMatchObject({
      code: 'name-in-use',
    });
    const pending = { logicalId: 'Policy', intent, properties };
    expect(await resourceType('Vault::Policy').find(context, pending)).toBeUndefined();
  });

  test('what somebody adds by hand shows, and is put right', async () => {
    const made = await create(bench, 'Policy', 'Vault::Policy', properties);
    const { policy } = (await server.read(path))!;
    await server.write(path, { policy: `${policy}\npath "sys/*" { capabilities = ["sudo"] }` });
    const planned = await plan(bench, made, properties);
    expect(planned).toMatchObject({
      action: 'update',
      differences: [{ before: 'written by somebody else' }],
    });
    await update(bench, made, { ...made.live, properties: planned.before! }, properties);
    expect(await server.read(path)).toMatchObject({ policy });
  });

  test('another stack that has the name by now keeps it', async () => {
    const made = await create(bench, 'Policy', 'Vault::Policy', properties);
    await remove(bench, made);
    const other = { ...bench, context: { ...context, stack: 'acme/bank:infra/bank.yaml@test' } };
    await create(other, 'Theirs', 'Vault::Policy', properties);
    await remove(bench, made);
    expect(await server.read(path)).toBeDefined();
  });
});
