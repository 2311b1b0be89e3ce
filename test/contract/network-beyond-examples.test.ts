/** What the one example a type leaves out: other kinds of the same type, and routes to every kind of target. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Properties } from '../../src/base/value.ts';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import type { Live } from '../../src/provider/provider.ts';
import { registry } from '../../src/provider/registry.ts';
import { typeSchemas } from '../../src/provider/schemas.ts';
import { likeAws, startFaultProxy } from '../../src/sandbox/fault-proxy/index.ts';
import { awsClientConfig, describeWithServices } from '../services.ts';
import { quickClock } from './quick-clock.ts';
import {
  contextOf,
  create,
  makeNeeds,
  plan,
  read,
  remove,
  resolve,
  update,
  type Workbench,
} from './workbench.ts';

const inVpc = { VpcId: { Ref: 'Vpc' } };
const subnet = (CidrBlock: string) => ({ type: 'AWS::EC2::Subnet', properties: { ...inVpc, CidrBlock } });
const group = { type: 'AWS::EC2::SecurityGroup', properties: { ...inVpc, GroupDescription: 'example' } };
const needs = {
  Vpc: { type: 'AWS::EC2::VPC', properties: { CidrBlock: '10.0.0.0/16' } },
  Subnet: subnet('10.0.1.0/24'),
  OtherSubnet: subnet('10.0.2.0/24'),
  Group: group,
  OtherGroup: group,
  Table: { type: 'AWS::EC2::RouteTable', properties: inVpc },
  Peer: { type: 'AWS::EC2::VPC', properties: { CidrBlock: '10.1.0.0/16' } },
  Peering: {
    type: 'AWS::EC2::VPCPeeringConnection',
    properties: { ...inVpc, PeerVpcId: { Ref: 'Peer' } },
  },
  Nat: {
    type: 'AWS::EC2::NatGateway',
    properties: { SubnetId: { Ref: 'Subnet' }, ConnectivityType: 'private' },
  },
  Egress: { type: 'AWS::EC2::EgressOnlyInternetGateway', properties: inVpc },
  List: {
    type: 'AWS::EC2::PrefixList',
    properties: { PrefixListName: 'shop', AddressFamily: 'IPv4', MaxEntries: 1 },
  },
};

await describeWithServices('networks beyond the examples', ['moto'], async ({ moto }) => {
  const clock = quickClock();
  const proxy = await startFaultProxy({ target: moto.url, rules: likeAws, clock });
  const aws = openAws(awsClientConfig(moto, proxy.url));
  const bench: Workbench = {
    types: registry,
    schemas: typeSchemas,
    context: contextOf(aws, clock, 'acme/shop:infra/beyond.yaml@test'),
  };
  let refs: ReadonlyMap<string, Live>;
  let removeNeeds: () => Promise<void>;
  const resolved = (properties: Properties) => resolve(properties, refs) as Properties;

  beforeAll(async () => {
    ({ refs, remove: removeNeeds } = await makeNeeds(bench, { needs }));
  });
  afterAll(async () => {
    await removeNeeds();
    aws.destroy();
    await proxy.stop();
  });

  test('an interface endpoint gets other subnets and groups in place', async () => {
    const properties = {
      ...inVpc,
      VpcEndpointType: 'Interface',
      ServiceName: 'com.amazonaws.eu-west-1.ssm',
      SubnetIds: [{ Ref: 'Subnet' }],
      SecurityGroupIds: [{ Ref: 'Group' }],
    };
    const made = await create(bench, 'Endpoint', 'AWS::EC2::VPCEndpoint', resolved(properties));
    expect(await plan(bench, made, resolved(properties))).toMatchObject({ action: 'none', drift: [] });
    expect(made.live.properties.PrivateDnsEnabled).toBe(false);
    const changed = resolved({
      ...properties,
      SubnetIds: [{ Ref: 'OtherSubnet' }, { Ref: 'Subnet' }],
      SecurityGroupIds: [{ Ref: 'OtherGroup' }],
    });
    expect(await plan(bench, made, changed)).toMatchObject({ action: 'update' });
    const edited = await update(bench, made, (await read(bench, made))!, changed);
    expect(await plan(bench, edited, changed)).toMatchObject({ action: 'none', drift: [] });
    await remove(bench, edited);
    expect(await read(bench, edited)).toBeUndefined();
  });

  test('a private NAT gateway plans to nothing, and needs no internet gateway', async () => {
    const properties = { SubnetId: { Ref: 'OtherSubnet' }, ConnectivityType: 'private' };
    const made = await create(bench, 'Nat', 'AWS::EC2::NatGateway', resolved(properties));
    expect(await plan(bench, made, resolved(properties))).toMatchObject({ action: 'none', drift: [] });
    await remove(bench, made);
    expect(await read(bench, made)).toBeUndefined();
  });

  test('a connection to another region is accepted there', async () => {
    const there = openAws({ ...awsClientConfig(moto), region: 'eu-central-1' });
    const peer = await (await there.ec2()).createVpc({ CidrBlock: '10.2.0.0/16' });
    const properties = { ...inVpc, PeerVpcId: peer.Vpc!.VpcId!, PeerRegion: 'eu-central-1' };
    const made = await create(bench, 'Far', 'AWS::EC2::VPCPeeringConnection', resolved(properties));
    expect(await plan(bench, made, resolved(properties))).toMatchObject({ action: 'none', drift: [] });
    const { VpcPeeringConnections: shown = [] } = await (await there.ec2()).describeVpcPeeringConnections({
      VpcPeeringConnectionIds: [made.live.physicalId],
    });
    expect(shown[0]?.Status?.Code).toBe('active');
    await remove(bench, made);
    expect(await read(bench, made)).toBeUndefined();
    there.destroy();
  });

  test.each<[string, Properties]>([
    ['a NAT gateway', { DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: { Ref: 'Nat' } }],
    [
      'an egress-only gateway',
      { DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: { Ref: 'Egress' } },
    ],
    ['a peer', { DestinationCidrBlock: '10.1.0.0/16', VpcPeeringConnectionId: { Ref: 'Peering' } }],
    ['a list of networks', { DestinationPrefixListId: { Ref: 'List' }, NatGatewayId: { Ref: 'Nat' } }],
  ])('a route to %s plans to nothing, is found again, and goes', async (_name, target) => {
    const properties = resolved({ RouteTableId: { Ref: 'Table' }, ...target });
    const made = await create(bench, 'Route', 'AWS::EC2::Route', properties);
    expect(await plan(bench, made, properties)).toMatchObject({ action: 'none', drift: [] });
    const pending = { logicalId: 'Route', intent: made.intent, properties: made.record.properties };
    const found = await registry['AWS::EC2::Route']!.find(bench.context, pending);
    expect(found?.physicalId).toBe(made.live.physicalId);
    await remove(bench, made);
    expect(await read(bench, made)).toBeUndefined();
  });

  test('a route to a network interface, and then to a NAT gateway instead', async () => {
    const ec2 = await aws.ec2();
    const made = await ec2.createNetworkInterface({ SubnetId: refs.get('Subnet')!.physicalId });
    const NetworkInterfaceId = made.NetworkInterface!.NetworkInterfaceId!;
    const to = (target: Properties) =>
      resolved({ RouteTableId: { Ref: 'Table' }, DestinationCidrBlock: '172.16.0.0/12', ...target });
    const route = await create(bench, 'Route', 'AWS::EC2::Route', to({ NetworkInterfaceId }));
    expect(await plan(bench, route, to({ NetworkInterfaceId }))).toMatchObject({ action: 'none', drift: [] });
    const other = to({ NatGatewayId: { Ref: 'Nat' } });
    expect(await plan(bench, route, other)).toMatchObject({ action: 'update' });
    const edited = await update(bench, route, (await read(bench, route))!, other);
    expect(await plan(bench, edited, other)).toMatchObject({ action: 'none', drift: [] });
    await remove(bench, edited);
    await ec2.deleteNetworkInterface({ NetworkInterfaceId });
  });
});
