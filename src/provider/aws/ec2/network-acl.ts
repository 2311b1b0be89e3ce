import type { NetworkAcl } from '@aws-sdk/client-ec2';
import { coerce } from '../../coerce.ts';
import { present, text } from '../../plain-value.ts';
import { defineResourceType, type Live } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { clientToken } from '../client-token.ts';
import { deleteWhenFree } from '../delete-when-free.ts';
import { eventually } from '../eventually.ts';
import { canonicalTags, liveTags } from '../tags.ts';
import { wantedAmong } from '../wanted-among.ts';
import { byTaggedId } from './adoption.ts';
import { describeByIntent, describeOne, networkAcls, readBulk, untilShown } from './describe.ts';
import { tagSpecifications, updateTags } from './tagging.ts';

const type = 'AWS::EC2::NetworkAcl';

export const networkAcl = defineResourceType({
  type,
  adoption: byTaggedId('acl'),
  attributes: ['Id'],
  order: () => 'create-before-delete',

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    return { ...given, Tags: canonicalTags(given.Tags) };
  },

  async read(context, wanted) {
    const ids = wanted.map(({ physicalId }) => physicalId);
    return wantedAmong(wanted, (await readBulk(context, networkAcls, ids)).map(live));
  },

  async find(context, pending) {
    const found = await describeByIntent(context, networkAcls, pending.intent);
    return found && live(found);
  },

  async create(context, request) {
    const ec2 = await context.aws.ec2();
    const { NetworkAcl: made } = await eventually(context, () =>
      ec2.createNetworkAcl({
        VpcId: text(request.properties.VpcId),
        ClientToken: clientToken(request.intent),
        TagSpecifications: tagSpecifications(request, 'network-acl'),
      }),
    );
    return live(await untilShown(context, networkAcls, made!.NetworkAclId!));
  },

  async update(context, request) {
    await updateTags(context, request);
    const Id = request.physicalId;
    return { physicalId: Id, properties: request.after, attributes: { Id } };
  },

  async delete(context, { physicalId: NetworkAclId }) {
    const ec2 = await context.aws.ec2();
    await deleteWhenFree(context, {
      what: `network ACL ${NetworkAclId}`,
      send: () => ec2.deleteNetworkAcl({ NetworkAclId }),
      holders: async () => {
        const one = await describeOne(context, networkAcls, NetworkAclId);
        return (one?.Associations ?? []).map(({ SubnetId }) => `its association with ${SubnetId}`);
      },
    });
  },
});

function live(one: NetworkAcl): Live {
  const Id = one.NetworkAclId!;
  return {
    physicalId: Id,
    properties: present({ VpcId: one.VpcId, Tags: liveTags(one.Tags) }),
    attributes: { Id },
  };
}
