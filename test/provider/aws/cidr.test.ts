import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unknown } from '../../../src/base/value.ts';
import { canonicalCidr, overlap } from '../../../src/provider/aws/cidr.ts';

test.each([
  ['10.0.0.7/16', '10.0.0.0/16'],
  ['100.68.0.18/18', '100.68.0.0/18'],
  ['0.0.0.7/0', '0.0.0.0/0'],
  ['255.255.255.255/32', '255.255.255.255/32'],
  [' 10.0.0.0/8 ', '10.0.0.0/8'],
  ['0:0::/0', '::/0'],
  ['2001:DB8:0000::1/32', '2001:db8::/32'],
  ['2001:db8:1:2:3:4:5:6/128', '2001:db8:1:2:3:4:5:6/128'],
  ['::ffff:10.0.0.1/128', '::ffff:a00:1/128'],
  ['10.0.0.0/33', '10.0.0.0/33'],
  ['10.0.0.0', '10.0.0.0'],
  ['pl-123', 'pl-123'],
])('%s is %s', (given, wanted) => {
  expect(canonicalCidr(given)).toBe(wanted);
});

test('what only the cloud can give is left alone', () => {
  expect(canonicalCidr(unknown)).toBe(unknown);
  expect(canonicalCidr(undefined)).toBeUndefined();
});

test.each([
  ['10.0.0.0/16', '10.0.1.0/24', true],
  ['10.0.1.0/24', '10.0.0.0/16', true],
  ['10.0.0.0/24', '10.0.1.0/24', false],
  ['::/0', '2001:db8::/32', true],
  ['0.0.0.0/0', '::/0', false],
  ['10.0.0.0/16', 'nothing', false],
])('%s and %s share an address: %s', (a, b, wanted) => {
  expect(overlap(a, b)).toBe(wanted);
});

const blocks = fc.oneof(
  fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })),
  fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })),
);

test('the canonical form is its own, and overlaps what it came from', () => {
  fc.assert(
    fc.property(blocks, ([address, prefix]) => {
      const canonical = canonicalCidr(`${address}/${prefix}`);
      expect(canonicalCidr(canonical)).toBe(canonical);
      expect(overlap(canonical, `${address}/${prefix}`)).toBe(true);
    }),
  );
});
