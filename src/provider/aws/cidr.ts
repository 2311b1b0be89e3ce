/** CIDR blocks in the form that AWS stores: the network's own address, IPv6 as RFC 5952 writes it. */
import { formatBlock, parseBlock, sharesAddress } from '../../base/cidr.ts';
import type { Value } from '../../base/value.ts';

/** `10.0.0.7/16` is `10.0.0.0/16`, `2001:DB8:0::/32` is `2001:db8::/32`. What is no CIDR block is left alone. */
export function canonicalCidr<T extends Value | undefined>(value: T): T | string {
  const block = typeof value === 'string' ? parseBlock(value.trim()) : undefined;
  return block ? formatBlock(block) : value;
}

/** Whether the two share an address. False when one is no CIDR block. */
export function overlap(a: string, b: string): boolean {
  const [left, right] = [parseBlock(a.trim()), parseBlock(b.trim())];
  return left !== undefined && right !== undefined && sharesAddress(left, right);
}
