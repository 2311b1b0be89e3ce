import type { RouteTable } from '@aws-sdk/client-ec2';
import { coerce } from '../../coerce.ts';
import { present, text } from '../../plain-value.ts';
import { defineResourceType, type Live } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { clientToken } from '../client-token.ts';
import { deleteWhenFree } from '../delete-when-free.ts';
import { eventually } from '../eventually.ts';
import { canonicalTags, liveTags } from '../tags.ts';
import { byTaggedId } from './adoption.ts';
import { describeByIntent, describeOne, readBulk, routeTables, untilShown } from './describe.ts';
import { tagSpecifications, updateTags } from './tagging.ts';

const type = 'AWS::EC2::RouteTable';

export const routeTable = defineResourceType({
  type,
  adoption: byTaggedId('rtb'),
  attributes: ['RouteTableId'],
  order: () => 'create-before-delete',

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    return { ...given, Tags: canonicalTags(given.Tags) };
  },

  async read(context, wanted) {
    const ids = new Map(wanted.map((one) => [one.physicalId, one.logicalId]));
    const all = await readBulk(context, routeTables, [...ids.keys()]);
    return new Map(
      all.flatMap((one) => {
        const logicalId = ids.get(one.RouteTableId ?? '');
        return logicalId === undefined ? [] : [[logicalId, live(one)] as const];
      }),
    );
  },

  async find(context, pending) {
    const found = await describeByIntent(context, routeTables, pending.intent);
    return found && live(found);
  },

  async create(context, request) {
    const ec2 = await context.aws.ec2();
    const { RouteTable } = await eventually(context, () =>
      ec2.createRouteTable({
        VpcId: text(request.properties.VpcId),
        ClientToken: clientToken(request.intent),
        TagSpecifications: tagSpecifications(request, 'route-table'),
      }),
    );
    return live(await untilShown(context, routeTables, RouteTable!.RouteTableId!));
  },

  async update(context, request) {
    await updateTags(context, request);
    const RouteTableId = request.physicalId;
    return { physicalId: RouteTableId, properties: request.after, attributes: { RouteTableId } };
  },

  async delete(context, { physicalId: RouteTableId }) {
    const ec2 = await context.aws.ec2();
    await deleteWhenFree(context, {
      what: `route table ${RouteTableId}`,
      send: () => ec2.deleteRouteTable({ RouteTableId }),
      holders: async () => {
        const one = await describeOne(context, routeTables, RouteTableId);
        return (one?.Associations ?? []).map(
          (used) => `its association with ${used.SubnetId ?? used.GatewayId ?? 'the VPC'}`,
        );
      },
    });
  },
});

function live(one: RouteTable): Live {
  const RouteTableId = one.RouteTableId!;
  return {
    physicalId: RouteTableId,
    properties: present({ VpcId: one.VpcId, Tags: liveTags(one.Tags) }),
    attributes: { RouteTableId },
  };
}
