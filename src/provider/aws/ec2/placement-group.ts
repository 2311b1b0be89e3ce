import type { PlacementGroup } from '@aws-sdk/client-ec2';
import { coerce } from '../../coerce.ts';
import { integer, present, text } from '../../plain-value.ts';
import { defineResourceType, type Live } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { errorCode } from '../aws-error.ts';
import { deleteWhenFree } from '../delete-when-free.ts';
import { createOnce, until } from '../eventually.ts';
import { generatedName } from '../generated-name.ts';
import { canonicalTags, liveTags } from '../tags.ts';
import { wantedAmong } from '../wanted-among.ts';
import { describeByIntent, describeOne, instances, type Listing, readBulk } from './describe.ts';
import { tagSpecifications } from './tagging.ts';

const type = 'AWS::EC2::PlacementGroup';
const longestName = 255;

/** Not paginated by AWS. */
const placementGroups: Listing<PlacementGroup> = {
  call: 'DescribePlacementGroups',
  idFilter: 'group-name',
  list: async (ec2, Filters) => {
    const { PlacementGroups = [] } = await ec2.describePlacementGroups({ Filters });
    return PlacementGroups.filter(({ State }) => State !== 'deleting' && State !== 'deleted');
  },
};

/** Every property replaces; the name is never the template's, so that two generations can exist. */
export const placementGroup = defineResourceType({
  type,
  adoption: { refused: 'its tags hang on an id that its name does not tell' },
  attributes: ['GroupName', 'GroupId'],
  order: () => 'create-before-delete',

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    return { ...given, Strategy: given.Strategy ?? 'cluster', Tags: canonicalTags(given.Tags) };
  },

  async read(context, wanted) {
    const names = wanted.map((one) => one.physicalId);
    return wantedAmong(wanted, (await readBulk(context, placementGroups, names)).map(live));
  },

  async find(context, pending) {
    const found = await describeByIntent(context, placementGroups, pending.intent);
    return found && live(found);
  },

  async create(context, request) {
    const ec2 = await context.aws.ec2();
    const { properties: p } = request;
    const GroupName = generatedName({ ...request, stack: context.stack }, longestName);
    await createOnce<unknown>(
      context,
      () =>
        ec2.createPlacementGroup({
          GroupName,
          Strategy: text(p.Strategy) as 'cluster' | undefined,
          PartitionCount: integer(p.PartitionCount),
          SpreadLevel: text(p.SpreadLevel) as 'rack' | undefined,
          ParentGroupId: text(p.ParentGroupId),
          TagSpecifications: tagSpecifications(request, 'placement-group'),
        }),
      () => describeByIntent(context, placementGroups, request.intent),
    );
    return until(context, `placement group ${GroupName} ready`, 5 * 60_000, async () => {
      const one = await describeOne(context, placementGroups, GroupName);
      return one?.State === 'available' ? live(one) : undefined;
    });
  },

  /** There is nothing to bring about: this is called for what a crash left only. */
  update: (context, { physicalId }) =>
    until(context, `placement group ${physicalId} ready`, 5 * 60_000, async () => {
      const one = await describeOne(context, placementGroups, physicalId);
      return one?.State === 'available' ? live(one) : undefined;
    }),

  async delete(context, { physicalId: GroupName }) {
    const ec2 = await context.aws.ec2();
    await deleteWhenFree(context, {
      what: `placement group ${GroupName}`,
      send: async () => {
        try {
          await ec2.deletePlacementGroup({ GroupName });
        } catch (error) {
          // AWS's word for 'not found' here.
          if (errorCode(error) !== 'InvalidPlacementGroup.Unknown') throw error;
        }
      },
      holders: async () => {
        const Filters = [{ Name: 'placement-group-name', Values: [GroupName] }];
        return (await instances.list(ec2, Filters)).map(({ InstanceId }) => `instance ${InstanceId}`);
      },
    });
    await until(context, `placement group ${GroupName} deleted`, 5 * 60_000, async () =>
      (await describeOne(context, placementGroups, GroupName)) === undefined ? true : undefined,
    );
  },
});

function live(one: PlacementGroup): Live {
  const { GroupName = '', GroupId = '' } = one;
  return {
    physicalId: GroupName,
    properties: present({
      Strategy: one.Strategy,
      PartitionCount: one.PartitionCount,
      SpreadLevel: one.SpreadLevel,
      ParentGroupId: one.ParentGroupId,
      Tags: liveTags(one.Tags),
    }),
    attributes: { GroupName, GroupId },
  };
}
