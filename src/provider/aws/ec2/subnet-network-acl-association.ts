import type { NetworkAclAssociation } from '@aws-sdk/client-ec2';
import type { Properties } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { present, text } from '../../plain-value.ts';
import { defineResourceType, type Live, type ProviderContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { isNotFound } from '../aws-error.ts';
import { createOnce } from '../eventually.ts';
import { wantedAmong } from '../wanted-among.ts';
import { untagged } from './adoption.ts';
import { networkAcls, readBulk } from './describe.ts';

const type = 'AWS::EC2::SubnetNetworkAclAssociation';

/** A subnet always has exactly one, the default ACL's when nobody says: making one moves it, removing moves it back. */
export const subnetNetworkAclAssociation = defineResourceType({
  type,
  adoption: untagged,
  attributes: ['AssociationId'],
  altersAttributes: { SubnetId: ['NetworkAclAssociationId'] },

  // The new one takes the old one's place. In the other order the default ACL would hold between them.
  order: () => 'create-before-delete',

  canonicalise: (properties) => coerce(typeSchema(type), properties),

  async read(context, wanted) {
    const ids = wanted.map(({ physicalId }) => physicalId);
    const acls = await readBulk(context, networkAcls, ids, 'association.association-id');
    return wantedAmong(
      wanted,
      acls.flatMap(({ Associations = [] }) => Associations.map(live)),
    );
  },

  find: (context, { properties }) => findAssociation(context, properties),

  async create(context, { properties }) {
    const ec2 = await context.aws.ec2();
    const NetworkAclId = text(properties.NetworkAclId);
    return createOnce(
      context,
      async () => {
        const now = await readOne(context, text(properties.SubnetId)!);
        if (now !== undefined && now.NetworkAclId === NetworkAclId) return live(now);
        const { NewAssociationId } = await ec2.replaceNetworkAclAssociation({
          AssociationId: now?.NetworkAclAssociationId,
          NetworkAclId,
        });
        return made(NewAssociationId!, properties);
      },
      () => findAssociation(context, properties),
    );
  },

  /** Both properties replace: there is nothing to bring about. */
  update: async (_context, { physicalId, after }) => made(physicalId, after),

  async delete(context, { physicalId: AssociationId }) {
    const ec2 = await context.aws.ec2();
    const [acl] = await networkAcls.list(ec2, [
      { Name: 'association.association-id', Values: [AssociationId] },
    ]);
    // Its subnet is gone, or has another ACL meanwhile.
    if (acl === undefined) return;
    const [standard] = await networkAcls.list(ec2, [
      { Name: 'vpc-id', Values: [acl.VpcId!] },
      { Name: 'default', Values: ['true'] },
    ]);
    if (standard?.NetworkAclId === acl.NetworkAclId) return;
    try {
      await ec2.replaceNetworkAclAssociation({ AssociationId, NetworkAclId: standard?.NetworkAclId });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  },
});

function live(one: NetworkAclAssociation): Live {
  const { NetworkAclAssociationId, NetworkAclId, SubnetId } = one;
  return made(NetworkAclAssociationId!, present({ NetworkAclId, SubnetId }));
}

function made(AssociationId: string, properties: Properties): Live {
  return { physicalId: AssociationId, properties, attributes: { AssociationId } };
}

async function findAssociation(context: ProviderContext, properties: Properties): Promise<Live | undefined> {
  const now = await readOne(context, text(properties.SubnetId)!);
  return now !== undefined && now.NetworkAclId === text(properties.NetworkAclId) ? live(now) : undefined;
}

async function readOne(context: ProviderContext, subnet: string): Promise<NetworkAclAssociation | undefined> {
  const [acl] = await networkAcls.list(await context.aws.ec2(), [
    { Name: 'association.subnet-id', Values: [subnet] },
  ]);
  return acl?.Associations?.find(({ SubnetId }) => SubnetId === subnet);
}
