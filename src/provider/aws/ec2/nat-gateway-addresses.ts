/** The addresses of a NAT gateway beyond its first, which come and go without replacing it. */
import type { NatGateway } from '@aws-sdk/client-ec2';
import type { Properties, Value } from '../../../base/value.ts';
import { integer, objects, text, texts } from '../../plain-value.ts';
import type { ProviderContext } from '../../provider.ts';
import { addressesOf, untilAvailable } from './nat-gateway-live.ts';

/** First adds what is new, then takes away what is gone, so that there is always an address to use. */
export async function changeAddresses(
  context: ProviderContext,
  now: NatGateway,
  before: Properties,
  after: Properties,
): Promise<void> {
  if (after.AvailabilityMode === 'regional') await changeZones(context, now, before, after);
  else if (after.ConnectivityType === 'private') await changePrivate(context, now, before, after);
  else await changePublic(context, now, before, after);
}

async function changePublic(
  context: ProviderContext,
  now: NatGateway,
  before: Properties,
  after: Properties,
): Promise<void> {
  const ec2 = await context.aws.ec2();
  const { NatGatewayId } = now;
  const has = new Set(addressesOf(now).map(({ AllocationId }) => AllocationId));
  const AllocationIds = listOf(after.SecondaryAllocationIds).filter((id) => !has.has(id));
  if (AllocationIds.length > 0) {
    const isNew = !listOf(before.SecondaryAllocationIds).some((id) => has.has(id));
    // Private addresses go with allocations one by one: they can be named when all of them are new.
    const PrivateIpAddresses = isNew ? texts(after.SecondaryPrivateIpAddresses) : undefined;
    await ec2.associateNatGatewayAddress({ NatGatewayId, AllocationIds, PrivateIpAddresses });
    await untilAvailable(context, NatGatewayId!);
  }
  const gone = without(before.SecondaryAllocationIds, after.SecondaryAllocationIds);
  await disassociate(context, now, gone, after);
}

/** `SecondaryPrivateIpAddressCount` counts all that AWS chooses; addresses that are named are on top of it. */
async function changePrivate(
  context: ProviderContext,
  now: NatGateway,
  before: Properties,
  after: Properties,
): Promise<void> {
  const ec2 = await context.aws.ec2();
  const { NatGatewayId } = now;
  const all = addressesOf(now);
  const has = all.map(({ PrivateIp = '' }) => PrivateIp);
  const named = listOf(after.SecondaryPrivateIpAddresses);
  const PrivateIpAddresses = named.filter((address) => !has.includes(address));
  const more =
    (integer(after.SecondaryPrivateIpAddressCount) ?? 0) -
    (integer(before.SecondaryPrivateIpAddressCount) ?? 0);
  if (PrivateIpAddresses.length > 0) {
    await ec2.assignPrivateNatGatewayAddress({ NatGatewayId, PrivateIpAddresses });
    await untilAvailable(context, NatGatewayId!);
  }
  if (more > 0) {
    await ec2.assignPrivateNatGatewayAddress({ NatGatewayId, PrivateIpAddressCount: more });
    await untilAvailable(context, NatGatewayId!);
  }
  const unnamed = all
    .filter(({ IsPrimary, PrivateIp = '' }) => !IsPrimary && !named.includes(PrivateIp))
    .map(({ PrivateIp = '' }) => PrivateIp);
  const gone = [
    ...without(before.SecondaryPrivateIpAddresses, after.SecondaryPrivateIpAddresses).filter((address) =>
      has.includes(address),
    ),
    ...(more < 0 ? unnamed.slice(more) : []),
  ];
  if (gone.length === 0) return;
  const MaxDrainDurationSeconds = integer(after.MaxDrainDurationSeconds);
  await ec2.unassignPrivateNatGatewayAddress({
    NatGatewayId,
    PrivateIpAddresses: [...new Set(gone)],
    MaxDrainDurationSeconds,
  });
  await untilAvailable(context, NatGatewayId!);
}

async function changeZones(
  context: ProviderContext,
  now: NatGateway,
  before: Properties,
  after: Properties,
): Promise<void> {
  const ec2 = await context.aws.ec2();
  const { NatGatewayId } = now;
  const has = new Set(addressesOf(now).map(({ AllocationId }) => AllocationId));
  const wanted = objects(after.AvailabilityZoneAddresses);
  for (const zone of wanted) {
    const AllocationIds = listOf(zone.AllocationIds).filter((id) => !has.has(id));
    if (AllocationIds.length === 0) continue;
    await ec2.associateNatGatewayAddress({
      NatGatewayId,
      AllocationIds,
      AvailabilityZone: text(zone.AvailabilityZone),
    });
    await untilAvailable(context, NatGatewayId!);
  }
  const allocations = (zones: readonly Properties[]) => zones.flatMap((zone) => listOf(zone.AllocationIds));
  const gone = without(allocations(objects(before.AvailabilityZoneAddresses)), allocations(wanted));
  await disassociate(context, now, gone, after);
}

async function disassociate(
  context: ProviderContext,
  now: NatGateway,
  allocations: readonly string[],
  after: Properties,
): Promise<void> {
  const ec2 = await context.aws.ec2();
  const { NatGatewayId } = now;
  const AssociationIds = addressesOf(now)
    .filter(({ AllocationId }) => AllocationId !== undefined && allocations.includes(AllocationId))
    .flatMap(({ AssociationId }) => AssociationId ?? []);
  if (AssociationIds.length === 0) return;
  const MaxDrainDurationSeconds = integer(after.MaxDrainDurationSeconds);
  await ec2.disassociateNatGatewayAddress({ NatGatewayId, AssociationIds, MaxDrainDurationSeconds });
  await untilAvailable(context, NatGatewayId!);
}

function listOf(value: Value | undefined): string[] {
  return texts(value) ?? [];
}

function without(before: Value | undefined, after: Value | undefined): string[] {
  const kept = listOf(after);
  return listOf(before).filter((one) => !kept.includes(one));
}
