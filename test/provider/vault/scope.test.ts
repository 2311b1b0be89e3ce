import fc from 'fast-check';
import { expect, test } from 'vitest';
import { covers, isAmong, refusedPath } from '../../../src/provider/vault/scope.ts';
import { seedOf } from '../../seeded.ts';

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
const wild = fc.constantFrom('*', 'a*', '*b', 'shop-*', '?', '{a,b}', '[ab]', '!a', '**');
const glob = fc.array(fc.oneof({ arbitrary: name, weight: 2 }, wild), { minLength: 1, maxLength: 3 });
/** As the glob, but for some of its parts: of others next to nothing would be covered. */
const policyOf = (parts: readonly string[]) =>
  fc
    .tuple(
      ...parts.map((part) =>
        fc.oneof({ arbitrary: fc.constant(part.replaceAll('**', '*')), weight: 4 }, name, fc.constant('+')),
      ),
      fc.constantFrom('', '', '*', '/*', '/x', '/+'),
    )
    .map((chosen) => chosen.slice(0, -1).join('/') + chosen.at(-1));
/** What the policy may mean. */
const pathOf = (policy: string) =>
  fc
    .tuple(
      ...policy.split('/').map((part) => (/[+*]/.test(part) ? name : fc.constant(part))),
      fc.constantFrom('', '/x', '/x/y', 'z'),
    )
    .map((chosen) => chosen.slice(0, -1).join('/') + chosen.at(-1));
const cases = glob.chain((parts) =>
  policyOf(parts).chain((policy) => pathOf(policy).map((path) => ({ glob: parts.join('/'), policy, path }))),
);

test('whatever a policy that is covered gives, the settings give, too', () => {
  let given = 0;
  fc.assert(
    fc.property(cases, ({ glob, policy, path }) => {
      if (!covers([glob], policy) || !gives(policy, path)) return;
      given++;
      expect(isAmong(path, [glob])).toBe(true);
    }),
    { numRuns: 4000, seed: seedOf('SCOPE') },
  );
  expect(given).toBeGreaterThan(100);
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
