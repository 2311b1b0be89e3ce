/** The addresses and prefixes of a network interface: given one by one, or as how many AWS is to choose. */
import type { EC2, NetworkInterface } from '@aws-sdk/client-ec2';
import { isList, type Properties, type Value } from '../../../base/value.ts';
import { integer, objects, sortedBy, text } from '../../plain-value.ts';
import type { ProviderContext } from '../../provider.ts';
import { canonicalCidr } from '../cidr.ts';
import { eventually } from '../eventually.ts';

/** One kind of address that comes and goes while the interface stays. */
interface Kind {
  /** The property that lists them, and its items' key. */
  readonly list: string;
  readonly key: string;
  readonly count: string;
  has(one: NetworkInterface): readonly (string | undefined)[];
  assign(
    ec2: EC2,
    id: string,
    what: { readonly given: string[] } | { readonly count: number },
  ): Promise<unknown>;
  unassign(ec2: EC2, id: string, what: string[]): Promise<unknown>;
}

const kinds: readonly Kind[] = [
  {
    list: 'PrivateIpAddresses',
    key: 'PrivateIpAddress',
    count: 'SecondaryPrivateIpAddressCount',
    has: (one) =>
      (one.PrivateIpAddresses ?? []).filter(({ Primary }) => Primary !== true).map((a) => a.PrivateIpAddress),
    assign: (ec2, NetworkInterfaceId, what) =>
      ec2.assignPrivateIpAddresses(
        'given' in what
          ? { NetworkInterfaceId, PrivateIpAddresses: what.given }
          : { NetworkInterfaceId, SecondaryPrivateIpAddressCount: what.count },
      ),
    unassign: (ec2, NetworkInterfaceId, PrivateIpAddresses) =>
      ec2.unassignPrivateIpAddresses({ NetworkInterfaceId, PrivateIpAddresses }),
  },
  {
    list: 'Ipv6Addresses',
    key: 'Ipv6Address',
    count: 'Ipv6AddressCount',
    has: (one) => (one.Ipv6Addresses ?? []).map((a) => a.Ipv6Address),
    assign: (ec2, NetworkInterfaceId, what) =>
      ec2.assignIpv6Addresses(
        'given' in what
          ? { NetworkInterfaceId, Ipv6Addresses: what.given }
          : { NetworkInterfaceId, Ipv6AddressCount: what.count },
      ),
    unassign: (ec2, NetworkInterfaceId, Ipv6Addresses) =>
      ec2.unassignIpv6Addresses({ NetworkInterfaceId, Ipv6Addresses }),
  },
  {
    list: 'Ipv4Prefixes',
    key: 'Ipv4Prefix',
    count: 'Ipv4PrefixCount',
    has: (one) => (one.Ipv4Prefixes ?? []).map((a) => a.Ipv4Prefix),
    assign: (ec2, NetworkInterfaceId, what) =>
      ec2.assignPrivateIpAddresses(
        'given' in what
          ? { NetworkInterfaceId, Ipv4Prefixes: what.given }
          : { NetworkInterfaceId, Ipv4PrefixCount: what.count },
      ),
    unassign: (ec2, NetworkInterfaceId, Ipv4Prefixes) =>
      ec2.unassignPrivateIpAddresses({ NetworkInterfaceId, Ipv4Prefixes }),
  },
  {
    list: 'Ipv6Prefixes',
    key: 'Ipv6Prefix',
    count: 'Ipv6PrefixCount',
    has: (one) => (one.Ipv6Prefixes ?? []).map((a) => a.Ipv6Prefix),
    assign: (ec2, NetworkInterfaceId, what) =>
      ec2.assignIpv6Addresses(
        'given' in what
          ? { NetworkInterfaceId, Ipv6Prefixes: what.given }
          : { NetworkInterfaceId, Ipv6PrefixCount: what.count },
      ),
    unassign: (ec2, NetworkInterfaceId, Ipv6Prefixes) =>
      ec2.unassignIpv6Addresses({ NetworkInterfaceId, Ipv6Prefixes }),
  },
];

/** The lists that are there, each a set, in AWS's notation. */
export function canonicalAddresses(p: Properties): Properties {
  const lists = kinds.flatMap(({ list, key }) => {
    const given = p[list];
    return given === undefined ? [] : [[list, canonicalList(given, key)] as const];
  });
  return Object.fromEntries(lists);
}

function canonicalList(given: Value, key: string): Value {
  if (!isList(given)) return given;
  const items = given.map((item) => {
    const [one] = objects([item]);
    const address = one?.[key];
    return one === undefined || typeof address !== 'string'
      ? item
      : { ...one, [key]: canonicalAddress(address) };
  });
  return sortedBy(key, items)!;
}

function canonicalAddress(address: string): string {
  if (address.includes('/')) return canonicalCidr(address);
  return address.includes(':') ? canonicalCidr(`${address}/128`).replace(/\/128$/, '') : address;
}

/** The primary address of the list, where it has one. */
export function primaryAddress(p: Properties): string | undefined {
  return text(objects(p.PrivateIpAddresses).find((one) => one.Primary === true)?.PrivateIpAddress);
}

/**
 * Assigns what is new and unassigns what is gone, from what the interface has now. A property that was taken out of
 * the template takes its addresses with it.
 */
export async function bringAboutAddresses(
  context: ProviderContext,
  one: NetworkInterface,
  before: Properties,
  after: Properties,
): Promise<void> {
  const ec2 = await context.aws.ec2();
  const id = one.NetworkInterfaceId!;
  for (const kind of kinds) {
    const has = kind.has(one).filter((address) => address !== undefined);
    const { give, take } = changesOf(kind, has, before, after);
    if (take.length > 0) await kind.unassign(ec2, id, take);
    if (give !== undefined) await eventually(context, () => kind.assign(ec2, id, give));
  }
}

function changesOf(kind: Kind, has: readonly string[], before: Properties, after: Properties) {
  const { list, key, count } = kind;
  if (after[list] !== undefined) {
    const isSecondary = (item: Properties) => item.Primary !== true;
    const wanted = objects(after[list])
      .filter(isSecondary)
      .map((item) => String(item[key]));
    const given = wanted.filter((address) => !has.map(canonicalAddress).includes(address));
    const take = has.filter((address) => !wanted.includes(canonicalAddress(address)));
    return { give: given.length > 0 ? { given } : undefined, take };
  }
  const wasSpoken = before[list] !== undefined || before[count] !== undefined;
  const wanted = integer(after[count]) ?? (wasSpoken ? 0 : has.length);
  return {
    give: wanted > has.length ? { count: wanted - has.length } : undefined,
    take: has.slice(wanted),
  };
}
