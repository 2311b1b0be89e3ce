/**
 * EC2's Describe calls, as bulk reads use them: paginated, filtered by our stack tag or by ids, and shared by the
 * types that read the same one. Ids go into filters and not into the calls' id lists, because one id that is gone
 * would fail the whole call.
 */
import type {
  EC2,
  Filter,
  Instance,
  InternetGateway,
  NetworkAcl,
  NetworkInterface,
  RouteTable,
  SecurityGroup,
  Subnet,
  Vpc,
  VpnGateway,
} from '@aws-sdk/client-ec2';
import type { ProviderContext, ReadContext } from '../../provider.ts';
import { isNotFound } from '../aws-error.ts';
import { until } from '../eventually.ts';
import { intentTag, stackTag } from '../tags.ts';

/** One Describe call. */
export interface Listing<Item> {
  readonly call: string;
  /** The filter that takes this listing's own ids. */
  readonly idFilter: string;
  list(ec2: EC2, filters: Filter[]): Promise<Item[]>;
}

/** AWS's limit on the values of one filter. */
const filterValues = 200;

export const vpcs: Listing<Vpc> = {
  call: 'DescribeVpcs',
  idFilter: 'vpc-id',
  list: (ec2, Filters) => all(ec2.paginateDescribeVpcs({ Filters }, { pageSize: 1000 }), (page) => page.Vpcs),
};

export const subnets: Listing<Subnet> = {
  call: 'DescribeSubnets',
  idFilter: 'subnet-id',
  list: (ec2, Filters) =>
    all(ec2.paginateDescribeSubnets({ Filters }, { pageSize: 1000 }), (page) => page.Subnets),
};

export const internetGateways: Listing<InternetGateway> = {
  call: 'DescribeInternetGateways',
  idFilter: 'internet-gateway-id',
  list: (ec2, Filters) =>
    all(
      ec2.paginateDescribeInternetGateways({ Filters }, { pageSize: 1000 }),
      (page) => page.InternetGateways,
    ),
};

/** Not paginated by AWS. */
export const vpnGateways: Listing<VpnGateway> = {
  call: 'DescribeVpnGateways',
  idFilter: 'vpn-gateway-id',
  list: async (ec2, Filters) => (await ec2.describeVpnGateways({ Filters })).VpnGateways ?? [],
};

/** Pages of 100 are AWS's limit here: each table comes with all its routes and associations. */
export const routeTables: Listing<RouteTable> = {
  call: 'DescribeRouteTables',
  idFilter: 'route-table-id',
  list: (ec2, Filters) =>
    all(ec2.paginateDescribeRouteTables({ Filters }, { pageSize: 100 }), (page) => page.RouteTables),
};

export const securityGroups: Listing<SecurityGroup> = {
  call: 'DescribeSecurityGroups',
  idFilter: 'group-id',
  list: (ec2, Filters) =>
    all(ec2.paginateDescribeSecurityGroups({ Filters }, { pageSize: 1000 }), (page) => page.SecurityGroups),
};

export const networkAcls: Listing<NetworkAcl> = {
  call: 'DescribeNetworkAcls',
  idFilter: 'network-acl-id',
  list: (ec2, Filters) =>
    withIds('network-acl-id', Filters, async (ids) =>
      ids === undefined
        ? all(ec2.paginateDescribeNetworkAcls({ Filters }, { pageSize: 1000 }), (page) => page.NetworkAcls)
        : ((await ec2.describeNetworkAcls({ NetworkAclIds: ids })).NetworkAcls ?? []),
    ),
};

export const networkInterfaces: Listing<NetworkInterface> = {
  call: 'DescribeNetworkInterfaces',
  idFilter: 'network-interface-id',
  list: (ec2, Filters) =>
    all(
      ec2.paginateDescribeNetworkInterfaces({ Filters }, { pageSize: 1000 }),
      (page) => page.NetworkInterfaces,
    ),
};

export const instances: Listing<Instance> = {
  call: 'DescribeInstances',
  idFilter: 'instance-id',
  list: (ec2, Filters) =>
    all(ec2.paginateDescribeInstances({ Filters }, { pageSize: 1000 }), (page) =>
      page.Reservations?.flatMap((reservation) => reservation.Instances ?? []),
    ),
};

