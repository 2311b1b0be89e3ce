import fc from 'fast-check';
import { expect, test } from 'vitest';
import { covers, isAmong, refusedPath } from '../../../src/provider/vault/scope.ts';

test.each<[readonly string[], string, boolean]>([
  [['secret/data/shop/*'], 'secret/data/shop/db', true],
  [['secret/data/shop/*'], 'secret/data/shop/db/replica', false],
  [['secret/data/shop/*'], 'secret/data/shop/+', true],
  // In a policy a star goes on over slashes, and in a glob it does not.
  [['secret/data/shop/*'], 'secret/data/shop/*', false],
  [['secret/data/shop/**'], 'secret/data/shop/*', true],
  [['secret/data/shop/**'], 'secret/data/shop/+/db', true],
  [['secret/data/shop/**'], 'secret/data/sho*', false],
  [['secret/data/shop/**'], 'secret/data/+/db', false],
  [['secret/data/shop/**'], 'secret/data/shop/../bank/db', false],
  [['secret/data/shop-*'], 'secret/data/shop-*', false],
  [['secret/data/shop-*'], 'secret/data/shop-db', true],
  [['database/creds/shop'], 'database/creds/shop', true],
  [['database/creds/shop'], 'database/creds/sho+', false],
  [['database/creds/shop'], 'database/creds', false],
  [['**'], '*', true],
  [[], 'secret/data/shop', false],
  // What none of them covers alone is not covered.
  [['secret/data/a/**', 'secret/data/b/**'], 'secret/data/+/x', false],
])('of %j a policy for %s has everything in it: %s', (globs, path, expected) => {
  expect(covers(globs, path)).toBe(expected);
});

const name = fc.constantFrom('a', 'b', 'ab', 'shop', 'shop-db', '.hidden', 'a.b', 'data');
const piece = (more: readonly string[]) => fc.oneof(name, fc.constantFrom(...more));
const glob = fc
  .array(piece(['*', 'a*', '*b', 'shop-*', '?', '{a,b}', '[ab]', '!a', '**']), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('/'));
const policyPath = fc
  .tuple(fc.array(piece(['+']), { minLength: 1, maxLength: 4 }), fc.constantFrom('', '*', '/*'))
  .map(([parts, end]) => parts.join('/') + end);
const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));

test('whatever a policy that is covered gives, the settings give, too', () => {
  let covered = 0;
  fc.assert(
    fc.property(glob, policyPath, path, (one, policy, requested) => {
      if (!covers([one], policy)) return;
      covered++;
      if (gives(policy, requested)) expect(isAmong(requested, [one])).toBe(true);
    }),
    { numRuns: 3000 },
  );
  expect(covered).toBeGreaterThan(50);
});

/** What Vault does: https://developer.hashicorp.com/vault/docs/concepts/policies#policy-syntax */
function gives(policy: string, requested: string): boolean {
  const isPrefix = policy.endsWith('*');
  const literal = isPrefix ? policy.slice(0, -1) : policy;
  const escaped = literal.replace(/[.*?^${}()|[\]\\]/g, '\\$&').replace(/(?<=^|\/)\+(?=\/|$)/g, '[^/]+');
  return new RegExp(`^${escaped}${isPrefix ? '' : '$'}`).test(requested);
}

test('a path that is not known yet is refused when it is', () => {
  const scope = { writes: ['secret/data/shop/**'] };
  expect(refusedPath(scope, 'secret', '/data/', { $slipway: 'unknown' })).toEqual([]);
  expect(refusedPath(scope, 'secret', '/data/', 'bank')).toHaveLength(1);
});

test('a secret is no part of a path, which everybody can read', () => {
  const secret = { $slipway: 'secret', fingerprint: '00' };
  expect(refusedPath({ writes: ['**'] }, 'secret', '/data/', secret)).toMatchObject([
    { summary: 'a path in Vault is no secret' },
  ]);
});

test('a glob that begins with ! is a name and no way round the others', () => {
  expect(isAmong('secret/data/bank', ['!secret/data/shop'])).toBe(false);
});
