/**
 * An EC2 for measuring against: real HTTP and XML, answered from memory in well below a millisecond. The emulator
 * (moto) needs about 20 ms of its one thread for each call, which is more than a large stack's floor under throttling
 * allows, so with it one would measure the emulator. Only what the benchmark's templates lead to is here; anything
 * else is refused. It checks nothing: that what is sent is right, the tests on the emulator show.
 */
import { createServer } from 'node:http';

/** Fields as EC2's XML names them; a list becomes `<item>`s. */
export interface Fields {
  readonly [name: string]: string | Fields | readonly Fields[];
}

interface Listing {
  readonly list: string;
  readonly id: string;
}

/** What Describe calls list, by the calls' names. */
const listings = {
  DescribeAddresses: { list: 'addressesSet', id: 'allocationId' },
  DescribeInstances: { list: 'instancesSet', id: 'instanceId' },
  DescribeInternetGateways: { list: 'internetGatewaySet', id: 'internetGatewayId' },
  DescribeNatGateways: { list: 'natGatewaySet', id: 'natGatewayId' },
  DescribeNetworkAcls: { list: 'networkAclSet', id: 'networkAclId' },
  DescribeNetworkInterfaces: { list: 'networkInterfaceSet', id: 'networkInterfaceId' },
  DescribeRouteTables: { list: 'routeTableSet', id: 'routeTableId' },
  DescribeSecurityGroups: { list: 'securityGroupInfo', id: 'groupId' },
  DescribeSubnets: { list: 'subnetSet', id: 'subnetId' },
  DescribeVolumes: { list: 'volumeSet', id: 'volumeId' },
  DescribeVpcs: { list: 'vpcSet', id: 'vpcId' },
} as const satisfies Record<string, Listing>;

export type Describe = keyof typeof listings;

/** AWS pages these only when asked to, and the others never. */
const longestPage = 1000;

export interface StubCloud {
  readonly url: string;
  /** Puts a resource there as if it had been made long ago; gives its id. */
  add(describe: Describe, prefix: string, fields: Fields, tags?: Readonly<Record<string, string>>): string;
  stop(): Promise<void>;
}

