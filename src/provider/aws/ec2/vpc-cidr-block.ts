import type { Vpc } from '@aws-sdk/client-ec2';
import { sameValue } from '../../../base/canonical-json.ts';
import { isObject, type Properties } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { flag, integer, present, text } from '../../plain-value.ts';
import { defineResourceType, type Live, type ProviderContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { canonicalCidr, overlap } from '../cidr.ts';
import { deleteWhenFree } from '../delete-when-free.ts';
import { createOnce, until } from '../eventually.ts';
import { wantedAmong } from '../wanted-among.ts';
import { untagged } from './adoption.ts';
import { isAssociated, isThere } from './cidr-state.ts';
import { describeOne, readBulk, vpcs } from './describe.ts';

const type = 'AWS::EC2::VPCCidrBlock';

/**
 * It carries no tag: the VPC, which can have a block only once, finds it. Blocks that AWS chooses are told apart by
 * nothing, so that after a crash the only one of its VPC and pool is taken for the one that was asked for.
 */
export const vpcCidrBlock = defineResourceType({
  type,
  adoption: untagged,
  attributes: ['Id', 'IpSource', 'Ipv6AddressAttribute'],
  altersAttributes: { VpcId: ['CidrBlockAssociations', 'Ipv6CidrBlocks'] },
  // DescribeVpcs does not say which of IPAM's pools a block came from.
  writeOnly: ['Ipv4IpamPoolId', 'Ipv4NetmaskLength', 'Ipv6IpamPoolId', 'Ipv6NetmaskLength'],

  // Two blocks of one VPC cannot share an address.
  order: (before, after) =>
    sameValue(before.VpcId, after.VpcId) && sharesAddresses(before, after)
      ? 'delete-before-create'
      : 'create-before-delete',

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    return {
      ...given,
      ...(given.CidrBlock === undefined ? {} : { CidrBlock: canonicalCidr(given.CidrBlock) }),
      ...(given.Ipv6CidrBlock === undefined ? {} : { Ipv6CidrBlock: canonicalCidr(given.Ipv6CidrBlock) }),
    };
  },

  async read(context, wanted) {
    const byVpc = wanted.map(({ properties }) => text(properties.VpcId)!);
    return wantedAmong(
      wanted,
      (await readBulk(context, vpcs, byVpc)).flatMap((one) => blocksOf(one)),
    );
  },

  find: (context, { properties }) => findBlock(context, properties),

  async create(context, { properties: p }) {
    const ec2 = await context.aws.ec2();
    const VpcId = text(p.VpcId)!;
    const before = new Set((await readBlocks(context, VpcId)).map((one) => one.physicalId));
    const made = await createOnce(
      context,
      async () => {
        const answer = await ec2.associateVpcCidrBlock({
          VpcId,
          CidrBlock: text(p.CidrBlock),
          AmazonProvidedIpv6CidrBlock: flag(p.AmazonProvidedIpv6CidrBlock),
          Ipv4IpamPoolId: text(p.Ipv4IpamPoolId),
          Ipv4NetmaskLength: integer(p.Ipv4NetmaskLength),
          Ipv6CidrBlock: text(p.Ipv6CidrBlock),
          Ipv6CidrBlockNetworkBorderGroup: text(p.Ipv6CidrBlockNetworkBorderGroup),
          Ipv6IpamPoolId: text(p.Ipv6IpamPoolId),
          Ipv6NetmaskLength: integer(p.Ipv6NetmaskLength),
          Ipv6Pool: text(p.Ipv6Pool),
        });
        return (answer.CidrBlockAssociation ?? answer.Ipv6CidrBlockAssociation)!.AssociationId!;
      },
      async () => {
        const isNew = (one: Live) => !before.has(one.physicalId) && isWanted(one, p);
        return (await readBlocks(context, VpcId)).find(isNew)?.physicalId;
      },
    );
    return untilAssociated(context, VpcId, made);
  },

  /** Every property replaces: what was found after a crash may still be on its way. */
  update: (context, { physicalId, after }) => untilAssociated(context, text(after.VpcId)!, physicalId),

  async delete(context, { physicalId: AssociationId }) {
    const ec2 = await context.aws.ec2();
    let VpcId: string | undefined;
    await deleteWhenFree(context, {
      what: `block ${AssociationId}`,
      send: async () => {
        ({ VpcId } = await ec2.disassociateVpcCidrBlock({ AssociationId }));
      },
      holders: async () => ['a subnet, or an address of one, in the block'],
    });
    if (VpcId === undefined) return;
    const vpc = VpcId;
    await until(context, `${AssociationId} disassociated from ${vpc}`, 5 * 60_000, async () =>
      (await readBlocks(context, vpc)).some((one) => one.physicalId === AssociationId) ? undefined : true,
    );
  },
});

