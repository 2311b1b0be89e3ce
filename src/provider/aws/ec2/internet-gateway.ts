import type { InternetGateway } from '@aws-sdk/client-ec2';
import { coerce } from '../../coerce.ts';
import { defineResourceType, type Live } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { deleteWhenFree } from '../delete-when-free.ts';
import { createOnce } from '../eventually.ts';
import { canonicalTags, liveTags } from '../tags.ts';
import { byTaggedId } from './adoption.ts';
import { describeByIntent, describeOne, internetGateways, readBulk, untilShown } from './describe.ts';
import { tagSpecifications, updateTags } from './tagging.ts';

const type = 'AWS::EC2::InternetGateway';

export const internetGateway = defineResourceType({
  type,
  adoption: byTaggedId('igw'),
  attributes: ['InternetGatewayId'],
  order: () => 'create-before-delete',

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    return { ...given, Tags: canonicalTags(given.Tags) };
  },

  async read(context, wanted) {
    const ids = new Map(wanted.map((one) => [one.physicalId, one.logicalId]));
    const all = await readBulk(context, internetGateways, [...ids.keys()]);
    return new Map(
      all.flatMap((one) => {
        const logicalId = ids.get(one.InternetGatewayId ?? '');
        return logicalId === undefined ? [] : [[logicalId, live(one)] as const];
      }),
    );
  },

  async find(context, pending) {
    const found = await describeByIntent(context, internetGateways, pending.intent);
    return found && live(found);
  },

  async create(context, request) {
    const ec2 = await context.aws.ec2();
    const TagSpecifications = tagSpecifications(request, 'internet-gateway');
    const made = await createOnce(
      context,
      async () => (await ec2.createInternetGateway({ TagSpecifications })).InternetGateway!,
      () => describeByIntent(context, internetGateways, request.intent),
    );
    return live(await untilShown(context, internetGateways, made.InternetGatewayId!));
  },

  async update(context, request) {
    await updateTags(context, request);
    const InternetGatewayId = request.physicalId;
    return { physicalId: InternetGatewayId, properties: request.after, attributes: { InternetGatewayId } };
  },

  async delete(context, { physicalId: InternetGatewayId }) {
    const ec2 = await context.aws.ec2();
    await deleteWhenFree(context, {
      what: `internet gateway ${InternetGatewayId}`,
      send: () => ec2.deleteInternetGateway({ InternetGatewayId }),
      holders: async () => {
        const one = await describeOne(context, internetGateways, InternetGatewayId);
        return (one?.Attachments ?? []).map(({ VpcId }) => `its attachment to VPC ${VpcId}`);
      },
    });
  },
});

function live(one: InternetGateway): Live {
  const InternetGatewayId = one.InternetGatewayId!;
  return {
    physicalId: InternetGatewayId,
    properties: { Tags: liveTags(one.Tags) },
    attributes: { InternetGatewayId },
  };
}
