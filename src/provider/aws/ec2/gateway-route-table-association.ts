import type { RouteTable } from '@aws-sdk/client-ec2';
import type { Properties } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { present, text } from '../../plain-value.ts';
import { defineResourceType, type Live, type ProviderContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { isNotFound } from '../aws-error.ts';
import { createOnce, eventually } from '../eventually.ts';
import { wantedAmong } from '../wanted-among.ts';
import { untagged } from './adoption.ts';
import { describeOne, readBulk, routeTables } from './describe.ts';
import { attachmentsOfGateway } from './gateway-dependency.ts';

const type = 'AWS::EC2::GatewayRouteTableAssociation';

/** Its physical id is the gateway's, which has at most one table: an association has another id for each table. */
export const gatewayRouteTableAssociation = defineResourceType({
  type,
  adoption: untagged,
  attributes: ['AssociationId'],
  order: () => 'create-before-delete',

  canonicalise: (properties) => coerce(typeSchema(type), properties),

  async read(context, wanted) {
    const tables = wanted.map(({ properties }) => text(properties.RouteTableId)!);
    return wantedAmong(wanted, (await readBulk(context, routeTables, tables)).flatMap(associationsOf));
  },

  find: (context, { properties }) => findAssociation(context, properties),

  async create(context, { properties }) {
    const ec2 = await context.aws.ec2();
    const { RouteTableId, GatewayId } = texts(properties);
    return createOnce(
      context,
      async () => {
        const { AssociationId } = await ec2.associateRouteTable({ RouteTableId, GatewayId });
        return made(AssociationId!, properties);
      },
      () => findAssociation(context, properties),
    );
  },

  async update(context, { before, after }) {
    const ec2 = await context.aws.ec2();
    const already = await findAssociation(context, after);
    if (already !== undefined) return already;
    const now = await findAssociation(context, { ...before, GatewayId: after.GatewayId! });
    const { AssociationId } = now?.attributes ?? {};
    const { RouteTableId } = texts(after);
    const { NewAssociationId } = await eventually(context, () =>
      ec2.replaceRouteTableAssociation({ AssociationId: text(AssociationId), RouteTableId }),
    );
    return made(NewAssociationId!, after);
  },

  async delete(context, { physicalId, properties }) {
    const ec2 = await context.aws.ec2();
    const now = await findAssociation(context, { ...properties, GatewayId: physicalId });
    if (now === undefined) return;
    try {
      await ec2.disassociateRouteTable({ AssociationId: text(now.attributes.AssociationId) });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  },

  /** A gateway has routes only in the VPC that it is attached to. */
  hiddenDependencies: (self, others) => attachmentsOfGateway(self.GatewayId, others),
});

function associationsOf({ Associations = [] }: RouteTable): Live[] {
  return Associations.filter(
    ({ GatewayId, AssociationState }) =>
      GatewayId !== undefined && !/^(disassociat|fail)/.test(AssociationState?.State ?? ''),
  ).map(({ RouteTableAssociationId, RouteTableId, GatewayId }) =>
    made(RouteTableAssociationId!, present({ RouteTableId, GatewayId })),
  );
}

function made(AssociationId: string, properties: Properties): Live {
  return { physicalId: text(properties.GatewayId)!, properties, attributes: { AssociationId } };
}

/** The association of this gateway with this table; without a table, which only a replaced one lacks, with any. */
async function findAssociation(context: ProviderContext, properties: Properties): Promise<Live | undefined> {
  const { RouteTableId, GatewayId } = texts(properties);
  const tables =
    RouteTableId === undefined
      ? await routeTables.list(await context.aws.ec2(), [
          { Name: 'association.gateway-id', Values: [GatewayId!] },
        ])
      : [await describeOne(context, routeTables, RouteTableId)];
  return tables
    .flatMap((table) => (table === undefined ? [] : associationsOf(table)))
    .find((one) => one.physicalId === GatewayId);
}

function texts(properties: Properties) {
  return { RouteTableId: text(properties.RouteTableId), GatewayId: text(properties.GatewayId) };
}