/** Only known blocks are compared: one that the cloud still has to give will be another. */
function sharesAddresses(before: Properties, after: Properties): boolean {
  return ['CidrBlock', 'Ipv6CidrBlock'].some((name) => {
    const [a, b] = [before[name], after[name]];
    if (a === undefined || b === undefined) return false;
    return isObject(a) || isObject(b) || overlap(String(a), String(b));
  });
}

/** A VPC's blocks, its first among them: nobody asks for that one. */
function blocksOf(one: Vpc, counts = isThere): Live[] {
  const ipv4 = (one.CidrBlockAssociationSet ?? []).filter(({ CidrBlockState }) =>
    counts(CidrBlockState?.State),
  );
  const ipv6 = (one.Ipv6CidrBlockAssociationSet ?? []).filter(({ Ipv6CidrBlockState }) =>
    counts(Ipv6CidrBlockState?.State),
  );
  return [
    ...ipv4.map(({ AssociationId, CidrBlock }) => ({
      physicalId: AssociationId!,
      properties: present({ VpcId: one.VpcId, CidrBlock }),
      attributes: { Id: AssociationId! },
    })),
    ...ipv6.map((block) => ({
      physicalId: block.AssociationId!,
      properties: present({
        VpcId: one.VpcId,
        Ipv6CidrBlock: canonicalCidr(block.Ipv6CidrBlock),
        Ipv6Pool: block.Ipv6Pool,
        Ipv6CidrBlockNetworkBorderGroup: block.NetworkBorderGroup,
        AmazonProvidedIpv6CidrBlock: block.Ipv6Pool === 'Amazon',
      }),
      attributes: present({
        Id: block.AssociationId,
        IpSource: block.IpSource,
        Ipv6AddressAttribute: block.Ipv6AddressAttribute,
      }),
    })),
  ];
}

async function readBlocks(context: ProviderContext, vpc: string, counts = isThere): Promise<Live[]> {
  const one = await describeOne(context, vpcs, vpc);
  return one === undefined ? [] : blocksOf(one, counts);
}

function untilAssociated(context: ProviderContext, vpc: string, id: string): Promise<Live> {
  return until(context, `${id} associated with ${vpc}`, 5 * 60_000, async () =>
    (await readBlocks(context, vpc, isAssociated)).find((one) => one.physicalId === id),
  );
}

async function findBlock(context: ProviderContext, properties: Properties): Promise<Live | undefined> {
  const one = await describeOne(context, vpcs, text(properties.VpcId)!);
  // The block that the VPC was made with is the VPC's own.
  const added =
    one === undefined ? [] : blocksOf(one).filter((block) => block.properties.CidrBlock !== one.CidrBlock);
  const found = added.filter((block) => isWanted(block, properties));
  return found.length === 1 ? found[0] : undefined;
}

/** By the block where it was named, else by where it comes from. */
function isWanted({ properties: now }: Live, wanted: Properties): boolean {
  if (wanted.CidrBlock !== undefined) return now.CidrBlock === wanted.CidrBlock;
  if (wanted.Ipv6CidrBlock !== undefined) return now.Ipv6CidrBlock === wanted.Ipv6CidrBlock;
  if (wanted.Ipv4IpamPoolId !== undefined) return now.CidrBlock !== undefined;
  if (flag(wanted.AmazonProvidedIpv6CidrBlock)) return now.AmazonProvidedIpv6CidrBlock === true;
  return now.Ipv6CidrBlock !== undefined && now.AmazonProvidedIpv6CidrBlock === false;
}
