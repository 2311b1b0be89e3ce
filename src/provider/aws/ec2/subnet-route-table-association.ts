import { sameValue } from '../../../base/canonical-json.ts';
import type { Properties } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { text } from '../../plain-value.ts';
import { defineResourceType, type Live, type ProviderContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { isNotFound } from '../aws-error.ts';
import { createOnce } from '../eventually.ts';
import { untagged } from './adoption.ts';
import { readBulk, routeTables } from './describe.ts';

const type = 'AWS::EC2::SubnetRouteTableAssociation';

/** It carries no tag: the subnet, which has at most one association, finds it. */
export const subnetRouteTableAssociation = defineResourceType({
  type,
  adoption: untagged,
  attributes: ['Id'],
  order: (before, after) =>
    sameValue(before.SubnetId, after.SubnetId) ? 'delete-before-create' : 'create-before-delete',

  canonicalise: (properties) => coerce(typeSchema(type), properties),

  async read(context, wanted) {
    const ids = new Map(wanted.map((one) => [one.physicalId, one.logicalId]));
    const tables = await readBulk(
      context,
      routeTables,
      [...ids.keys()],
      'association.route-table-association-id',
    );
    return new Map(
      tables.flatMap(({ Associations = [] }) =>
        Associations.flatMap(({ RouteTableAssociationId = '', RouteTableId = '', SubnetId = '' }) => {
          const logicalId = ids.get(RouteTableAssociationId);
          return logicalId === undefined
            ? []
            : [[logicalId, live(RouteTableAssociationId, { RouteTableId, SubnetId })] as const];
        }),
      ),
    );
  },

  find: (context, { properties }) => findAssociation(context, properties),

  async create(context, { properties }) {
    const ec2 = await context.aws.ec2();
    const input = { RouteTableId: text(properties.RouteTableId), SubnetId: text(properties.SubnetId) };
    return createOnce(
      context,
      async () => live((await ec2.associateRouteTable(input)).AssociationId!, properties),
      () => findAssociation(context, properties),
    );
  },

  /** Both properties replace: there is nothing to bring about. */
  update: async (_context, { physicalId, after }) => live(physicalId, after),

  async delete(context, { physicalId: AssociationId }) {
    const ec2 = await context.aws.ec2();
    try {
      await ec2.disassociateRouteTable({ AssociationId });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  },
});

function live(Id: string, properties: Properties): Live {
  return { physicalId: Id, properties, attributes: { Id } };
}

/** The association of this subnet with this table: there can be no second. */
async function findAssociation(context: ProviderContext, properties: Properties): Promise<Live | undefined> {
  const SubnetId = text(properties.SubnetId)!;
  const [table] = await routeTables.list(await context.aws.ec2(), [
    { Name: 'association.subnet-id', Values: [SubnetId] },
    { Name: 'route-table-id', Values: [text(properties.RouteTableId)!] },
  ]);
  const found = table?.Associations?.find((one) => one.SubnetId === SubnetId);
  return found && live(found.RouteTableAssociationId!, properties);
}
