import type { Properties } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { text } from '../../plain-value.ts';
import { defineResourceType, type Live, type ProviderContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { isNotFound } from '../aws-error.ts';
import { eventually, until } from '../eventually.ts';
import { wantedAmong } from '../wanted-among.ts';
import { untagged } from './adoption.ts';
import { describeOne, readBulk, vpcs } from './describe.ts';

const type = 'AWS::EC2::VPCDHCPOptionsAssociation';

/** The options that a VPC has when nobody says. */
const none = 'default';

/** A VPC always has options, so that its physical id is what CloudFormation gives: `dopt-123|vpc-123`. */
export const vpcDhcpOptionsAssociation = defineResourceType({
  type,
  adoption: untagged,
  attributes: [],

  // The new options take the old ones' place. In the other order the VPC would have none between them.
  order: () => 'create-before-delete',

  canonicalise: (properties) => coerce(typeSchema(type), properties),

  async read(context, wanted) {
    const ids = wanted.map(({ physicalId }) => partsOf(physicalId).VpcId);
    const all = await readBulk(context, vpcs, ids);
    const found = all.map(({ DhcpOptionsId = none, VpcId = '' }) => live({ DhcpOptionsId, VpcId }));
    return wantedAmong(wanted, found);
  },

  async find(context, { properties }) {
    return (await optionsOf(context, text(properties.VpcId)!)) === properties.DhcpOptionsId
      ? live(properties)
      : undefined;
  },

  async create(context, { properties }) {
    await associate(context, text(properties.DhcpOptionsId)!, text(properties.VpcId)!);
    return live(properties);
  },

  /** Both properties replace: there is nothing to bring about. */
  update: async (_context, { after }) => live(after),

  async delete(context, { physicalId }) {
    const { DhcpOptionsId, VpcId } = partsOf(physicalId);
    // The VPC is gone, or has other options meanwhile.
    if (DhcpOptionsId === none || (await optionsOf(context, VpcId)) !== DhcpOptionsId) return;
    const ec2 = await context.aws.ec2();
    try {
      await ec2.associateDhcpOptions({ DhcpOptionsId: none, VpcId });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  },
});

function live(properties: Properties): Live {
  const physicalId = `${text(properties.DhcpOptionsId)}|${text(properties.VpcId)}`;
  return { physicalId, properties, attributes: {} };
}

function partsOf(physicalId: string) {
  const [DhcpOptionsId = '', VpcId = ''] = physicalId.split('|');
  return { DhcpOptionsId, VpcId };
}

async function optionsOf(context: ProviderContext, vpc: string): Promise<string | undefined> {
  return (await describeOne(context, vpcs, vpc))?.DhcpOptionsId;
}

/** Said twice it is the same as said once. */
async function associate(context: ProviderContext, DhcpOptionsId: string, VpcId: string): Promise<void> {
  const ec2 = await context.aws.ec2();
  await eventually(context, () => ec2.associateDhcpOptions({ DhcpOptionsId, VpcId }));
  await until(context, `${DhcpOptionsId} associated with ${VpcId}`, 60_000, async () =>
    (await optionsOf(context, VpcId)) === DhcpOptionsId ? true : undefined,
  );
}
