import type { Properties } from '../../src/base/value.ts';
import type { ResourceRecord } from '../../src/state/state.ts';
import {
  addDefaults,
  type Describe,
  type Fields,
  groupOf,
  type StubCloud,
  subnetOf,
  vpcOf,
} from './stub-cloud.ts';

const stack = 'acme/large:infra/mixed.yaml@bench';

/** What a large stack of machines is made of, of a hundred resources: each machine has its own volume and more. */
const shares = {
  Instance: 20,
  NetworkInterface: 10,
  Volume: 18,
  EIP: 8,
  NatGateway: 2,
  SecurityGroup: 15,
  Subnet: 10,
  SubnetRouteTableAssociation: 10,
  RouteTable: 3,
  Route: 4,
} as const;

/**
 * Puts a mixed stack of about `count` resources (a multiple of a hundred, and its five VPCs) into the cloud, and gives
 * the records that its apply would have left.
 */
export function mixedStack(cloud: StubCloud, count: number): readonly ResourceRecord[] {
  const records: ResourceRecord[] = [];
  const record = (type: string, physicalId: string, properties: Properties = {}) => {
    records.push({
      stack,
      logicalId: `R${records.length}`,
      generation: 'current',
      type: `AWS::EC2::${type}`,
      physicalId,
      properties,
      attributes: {},
      dependsOn: [],
      deletionPolicy: 'Delete',
      updateReplacePolicy: 'Delete',
    });
    return physicalId;
  };
  const tags = { 'slipway:stack': stack, Name: 'bench' };
  const add = (
    type: string,
    describe: Describe,
    prefix: string,
    fields: Fields,
    properties: Properties = {},
  ) => record(type, cloud.add(describe, prefix, fields, tags), properties);
  const SecurityGroupEgress = [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }];
  const times = (share: number, make: (index: number) => void) => {
    for (let index = 0; index < (share * count) / 100; index++) make(index);
  };

  const vpcs = Array.from({ length: 5 }, (_, n) => {
    const id = add('VPC', 'DescribeVpcs', 'vpc', vpcOf(`10.${n}.0.0/16`));
    addDefaults(cloud.add, id);
    return id;
  });
  const vpcAt = (index: number) => vpcs[index % vpcs.length]!;
  times(shares.Instance, () =>
    add('Instance', 'DescribeInstances', 'i', {
      instanceState: { name: 'running' },
      instanceType: 'm5.large',
    }),
  );
  times(shares.NetworkInterface, () =>
    add('NetworkInterface', 'DescribeNetworkInterfaces', 'eni', { status: 'available' }),
  );
  times(shares.Volume, () => add('Volume', 'DescribeVolumes', 'vol', { status: 'available', size: '10' }));
  times(shares.EIP, (i) => {
    const publicIp = `203.0.${i >> 8}.${i & 255}`;
    const AllocationId = cloud.add('DescribeAddresses', 'eipalloc', { publicIp, domain: 'vpc' }, tags);
    record('EIP', AllocationId);
  });
  times(shares.NatGateway, () => add('NatGateway', 'DescribeNatGateways', 'nat', { state: 'available' }));
  times(shares.SecurityGroup, (i) =>
    add('SecurityGroup', 'DescribeSecurityGroups', 'sg', groupOf(vpcAt(i), `group ${i}`, 'web'), {
      SecurityGroupEgress,
    }),
  );
  times(shares.Subnet, (i) =>
    add('Subnet', 'DescribeSubnets', 'subnet', subnetOf(vpcAt(i), `10.0.${i >> 4}.0/28`)),
  );
  const tables = shares.RouteTable * (count / 100);
  for (let t = 0; t < tables; t++) {
    const of = (share: number) =>
      Array.from({ length: Math.ceil((share * count) / 100) }, (_, i) => i).filter((i) => i % tables === t);
    const routes = of(shares.Route).map((i) => `172.${16 + (i >> 8)}.${i & 255}.0/24`);
    const associations = of(shares.SubnetRouteTableAssociation).map((i) => `rtbassoc-${i}`);
    const id = add('RouteTable', 'DescribeRouteTables', 'rtb', {
      vpcId: vpcAt(t),
      routeSet: routes.map((destinationCidrBlock) => ({
        destinationCidrBlock,
        origin: 'CreateRoute',
        gatewayId: 'igw-1',
      })),
      associationSet: associations.map((routeTableAssociationId) => ({ routeTableAssociationId })),
    });
    for (const route of routes) record('Route', `${id}|${route}`);
    for (const association of associations) record('SubnetRouteTableAssociation', association);
  }
  return records;
}
