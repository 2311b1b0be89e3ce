import type { Subnet } from '@aws-sdk/client-ec2';
import { sameValue } from '../../../base/canonical-json.ts';
import type { Properties } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { integer, present, text } from '../../plain-value.ts';
import { defineResourceType, type Live, type ProviderContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { canonicalCidr } from '../cidr.ts';
import { deleteWhenFree } from '../delete-when-free.ts';
import { createOnce, until } from '../eventually.ts';
import { wantedAmong } from '../wanted-among.ts';
import { untagged } from './adoption.ts';
import { blocksAround } from './cidr-dependency.ts';
import { isAssociated, isThere } from './cidr-state.ts';
import { describeOne, readBulk, subnets } from './describe.ts';
import { interfacesIn } from './holders.ts';

const type = 'AWS::EC2::SubnetCidrBlock';

/** It carries no tag: the subnet, which has at most one such block, finds it. */
export const subnetCidrBlock = defineResourceType({
  type,
  adoption: untagged,
  attributes: ['Id', 'IpSource', 'Ipv6AddressAttribute'],
  altersAttributes: { SubnetId: ['Ipv6CidrBlocks'] },
  // DescribeSubnets does not say which pool a block came from.
  writeOnly: ['Ipv6IpamPoolId', 'Ipv6NetmaskLength'],

  // A subnet has one IPv6 block at a time.
  order: (before, after) =>
    sameValue(before.SubnetId, after.SubnetId) || sameValue(before.Ipv6CidrBlock, after.Ipv6CidrBlock)
      ? 'delete-before-create'
      : 'create-before-delete',

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    const { Ipv6CidrBlock: block } = given;
    return { ...given, ...(block === undefined ? {} : { Ipv6CidrBlock: canonicalCidr(block) }) };
  },

  async read(context, wanted) {
    const bySubnet = wanted.map(({ properties }) => text(properties.SubnetId)!);
    return wantedAmong(
      wanted,
      (await readBulk(context, subnets, bySubnet)).flatMap((one) => blocksOf(one)),
    );
  },

  find: (context, { properties }) => findBlock(context, properties),

  async create(context, { properties: p }) {
    const ec2 = await context.aws.ec2();
    const SubnetId = text(p.SubnetId)!;
    const id = await createOnce(
      context,
      async () => {
        const { Ipv6CidrBlockAssociation: made } = await ec2.associateSubnetCidrBlock({
          SubnetId,
          Ipv6CidrBlock: text(p.Ipv6CidrBlock),
          Ipv6IpamPoolId: text(p.Ipv6IpamPoolId),
          Ipv6NetmaskLength: integer(p.Ipv6NetmaskLength),
        });
        return made!.AssociationId!;
      },
      async () => (await findBlock(context, p))?.physicalId,
    );
    return untilAssociated(context, SubnetId, id);
  },

  /** Every property replaces: what was found after a crash may still be on its way. */
  update: (context, { physicalId, after }) => untilAssociated(context, text(after.SubnetId)!, physicalId),

  async delete(context, { physicalId: AssociationId }) {
    const ec2 = await context.aws.ec2();
    let SubnetId: string | undefined;
    await deleteWhenFree(context, {
      what: `block ${AssociationId}`,
      send: async () => {
        ({ SubnetId } = await ec2.disassociateSubnetCidrBlock({ AssociationId }));
      },
      holders: async () => (SubnetId === undefined ? [] : interfacesIn(context, 'subnet-id', SubnetId)),
    });
    if (SubnetId === undefined) return;
    const subnet = SubnetId;
    await until(context, `${AssociationId} disassociated from ${subnet}`, 5 * 60_000, async () =>
      (await readBlocks(context, subnet)).some((one) => one.physicalId === AssociationId) ? undefined : true,
    );
  },

  hiddenDependencies: (self, others) => blocksAround([self.SubnetId], others),
});

function blocksOf({ SubnetId, Ipv6CidrBlockAssociationSet = [] }: Subnet, counts = isThere): Live[] {
  return Ipv6CidrBlockAssociationSet.filter(({ Ipv6CidrBlockState }) =>
    counts(Ipv6CidrBlockState?.State),
  ).map((block) => ({
    physicalId: block.AssociationId!,
    properties: present({ SubnetId, Ipv6CidrBlock: canonicalCidr(block.Ipv6CidrBlock) }),
    attributes: present({
      Id: block.AssociationId,
      IpSource: block.IpSource,
      Ipv6AddressAttribute: block.Ipv6AddressAttribute,
    }),
  }));
}

async function readBlocks(context: ProviderContext, subnet: string, counts = isThere): Promise<Live[]> {
  const one = await describeOne(context, subnets, subnet);
  return one === undefined ? [] : blocksOf(one, counts);
}

/** A block from a pool is whichever the subnet has: it has no other. */
async function findBlock(context: ProviderContext, properties: Properties): Promise<Live | undefined> {
  const found = await readBlocks(context, text(properties.SubnetId)!);
  const { Ipv6CidrBlock: wanted } = properties;
  return found.find((one) => wanted === undefined || one.properties.Ipv6CidrBlock === wanted);
}

function untilAssociated(context: ProviderContext, subnet: string, id: string): Promise<Live> {
  return until(context, `${id} associated with ${subnet}`, 5 * 60_000, async () =>
    (await readBlocks(context, subnet, isAssociated)).find((one) => one.physicalId === id),
  );
}
