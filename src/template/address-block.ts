/** Whether a text is a block of addresses, such as `10.0.0.0/16` and `2001:db8::/32`; one address is a block too. */
export function isAddressBlock(text: string, format: 'ipv4-network' | 'ipv6-network'): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  if (rest.length > 0) return false;
  const isIpv4 = format === 'ipv4-network';
  if (prefix !== undefined && !(/^\d{1,3}$/.test(prefix) && Number(prefix) <= (isIpv4 ? 32 : 128)))
    return false;
  return isIpv4 ? isIpv4Address(address) : isIpv6Address(address);
}

function isIpv4Address(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

/** RFC 4291, section 2.2: eight groups, of which `::` leaves out at least one, the last two perhaps as IPv4. */
function isIpv6Address(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  const embedded = last.includes('.') && isIpv4Address(last) && !text.endsWith('::');
  const plain = embedded ? groups.slice(0, -1) : groups;
  if (!plain.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  const count = plain.length + (embedded ? 2 : 0);
  return halves.length === 2 ? count <= 7 : count === 8;
}
