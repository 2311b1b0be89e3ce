import type { EgressOnlyInternetGateway } from '@aws-sdk/client-ec2';
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
import { describeByIntent, readBulk, untilShown } from './describe.ts';
import { egressOnlyInternetGateways } from './describe-network.ts';
import { tagSpecifications, updateTags } from './tagging.ts';

const type = 'AWS::EC2::EgressOnlyInternetGateway';

export const egressOnlyInternetGateway = defineResourceType({
  type,
  adoption: byTaggedId('eigw'),
  attributes: ['Id'],
  order: () => 'create-before-delete',

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    return { ...given, Tags: canonicalTags(given.Tags) };
  },

  async read(context, wanted) {
    const ids = wanted.map(({ physicalId }) => physicalId);
    const all = await readBulk(context, egressOnlyInternetGateways, ids);
    return wantedAmong(wanted, all.map(live));
  },

  async find(context, pending) {
    const found = await describeByIntent(context, egressOnlyInternetGateways, pending.intent);
    return found && live(found);
  },

  async create(context, request) {
    const ec2 = await context.aws.ec2();
    const { EgressOnlyInternetGateway: made } = await eventually(context, () =>
      ec2.createEgressOnlyInternetGateway({
        VpcId: text(request.properties.VpcId),
        ClientToken: clientToken(request.intent),
        TagSpecifications: tagSpecifications(request, 'egress-only-internet-gateway'),
      }),
    );
    return live(await untilShown(context, egressOnlyInternetGateways, made!.EgressOnlyInternetGatewayId!));
  },

  async update(context, request) {
    await updateTags(context, request);
    const Id = request.physicalId;
    return { physicalId: Id, properties: request.after, attributes: { Id } };
  },

  async delete(context, { physicalId: EgressOnlyInternetGatewayId }) {
    const ec2 = await context.aws.ec2();
    await deleteWhenFree(context, {
      what: `egress-only internet gateway ${EgressOnlyInternetGatewayId}`,
      send: () => ec2.deleteEgressOnlyInternetGateway({ EgressOnlyInternetGatewayId }),
      holders: async () => [],
    });
  },
});

function live(one: EgressOnlyInternetGateway): Live {
  const Id = one.EgressOnlyInternetGatewayId!;
  return {
    physicalId: Id,
    properties: present({ VpcId: one.Attachments?.[0]?.VpcId, Tags: liveTags(one.Tags) }),
    attributes: { Id },
  };
}