export async function startStubCloud(): Promise<StubCloud> {
  const items = new Map<Describe, Map<string, Fields>>();
  let made = 0;
  const newId = (prefix: string) => `${prefix}-${(++made).toString(16).padStart(17, '0')}`;
  const of = (describe: Describe) => {
    const known = items.get(describe) ?? new Map<string, Fields>();
    items.set(describe, known);
    return known;
  };
  const add: StubCloud['add'] = (describe, prefix, fields, tags = {}) => {
    const id = newId(prefix);
    const tagSet = Object.entries(tags).map(([key, value]) => ({ key, value }));
    of(describe).set(id, { [listings[describe].id]: id, ...fields, tagSet });
    return id;
  };
  const append = (describe: Describe, id: string, list: string, more: Fields) => {
    const one = of(describe).get(id)!;
    of(describe).set(id, { ...one, [list]: [...((one[list] as readonly Fields[] | undefined) ?? []), more] });
  };
  const creates: Readonly<Record<string, (p: Parameters) => Fields>> = {
    CreateVpc: (p) => {
      const id = add('DescribeVpcs', 'vpc', vpcOf(p.get('CidrBlock')), tagsOf(p));
      addDefaults(add, id);
      return { vpc: of('DescribeVpcs').get(id)! };
    },
    CreateSubnet: (p) => {
      const id = add('DescribeSubnets', 'subnet', subnetOf(p.get('VpcId'), p.get('CidrBlock')), tagsOf(p));
      return { subnet: of('DescribeSubnets').get(id)! };
    },
    CreateInternetGateway: (p) => {
      const id = add('DescribeInternetGateways', 'igw', {}, tagsOf(p));
      return { internetGateway: of('DescribeInternetGateways').get(id)! };
    },
    CreateRouteTable: (p) => {
      const id = add('DescribeRouteTables', 'rtb', { vpcId: p.get('VpcId') }, tagsOf(p));
      return { routeTable: of('DescribeRouteTables').get(id)! };
    },
    CreateSecurityGroup: (p) => {
      const fields = groupOf(p.get('VpcId'), p.get('GroupName'), p.get('GroupDescription'));
      return { groupId: add('DescribeSecurityGroups', 'sg', fields, tagsOf(p)), return: 'true' };
    },
    CreateRoute: (p) => {
      const route = { destinationCidrBlock: p.get('DestinationCidrBlock'), gatewayId: p.get('GatewayId') };
      append('DescribeRouteTables', p.get('RouteTableId'), 'routeSet', { ...route, origin: 'CreateRoute' });
      return { return: 'true' };
    },
    AttachInternetGateway: (p) => {
      const attachment = { vpcId: p.get('VpcId'), state: 'available' };
      append('DescribeInternetGateways', p.get('InternetGatewayId'), 'attachmentSet', attachment);
      return { return: 'true' };
    },
    AssociateRouteTable: (p) => {
      const [routeTableId, subnetId] = [p.get('RouteTableId'), p.get('SubnetId')];
      const association = { routeTableAssociationId: newId('rtbassoc'), routeTableId, subnetId };
      append('DescribeRouteTables', routeTableId, 'associationSet', association);
      return { associationId: association.routeTableAssociationId };
    },
    ModifyVpcAttribute: () => ({ return: 'true' }),
    DescribeVpcAttribute: (p) => ({ vpcId: p.get('VpcId'), [p.get('Attribute')]: { value: 'true' } }),
    GetCallerIdentity: () => ({ GetCallerIdentityResult: { Account: '123456789012' } }),
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
      const p: Parameters = { get: (name) => form.get(name) ?? '', all: [...form] };
      const action = p.get('Action');
      const describe = action in listings ? (action as Describe) : undefined;
      const answer = describe ? page(describe, [...of(describe).values()], p) : creates[action]?.(p);
      const body = answer
        ? `<${action}Response>${writeFields(answer)}</${action}Response>`
        : `<Response><Errors><Error><Code>InvalidAction</Code><Message>${action} is not in the stub</Message></Error></Errors></Response>`;
      response.writeHead(answer ? 200 : 400, { 'content-type': 'text/xml;charset=UTF-8' }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    add,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Parameters {
  get(name: string): string;
  readonly all: readonly (readonly [string, string])[];
}

export function vpcOf(cidrBlock: string): Fields {
  return { cidrBlock, state: 'available', instanceTenancy: 'default' };
}

export function subnetOf(vpcId: string, cidrBlock: string): Fields {
  return { vpcId, cidrBlock, state: 'available', availabilityZone: 'eu-west-1a' };
}

export function groupOf(vpcId: string, groupName: string, groupDescription: string): Fields {
  const everywhere = [{ cidrIp: '0.0.0.0/0' }];
  const ipPermissionsEgress = [{ ipProtocol: '-1', ipRanges: everywhere }];
  return { vpcId, groupName, groupDescription, ipPermissionsEgress };
}

/** What a VPC comes with. */
export function addDefaults(add: StubCloud['add'], vpcId: string): void {
  add('DescribeNetworkAcls', 'acl', { vpcId, default: 'true' });
  add('DescribeSecurityGroups', 'sg', groupOf(vpcId, 'default', 'default VPC security group'));
}

function tagsOf({ all }: Parameters): Record<string, string> {
  const found = all.filter(([name]) => /^TagSpecification\.\d+\.Tag\.\d+\.Key$/.test(name));
  const values = new Map(all);
  return Object.fromEntries(
    found.map(([name, key]) => [key, values.get(name.replace(/Key$/, 'Value')) ?? '']),
  );
}

function page(describe: Describe, items: readonly Fields[], p: Parameters): Fields {
  const { list } = listings[describe];
  const filters = p.all
    .filter(([name]) => /^Filter\.\d+\.Name$/.test(name))
    .map(([name, filter]) => {
      const values = p.all.filter(([other]) => other.startsWith(name.replace(/Name$/, 'Value.')));
      return { field: fieldOf(filter), values: new Set(values.map(([, value]) => value)) };
    });
  const found = items.filter((item) =>
    filters.every(({ field, values }) => field(item).some((value) => values.has(value))),
  );
  const from = Number(p.get('NextToken'));
  const to = from + Math.min(Number(p.get('MaxResults') || longestPage), longestPage);
  const nextToken = to < found.length ? { nextToken: String(to) } : {};
  const shown = found.slice(from, to);
  if (describe !== 'DescribeInstances') return { [list]: shown, ...nextToken };
  return { reservationSet: [{ instancesSet: shown }], ...nextToken };
}

/** `vpc-id` is the field `vpcId`, `tag:Name` the value of that tag, `association.subnet-id` is in the associations. */
function fieldOf(filter: string): (item: Fields) => readonly string[] {
  const itemsOf = (item: Fields, list: string) => (item[list] as readonly Fields[] | undefined) ?? [];
  if (filter.startsWith('tag:')) {
    const key = filter.slice('tag:'.length);
    return (item) =>
      itemsOf(item, 'tagSet')
        .filter((tag) => tag.key === key)
        .map((tag) => String(tag.value));
  }
  const [name = '', inner] = filter
    .split('.')
    .map((part) => part.replace(/-(\w)/g, (_, letter) => letter.toUpperCase()));
  if (inner === undefined) return (item) => [String(item[name] ?? '')];
  return (item) => itemsOf(item, `${name}Set`).map((one) => String(one[inner]));
}

function writeFields(fields: Fields): string {
  return Object.entries(fields)
    .map(([name, value]) => `<${name}>${writeValue(value)}</${name}>`)
    .join('');
}

function writeValue(value: Fields[string]): string {
  if (typeof value === 'string') return value.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  if (!Array.isArray(value)) return writeFields(value as Fields);
  return value.map((item: Fields) => `<item>${writeFields(item)}</item>`).join('');
}
