import { type AddressBlock, holdsBlock, parseAddress, parseBlock, sharesAddress } from '../../base/cidr.ts';

/**
 * Reads `10.0.0.0/8`, `2001:db8::/32`, or one address without a length. Throws for anything else: a range that cannot
 * be read must not pass as harmless.
 */
function parseCidr(text: string): AddressBlock {
  const range = text.trim();
  const block = range.includes('/') ? parseBlock(range) : parseAddress(range);
  if (!block) throw new Error(`'${text.slice(0, 60)}' is not an address range`);
  return block;
}

/** `cidr.contains(outer, inner)`: whether every address of `inner` is in `outer`. Never across IPv4 and IPv6. */
export function cidrContains(outer: string, inner: string): boolean {
  return holdsBlock(parseCidr(outer), parseCidr(inner));
}

/** `cidr.prefixLength(range)`: 24 for `10.0.1.0/24`. The smaller it is, the more addresses there are. */
export function cidrPrefixLength(range: string): number {
  return parseCidr(range).prefix;
}

/** `cidr.overlaps(a, b)`: whether an address is in both. Never across IPv4 and IPv6. */
export function cidrOverlaps(a: string, b: string): boolean {
  return sharesAddress(parseCidr(a), parseCidr(b));
}

/** `cidr.size(range)`: how many addresses it has; past 2^53 the nearest number that there is. */
export function cidrSize(range: string): number {
  const { bits, prefix } = parseCidr(range);
  return 2 ** (bits - prefix);
}

/** Ranges that the internet does not route, after the IANA special-purpose address registries (RFC 6890). */
const notRouted = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  '::/127',
  '2001:db8::/32',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
].map(parseCidr);

/**
 * `isPublicCidr(range)`: whether any address of the range can come from the internet. False for null, so that
 * `isPublicCidr(each.CidrIp) || isPublicCidr(each.CidrIpv6)` needs no guard. An office's own address is public too:
 * ask `isWideCidr` where only what is open to everybody is meant.
 */
export function isPublicCidr(range: string | null): boolean {
  return range !== null && isRouted(unmapped(parseCidr(range)));
}

/**
 * `isWideCidr(range)`: whether it is public, and more of the internet than one network has: half a million addresses
 * of IPv4 (a /13), or as large a part of those of IPv6 that are given out (a /16 of 2000::/3). An office, a VPN, a
 * university is narrower. Who takes narrower ranges and many of them gets nowhere: sixty rules, which is what a
 * security group may have, make less than half a hundredth of the internet. False for null.
 */
export function isWideCidr(range: string | null): boolean {
  if (range === null) return false;
  const block = unmapped(parseCidr(range));
  return block.prefix <= (block.bits === 32 ? 13 : 16) && isRouted(block);
}

/** An IPv4 address written as IPv6 (::ffff:a.b.c.d) is the IPv4 address. */
function unmapped(block: AddressBlock): AddressBlock {
  if (block.bits === 32 || block.prefix < 96 || block.address >> 32n !== 0xffffn) return block;
  return { bits: 32, address: block.address & 0xffffffffn, prefix: block.prefix - 96 };
}

function isRouted(block: AddressBlock): boolean {
  return !notRouted.some((range) => holdsBlock(range, block));
}
