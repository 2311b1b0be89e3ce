/** An address block: its first address, and how many of the address's bits are fixed. */
interface Block {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly prefix: number;
}

/**
 * Reads `10.0.0.0/8`, `2001:db8::/32`, or one address without a length. Bits after the prefix are ignored, as EC2
 * ignores them. Throws for anything else: a range that cannot be read must not pass as harmless.
 */
function parseCidr(text: string): Block {
  const [address = '', length, ...rest] = text.trim().split('/');
  const bits = address.includes(':') ? 128 : 32;
  const whole = bits === 32 ? ipv4(address) : ipv6(address);
  const prefix = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : undefined;
  if (whole === undefined || prefix === undefined || prefix > bits || rest.length > 0) {
    throw new Error(`'${text.slice(0, 60)}' is not an address range`);
  }
  const host = BigInt(bits - prefix);
  return { bits, first: (whole >> host) << host, prefix };
}

function ipv4(address: string): bigint | undefined {
  const parts = address.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

// `::` stands for as many zero groups as are missing; the last two groups may be written as an IPv4 address.
function ipv6(address: string): bigint | undefined {
  const halves = address.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const last = halves.at(-1)?.at(-1);
  if (last?.includes('.')) {
    const low = ipv4(last);
    if (low === undefined) return undefined;
    halves.at(-1)!.splice(-1, 1, (low >> 16n).toString(16), (low & 0xffffn).toString(16));
  }
  const [left = [], right] = halves;
  const missing = 8 - left.length - (right?.length ?? 0);
  if (halves.length > 2 || (right === undefined ? missing !== 0 : missing < 1)) return undefined;
  const groups = [...left, ...Array<string>(right === undefined ? 0 : missing).fill('0'), ...(right ?? [])];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

function holds(outer: Block, inner: Block): boolean {
  return (
    outer.bits === inner.bits &&
    outer.prefix <= inner.prefix &&
    outer.first === (inner.first >> BigInt(outer.bits - outer.prefix)) << BigInt(outer.bits - outer.prefix)
  );
}

/** `cidr.contains(outer, inner)`: whether every address of `inner` is in `outer`. Never across IPv4 and IPv6. */
export function cidrContains(outer: string, inner: string): boolean {
  return holds(parseCidr(outer), parseCidr(inner));
}

/** `cidr.prefixLength(range)`: 24 for `10.0.1.0/24`. The smaller it is, the more addresses there are. */
export function cidrPrefixLength(range: string): number {
  return parseCidr(range).prefix;
}

/** `cidr.overlaps(a, b)`: whether an address is in both. Never across IPv4 and IPv6. */
export function cidrOverlaps(a: string, b: string): boolean {
  const [one, other] = [parseCidr(a), parseCidr(b)];
  return holds(one, other) || holds(other, one);
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
function unmapped(block: Block): Block {
  if (block.bits === 32 || block.prefix < 96 || block.first >> 32n !== 0xffffn) return block;
  return { bits: 32, first: block.first & 0xffffffffn, prefix: block.prefix - 96 };
}

function isRouted(block: Block): boolean {
  return !notRouted.some((range) => holds(range, block));
}
