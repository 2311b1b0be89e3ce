import type { Address } from '@aws-sdk/client-ec2';
import { sameValue } from '../../../base/canonical-json.ts';
import type { Properties } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { present, text } from '../../plain-value.ts';
import { type CreateRequest, defineResourceType, type Live, type ProviderContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { isNotFound } from '../aws-error.ts';
import { deleteWhenFree } from '../delete-when-free.ts';
import { createOnce, eventually } from '../eventually.ts';
import { canonicalTags, liveTags } from '../tags.ts';
import { wantedAmong } from '../wanted-among.ts';
import { byTaggedId } from './adoption.ts';
import { describeByIntent, describeOne, readBulk, untilShown } from './describe.ts';
import { addresses } from './describe-network.ts';
import { tagSpecifications, updateTags } from './tagging.ts';

const type = 'AWS::EC2::EIP';

/** An elastic address. AWS knows it by its allocation; `Ref` gives the address itself. */
export const eip = defineResourceType({
  type,
  adoption: byTaggedId('eipalloc'),
  ref: 'PublicIp',
  attributes: ['AllocationId', 'PublicIp'],
  altersAttributes: { InstanceId: ['PublicIp', 'PublicDnsName'] },
  // DescribeAddresses does not say how an address was come by.
  writeOnly: ['TransferAddress', 'IpamPoolId'],

  // One that is asked for by name can be had once.
  order: (before, after) =>
    ['Address', 'TransferAddress'].some(
      (name) => after[name] !== undefined && sameValue(before[name], after[name]),
    )
      ? 'delete-before-create'
      : 'create-before-delete',

  // An address comes from one pool and stays in it.
  replaces: (property) => property === 'PublicIpv4Pool',

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    return { ...given, Tags: canonicalTags(given.Tags) };
  },

  async read(context, wanted) {
    const all = await readBulk(
      context,
      addresses,
      wanted.map(({ physicalId }) => physicalId),
    );
    return wantedAmong(wanted, all.map(live));
  },

  async find(context, pending) {
    const found = await describeByIntent(context, addresses, pending.intent);
    return found && live(found);
  },

  async create(context, request) {
    const { properties: p } = request;
    const made = await createOnce(
      context,
      () => allocate(context, request),
      () => describeByIntent(context, addresses, request.intent),
    );
    const one = await untilShown(context, addresses, made.AllocationId!);
    await associate(context, one, undefined, text(p.InstanceId));
    return madeAs(one, p);
  },

  async update(context, request) {
    const { before, after, physicalId } = request;
    await updateTags(context, request);
    const one = await untilShown(context, addresses, physicalId);
    await associate(context, one, text(before.InstanceId), text(after.InstanceId));
    return madeAs(one, after);
  },

  async delete(context, { physicalId: AllocationId, properties }) {
    const ec2 = await context.aws.ec2();
    const InstanceId = text(properties.InstanceId);
    // What was replaced is remembered by its id alone, and may be on the instance that it was made for.
    if (InstanceId !== undefined || Object.keys(properties).length === 0) {
      const one = await describeOne(context, addresses, AllocationId);
      if (one?.InstanceId && (InstanceId ?? one.InstanceId) === one.InstanceId) await free(context, one);
    }
    await deleteWhenFree(context, {
      what: `elastic address ${text(properties.Address) ?? AllocationId}`,
      send: () => ec2.releaseAddress({ AllocationId }),
      holders: async () => {
        const one = await describeOne(context, addresses, AllocationId);
        const user = one?.InstanceId || one?.NetworkInterfaceId;
        return user === undefined ? [] : [`its association with ${user}`];
      },
    });
  },
});

function live(one: Address): Live {
  const { AllocationId = '', PublicIp = '' } = one;
  return {
    physicalId: AllocationId,
    properties: present({
      Domain: one.Domain,
      // moto answers an empty text for none.
      InstanceId: one.InstanceId || undefined,
      NetworkBorderGroup: one.NetworkBorderGroup,
      PublicIpv4Pool: one.PublicIpv4Pool,
      Address: PublicIp,
      Tags: liveTags(one.Tags),
    }),
    attributes: { AllocationId, PublicIp },
  };
}

/** What was set a moment ago, over a description that is older than it. */
function madeAs(one: Address, { InstanceId, Tags = [] }: Properties): Live {
  const now = live({ ...one, InstanceId: text(InstanceId) });
  return { ...now, properties: { ...now.properties, Tags } };
}

async function allocate(context: ProviderContext, request: CreateRequest): Promise<Address> {
  const ec2 = await context.aws.ec2();
  const { properties: p } = request;
  const TagSpecifications = tagSpecifications(request, 'elastic-ip');
  const TransferAddress = text(p.TransferAddress);
  if (TransferAddress !== undefined) {
    const { AddressTransfer } = await ec2.acceptAddressTransfer({
      Address: TransferAddress,
      TagSpecifications,
    });
    return AddressTransfer!;
  }
  return ec2.allocateAddress({
    Domain: (text(p.Domain) ?? 'vpc') as NonNullable<Address['Domain']>,
    Address: text(p.Address),
    PublicIpv4Pool: text(p.PublicIpv4Pool),
    NetworkBorderGroup: text(p.NetworkBorderGroup),
    IpamPoolId: text(p.IpamPoolId),
    TagSpecifications,
  });
}

async function associate(
  context: ProviderContext,
  one: Address,
  before: string | undefined,
  InstanceId: string | undefined,
): Promise<void> {
  const ec2 = await context.aws.ec2();
  if (InstanceId === undefined) {
    if (before !== undefined && one.InstanceId === before) await free(context, one);
  } else if (one.InstanceId !== InstanceId) {
    const { AllocationId } = one;
    await eventually(context, () =>
      ec2.associateAddress({ AllocationId, InstanceId, AllowReassociation: true }),
    );
  }
}

async function free(context: ProviderContext, { AssociationId }: Address): Promise<void> {
  const ec2 = await context.aws.ec2();
  try {
    await ec2.disassociateAddress({ AssociationId });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
