import type { NatGateway } from '@aws-sdk/client-ec2';
import type { Properties, Value } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { integer, objects, sortedSet, structure, text, texts } from '../../plain-value.ts';
import { type CreateRequest, defineResourceType, type ProviderContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { errorCode, isNotFound } from '../aws-error.ts';
import { clientToken } from '../client-token.ts';
import { eventually, until } from '../eventually.ts';
import { canonicalTags } from '../tags.ts';
import { wantedAmong } from '../wanted-among.ts';
import { byTaggedId } from './adoption.ts';
import { describeByIntent, describeOne, readBulk } from './describe.ts';
import { addresses, allNatGateways, natGateways } from './describe-network.ts';
import { attachmentsAround } from './gateway-dependency.ts';
import { changeAddresses } from './nat-gateway-addresses.ts';
import { liveNatGateway, untilAvailable } from './nat-gateway-live.ts';
import { tagSpecifications, updateTags } from './tagging.ts';

const type = 'AWS::EC2::NatGateway';

export const natGateway = defineResourceType({
  type,
  adoption: byTaggedId('nat'),
  attributes: ['AutoProvisionZones', 'AutoScalingIps', 'EniId', 'NatGatewayId', 'RouteTableId'],
  // Zones are answered by their names.
  unsupported: ['AvailabilityZoneAddresses.AvailabilityZoneId'],
  // A count is answered as addresses, and a duration is said with the call that it is for.
  writeOnly: ['MaxDrainDurationSeconds', 'SecondaryPrivateIpAddressCount'],

  // An address serves one gateway at a time.
  order: (before, after) =>
    claims(before).some((one) => claims(after).includes(one))
      ? 'delete-before-create'
      : 'create-before-delete',

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    const sets = ['SecondaryAllocationIds', 'SecondaryPrivateIpAddresses'] as const;
    return {
      ConnectivityType: 'public',
      AvailabilityMode: 'zonal',
      ...given,
      ...Object.fromEntries(
        sets.flatMap((name) => (given[name] === undefined ? [] : [[name, sortedSet(given[name])!]])),
      ),
      ...(given.AvailabilityZoneAddresses === undefined
        ? {}
        : { AvailabilityZoneAddresses: canonicalZones(given.AvailabilityZoneAddresses) }),
      Tags: canonicalTags(given.Tags),
    };
  },

  async read(context, wanted) {
    const ids = wanted.map(({ physicalId }) => physicalId);
    const all = await readBulk(context, natGateways, ids);
    return wantedAmong(wanted, all.map(liveNatGateway));
  },

  async find(context, pending) {
    const found = await describeByIntent(context, natGateways, pending.intent);
    return found && liveNatGateway(found);
  },

  async create(context, request) {
    const ec2 = await context.aws.ec2();
    const { NatGateway: made } = await eventually(context, () => ec2.createNatGateway(inputOf(request)));
    return madeAs(await untilAvailable(context, made!.NatGatewayId!), request.properties);
  },

  async update(context, request) {
    const { before, after, physicalId } = request;
    await updateTags(context, request);
    const now = await untilAvailable(context, physicalId);
    await changeAddresses(context, now, before, after);
    return madeAs(await untilAvailable(context, physicalId), after);
  },

  /** Until then its addresses cannot be released, nor its subnet be deleted. */
  async delete(context, { physicalId: NatGatewayId }) {
    const ec2 = await context.aws.ec2();
    try {
      await ec2.deleteNatGateway({ NatGatewayId });
    } catch (error) {
      if (isNotFound(error) || errorCode(error) === 'NatGatewayNotFound') return;
      throw error;
    }
    const associations = await until(
      context,
      `NAT gateway ${NatGatewayId} deleted`,
      15 * 60_000,
      async () => {
        const one = await describeOne(context, allNatGateways, NatGatewayId);
        if (one !== undefined && one.State !== 'deleted') return undefined;
        return (one?.NatGatewayAddresses ?? []).flatMap(({ AssociationId }) => AssociationId ?? []);
      },
    );
    await freeAddresses(context, associations);
  },

  /** A public one cannot be made, and its address not be unmapped, without the VPC's internet gateway. */
  hiddenDependencies(self, others) {
    if (self.ConnectivityType === 'private' || self.SubnetId === undefined) return [];
    return attachmentsAround([self.SubnetId], others);
  },
});

/** AWS unmaps the addresses with the gateway. What is still mapped (moto leaves it so) could not be used again. */
async function freeAddresses(context: ProviderContext, associations: readonly string[]): Promise<void> {
  if (associations.length === 0) return;
  const ec2 = await context.aws.ec2();
  const left = await addresses.list(ec2, [{ Name: 'association-id', Values: [...associations] }]);
  for (const { AssociationId } of left) {
    await ec2.disassociateAddress({ AssociationId }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }
}

/** What only one gateway at a time can have. */
function claims(properties: Properties): string[] {
  const zones = objects(properties.AvailabilityZoneAddresses);
  const allocations = [
    text(properties.AllocationId) ?? [],
    texts(properties.SecondaryAllocationIds) ?? [],
    ...zones.map((zone) => texts(zone.AllocationIds) ?? []),
  ];
  const own = [text(properties.PrivateIpAddress) ?? [], texts(properties.SecondaryPrivateIpAddresses) ?? []];
  return [...allocations.flat(), ...own.flat().map((one) => `${text(properties.SubnetId)} ${one}`)];
}

function canonicalZones(zones: Value): Value {
  const list = objects(zones);
  if (list.length === 0) return zones;
  return sortedSet(list.map((zone) => ({ ...zone, AllocationIds: sortedSet(zone.AllocationIds) ?? [] })))!;
}

/** What was set a moment ago, over a description that may be older than it. */
function madeAs(one: NatGateway, { Tags = [] }: Properties) {
  const now = liveNatGateway(one);
  return { ...now, properties: { ...now.properties, Tags } };
}

function inputOf(request: CreateRequest) {
  const { properties: p } = request;
  const isRegional = p.AvailabilityMode === 'regional';
  return {
    SubnetId: text(p.SubnetId),
    VpcId: text(p.VpcId),
    AllocationId: text(p.AllocationId),
    ConnectivityType: text(p.ConnectivityType) as NatGateway['ConnectivityType'],
    // Not said where it is what AWS does anyway: older partitions do not know it.
    ...(isRegional ? { AvailabilityMode: 'regional' as const } : {}),
    ...(p.AvailabilityZoneAddresses === undefined
      ? {}
      : {
          AvailabilityZoneAddresses: objects(p.AvailabilityZoneAddresses).map(
            (zone) => structure<object>(zone)!,
          ),
        }),
    PrivateIpAddress: text(p.PrivateIpAddress),
    SecondaryAllocationIds: texts(p.SecondaryAllocationIds),
    SecondaryPrivateIpAddresses: texts(p.SecondaryPrivateIpAddresses),
    SecondaryPrivateIpAddressCount: integer(p.SecondaryPrivateIpAddressCount),
    ClientToken: clientToken(request.intent),
    TagSpecifications: tagSpecifications(request, 'natgateway'),
  };
}
