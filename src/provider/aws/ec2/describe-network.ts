/** The Describe calls of addresses, gateways, endpoints and what else joins networks: as `describe.ts` has them. */
import type {
  Address,
  DhcpOptions,
  EgressOnlyInternetGateway,
  Filter,
  FlowLog,
  ManagedPrefixList,
  NatGateway,
  SecurityGroupRule,
  Tag,
  VpcEndpoint,
  VpcPeeringConnection,
} from '@aws-sdk/client-ec2';
import { all, type Listing, withIds } from './describe.ts';

/** Not paginated by AWS. */
export const addresses: Listing<Address> = {
  call: 'DescribeAddresses',
  idFilter: 'allocation-id',
  list: async (ec2, Filters) => (await ec2.describeAddresses({ Filters })).Addresses ?? [],
};

/** Without those that are gone, which AWS shows for an hour, and those that failed, which go by themselves. */
export const natGateways: Listing<NatGateway> = {
  call: 'DescribeNatGateways',
  idFilter: 'nat-gateway-id',
  list: async (ec2, filters) => {
    const found = await allNatGateways.list(ec2, filters);
    return found.filter(({ State }) => State === 'pending' || State === 'available');
  },
};

/** In every state. */
export const allNatGateways: Listing<NatGateway> = {
  call: 'DescribeNatGateways in every state',
  idFilter: 'nat-gateway-id',
  list: async (ec2, filters) =>
    tagged(
      filters,
      await all(
        ec2.paginateDescribeNatGateways({ Filter: filters }, { pageSize: 1000 }),
        (page) => page.NatGateways,
      ),
    ),
};

/**
 * AWS filters these by tag only, and refuses a whole call for one id that is gone. There is one a VPC at most, so
 * what is asked for by id is chosen from all.
 */
export const egressOnlyInternetGateways: Listing<EgressOnlyInternetGateway> = {
  call: 'DescribeEgressOnlyInternetGateways',
  idFilter: 'egress-only-internet-gateway-id',
  async list(ec2, filters) {
    const byTag = filters.filter(isOfTag);
    const Filters = byTag.length > 0 ? byTag : undefined;
    const found = await all(
      ec2.paginateDescribeEgressOnlyInternetGateways({ Filters }, { pageSize: 255 }),
      (page) => page.EgressOnlyInternetGateways,
    );
    return withId(this.idFilter, filters, tagged(filters, found), (one) => one.EgressOnlyInternetGatewayId);
  },
};

/** Without those that are gone, which AWS shows for a while. */
export const vpcEndpoints: Listing<VpcEndpoint> = {
  call: 'DescribeVpcEndpoints',
  idFilter: 'vpc-endpoint-id',
  async list(ec2, Filters) {
    const found = await allVpcEndpoints.list(ec2, Filters);
    return found.filter(({ State = '' }) => !/^delet/i.test(State));
  },
};

/** In every state. */
export const allVpcEndpoints: Listing<VpcEndpoint> = {
  call: 'DescribeVpcEndpoints in every state',
  idFilter: 'vpc-endpoint-id',
  list: (ec2, Filters) =>
    withIds('vpc-endpoint-id', Filters, async (ids) =>
      ids === undefined
        ? all(ec2.paginateDescribeVpcEndpoints({ Filters }, { pageSize: 1000 }), (page) => page.VpcEndpoints)
        : ((await ec2.describeVpcEndpoints({ VpcEndpointIds: ids })).VpcEndpoints ?? []),
    ),
};

export const dhcpOptionSets: Listing<DhcpOptions> = {
  call: 'DescribeDhcpOptions',
  idFilter: 'dhcp-options-id',
  list: (ec2, Filters) =>
    all(ec2.paginateDescribeDhcpOptions({ Filters }, { pageSize: 1000 }), (page) => page.DhcpOptions),
};

export const flowLogs: Listing<FlowLog> = {
  call: 'DescribeFlowLogs',
  idFilter: 'flow-log-id',
  list: (ec2, filters) =>
    all(ec2.paginateDescribeFlowLogs({ Filter: filters }, { pageSize: 1000 }), (page) => page.FlowLogs),
};

/** Without those that were deleted, refused or never came to be: AWS shows them for up to two hours. */
export const peeringConnections: Listing<VpcPeeringConnection> = {
  call: 'DescribeVpcPeeringConnections',
  idFilter: 'vpc-peering-connection-id',
  async list(ec2, filters) {
    const found = await allPeeringConnections.list(ec2, filters);
    return found.filter(({ Status }) => !/^(delet|reject|fail|expire)/.test(Status?.Code ?? ''));
  },
};

/** In every state. */
export const allPeeringConnections: Listing<VpcPeeringConnection> = {
  call: 'DescribeVpcPeeringConnections in every state',
  idFilter: 'vpc-peering-connection-id',
  async list(ec2, Filters) {
    const found = await all(
      ec2.paginateDescribeVpcPeeringConnections({ Filters }, { pageSize: 1000 }),
      (page) => page.VpcPeeringConnections,
    );
    return withId(this.idFilter, Filters, tagged(Filters, found), (one) => one.VpcPeeringConnectionId);
  },
};

/** Without those that are gone or going. */
export const prefixLists: Listing<ManagedPrefixList> = {
  call: 'DescribeManagedPrefixLists',
  idFilter: 'prefix-list-id',
  async list(ec2, Filters) {
    const found = await allPrefixLists.list(ec2, Filters);
    return found.filter(({ State = '' }) => State !== 'delete-in-progress' && State !== 'delete-complete');
  },
};

/** In every state. */
export const allPrefixLists: Listing<ManagedPrefixList> = {
  call: 'DescribeManagedPrefixLists in every state',
  idFilter: 'prefix-list-id',
  list: (ec2, Filters) =>
    all(ec2.paginateDescribeManagedPrefixLists({ Filters }, { pageSize: 100 }), (page) => page.PrefixLists),
};

export const securityGroupRules: Listing<SecurityGroupRule> = {
  call: 'DescribeSecurityGroupRules',
  idFilter: 'security-group-rule-id',
  list: (ec2, Filters) =>
    all(
      ec2.paginateDescribeSecurityGroupRules({ Filters }, { pageSize: 1000 }),
      (page) => page.SecurityGroupRules,
    ),
};

function isOfTag({ Name = '' }: Filter): boolean {
  return Name.startsWith('tag:');
}

/** moto does not filter these by their tags. AWS does, and has left nothing to drop. */
function tagged<Item extends { readonly Tags?: Tag[] | undefined }>(
  filters: readonly Filter[],
  items: readonly Item[],
): Item[] {
  const wanted = filters.filter(isOfTag).map(({ Name = '', Values = [] }) => ({
    key: Name.slice('tag:'.length),
    values: Values.map((value) => value.replace(/\\([\\*?])/g, '$1')),
  }));
  return items.filter(({ Tags = [] }) =>
    wanted.every(({ key, values }) =>
      Tags.some((tag) => tag.Key === key && values.includes(tag.Value ?? '')),
    ),
  );
}

function withId<Item>(
  filter: string,
  filters: readonly Filter[],
  items: readonly Item[],
  idOf: (item: Item) => string | undefined,
): Item[] {
  const ids = filters.find(({ Name }) => Name === filter)?.Values;
  return items.filter((item) => ids === undefined || ids.includes(idOf(item) ?? ''));
}
