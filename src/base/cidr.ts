/** Blocks of addresses, IPv4 and IPv6: which holds which, and their subnets as `Fn::Cidr` computes them. */

export interface AddressBlock {
  readonly bits: 32 | 128;
  /** The lowest address that is in it. */
  readonly address: bigint;
  readonly prefix: number;
}

/** Whether every address of the inner block is in the outer one; of two blocks, one holds the other or none. */
export function holdsBlock(outer: AddressBlock, inner: AddressBlock): boolean {
  return (
    outer.bits === inner.bits &&
    outer.prefix <= inner.prefix &&
    lowest(inner.address, inner.bits, outer.prefix) === outer.address
  );
}

/**
 * The first `count` subnets of `block` with `hostBits` bits for hosts each (8 gives /24 in IPv4). A text instead
 * of a list says what is wrong.
 */
export function subnets(block: string, count: number, hostBits: number): readonly string[] | string {
  const parsed = parseBlock(block);
  if (!parsed) return `'${block}' is not an address block such as 10.0.0.0/16`;
  if (!Number.isInteger(count) || count < 1 || count > 256) return 'The count must be from 1 to 256';
  if (!Number.isInteger(hostBits) || hostBits < 1 || hostBits > parsed.bits) {
    return `The subnet bits must be from 1 to ${parsed.bits}`;
  }
  const prefix = parsed.bits - hostBits;
  if (prefix < parsed.prefix) return `Subnets of /${prefix} do not fit in ${block}`;
  const room = 1n << BigInt(prefix - parsed.prefix);
  if (BigInt(count) > room) return `${block} has room for ${room} subnets of /${prefix}, not for ${count}`;
  return Array.from({ length: count }, (_, index) =>
    formatBlock({ ...parsed, address: parsed.address + (BigInt(index) << BigInt(hostBits)), prefix }),
  );
}

/** As AWS writes it: the lowest address, IPv6 as RFC 5952 has it. */
export function formatBlock({ bits, address, prefix }: AddressBlock): string {
  return `${bits === 32 ? formatIpv4(address) : formatIpv6(address)}/${prefix}`;
}

/** Whether the two share an address: never across IPv4 and IPv6. */
export function sharesAddress(a: AddressBlock, b: AddressBlock): boolean {
  return holdsBlock(a, b) || holdsBlock(b, a);
}

/** One address as the block of it alone. Undefined for other texts. */
export function parseAddress(text: string): AddressBlock | undefined {
  return parseBlock(`${text}/${text.includes(':') ? 128 : 32}`);
}

/** Bits past the prefix are left out, as EC2 does: `10.0.0.7/16` is `10.0.0.0/16`. Undefined for other texts. */
export function parseBlock(text: string): AddressBlock | undefined {
  const slash = text.indexOf('/');
  const prefixText = text.slice(slash + 1);
  if (slash < 0 || !/^\d{1,3}$/.test(prefixText)) return undefined;
  const prefix = Number(prefixText);
  const address = text.slice(0, slash);
  const bits = address.includes(':') ? 128 : 32;
  const value = bits === 32 ? parseIpv4(address) : parseIpv6(address);
  if (value === undefined || prefix > bits) return undefined;
  return { bits, address: lowest(value, bits, prefix), prefix };
}

function lowest(address: bigint, bits: number, prefix: number): bigint {
  const hostBits = BigInt(bits - prefix);
  return (address >> hostBits) << hostBits;
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

/** `::` stands for as many zero groups as are missing; the last two groups may be written as an IPv4 address. */
function parseIpv6(text: string): bigint | undefined {
  const halves = text.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const last = halves.at(-1)?.at(-1);
  if (last?.includes('.')) {
    const low = parseIpv4(last);
    if (low === undefined) return undefined;
    halves.at(-1)!.splice(-1, 1, (low >> 16n).toString(16), (low & 0xffffn).toString(16));
  }
  const [head = [], tail] = halves;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (halves.length > 2 || (tail === undefined ? missing !== 0 : missing < 1)) return undefined;
  const zeros = Array<string>(tail === undefined ? 0 : missing).fill('0');
  const all = [...head, ...zeros, ...(tail ?? [])];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return all.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}

function formatIpv4(address: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 255n).join('.');
}

/** Lower case, the longest run of zero groups as `::`, as RFC 5952 says. */
function formatIpv6(address: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) => Number((address >> BigInt(16 * (7 - i))) & 65535n));
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  if (best.length < 2) return text(groups);
  return `${text(groups.slice(0, best.start))}::${text(groups.slice(best.start + best.length))}`;
}
