/** CIDR blocks in the form that AWS stores: the network's own address, IPv6 as RFC 5952 writes it. */
import { isIP } from 'node:net';
import type { Value } from '../../base/value.ts';

interface Block {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly prefix: number;
}

/** `10.0.0.7/16` is `10.0.0.0/16`, `2001:DB8:0::/32` is `2001:db8::/32`. What is no CIDR block is left alone. */
export function canonicalCidr<T extends Value | undefined>(value: T): T | string {
  const block = typeof value === 'string' ? parse(value) : undefined;
  if (block === undefined) return value;
  const address = block.version === 4 ? formatIpv4(block.first) : formatIpv6(block.first);
  return `${address}/${block.prefix}`;
}

/** Whether the two share an address. False when one is no CIDR block. */
export function overlap(a: string, b: string): boolean {
  const [left, right] = [parse(a), parse(b)];
  if (left === undefined || right === undefined || left.version !== right.version) return false;
  const shorter = Math.min(left.prefix, right.prefix);
  return network(left, shorter) === network(right, shorter);
}

function parse(cidr: string): Block | undefined {
  const [address = '', prefixText = '', ...rest] = cidr.trim().split('/');
  const version = isIP(address);
  const prefix = Number(prefixText);
  const bits = version === 4 ? 32 : 128;
  if (version === 0 || rest.length > 0 || !/^\d{1,3}$/.test(prefixText) || prefix > bits) return undefined;
  const first = version === 4 ? ipv4Number(address) : ipv6Number(address);
  const block = { version: version as 4 | 6, first, prefix };
  return { ...block, first: network(block, prefix) };
}

function network(block: Block, prefix: number): bigint {
  const hostBits = BigInt((block.version === 4 ? 32 : 128) - prefix);
  return (block.first >> hostBits) << hostBits;
}

function ipv4Number(address: string): bigint {
  return address.split('.').reduce((number, byte) => number * 256n + BigInt(byte), 0n);
}

function ipv6Number(address: string): bigint {
  // The URL standard writes IPv6 out as RFC 5952 does: an embedded IPv4 address and a zone are gone after it.
  const [head = '', tail] = new URL(`http://[${address.split('%')[0]}]/`).hostname.slice(1, -1).split('::');
  const groups = (half: string) => (half === '' ? [] : half.split(':'));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].reduce(
    (number, group) => number * 65536n + BigInt(`0x${group}`),
    0n,
  );
}

function formatIpv4(number: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((number >> shift) & 255n)).join('.');
}

function formatIpv6(number: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((number >> BigInt(112 - 16 * i)) & 65535n).toString(16),
  );
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}