/**
 * One bulk read. By stack: everything with the stack's tag, whatever `ids` says, shared by everyone who reads the
 * same listing. By id: those with the ids.
 *
 * @param idFilter the filter that takes the ids, where it is not the listing's own
 */
export function readBulk<Item>(
  context: ReadContext,
  listing: Listing<Item>,
  ids: readonly string[],
  idFilter = listing.idFilter,
): Promise<readonly Item[]> {
  if (context.by === 'id') return listByFilter(context, listing, idFilter, ids);
  return context.once(listing.call, async () =>
    listing.list(await context.aws.ec2(), [{ Name: `tag:${stackTag}`, Values: [literal(context.stack)] }]),
  );
}

/** What has one of the values, in as many calls as the values need; shared by those who ask for the same. */
export function listByFilter<Item>(
  context: ReadContext,
  listing: Listing<Item>,
  filter: string,
  values: readonly string[],
  more: Filter[] = [],
): Promise<readonly Item[]> {
  const wanted = [...new Set(values)].sort();
  return context.once([listing.call, filter, ...wanted, JSON.stringify(more)].join(' '), async () => {
    const ec2 = await context.aws.ec2();
    const chunks = Array.from({ length: Math.ceil(wanted.length / filterValues) }, (_, i) =>
      wanted.slice(i * filterValues, (i + 1) * filterValues),
    );
    const answers = await Promise.all(
      chunks.map((Values) => listing.list(ec2, [{ Name: filter, Values }, ...more])),
    );
    return answers.flat();
  });
}

/** The one with this id; undefined when there is none. */
export async function describeOne<Item>(
  context: ProviderContext,
  listing: Listing<Item>,
  id: string,
): Promise<Item | undefined> {
  const [item] = await listing.list(await context.aws.ec2(), [{ Name: listing.idFilter, Values: [id] }]);
  return item;
}

/** Just made: waits until AWS shows it, so that a plan in the next moment does not think it gone. */
export function untilShown<Item>(
  context: ProviderContext,
  listing: Listing<Item>,
  id: string,
): Promise<Item> {
  return until(context, `${id} to show`, 60_000, () => describeOne(context, listing, id));
}

/** What the create with this intent made; undefined when there is nothing, or it cannot be seen yet. */
export async function describeByIntent<Item>(
  context: ProviderContext,
  listing: Listing<Item>,
  intent: string,
): Promise<Item | undefined> {
  const [item] = await listing.list(await context.aws.ec2(), [
    { Name: `tag:${intentTag}`, Values: [literal(intent)] },
  ]);
  return item;
}

/** A read of ids on its own, outside of a bulk read. */
export function readingIds(context: ProviderContext): ReadContext {
  return { ...context, by: 'id', once: (_key, read) => read() };
}

/**
 * Asks for ids in the call's own list where they are all that is asked for, because moto does not know the filter.
 * AWS refuses such a call whole for one id that is gone: then each goes alone.
 *
 * @param ask with no ids where the filters are to be used
 */
export async function withIds<Item>(
  filter: string,
  filters: readonly Filter[],
  ask: (ids: string[] | undefined) => Promise<Item[]>,
): Promise<Item[]> {
  const [only, ...more] = filters;
  if (only?.Name !== filter || more.length > 0) return ask(undefined);
  const askAll = async (ids: string[]): Promise<Item[]> => {
    try {
      return await ask(ids);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      if (ids.length === 1) return [];
      return (await Promise.all(ids.map((id) => askAll([id])))).flat();
    }
  };
  return askAll(only.Values ?? []);
}

/** Filters know wildcards; a name that holds one means the character. */
function literal(text: string): string {
  return text.replace(/[\\*?]/g, '\\$&');
}

export async function all<Page, Item>(
  pages: AsyncIterable<Page>,
  items: (page: Page) => readonly Item[] | undefined,
): Promise<Item[]> {
  const result: Item[] = [];
  for await (const page of pages) result.push(...(items(page) ?? []));
  return result;
}
