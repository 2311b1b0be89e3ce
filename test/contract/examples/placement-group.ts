import { countByIntent, type Example, exampleTags } from './example.ts';

export const placementGroup: Example = {
  type: 'AWS::EC2::PlacementGroup',
  creates: 'CreatePlacementGroup',
  notOnMoto: 'moto has no placement groups: the proxy in front of it answers for them',
  properties: { Strategy: 'partition', PartitionCount: 3, Tags: exampleTags },
  edits: {},
  replacing: { 'other tags': { Tags: [{ Key: 'team', Value: 'other' }] } },
  sameAs: { 'a number as a text': { Strategy: 'partition', PartitionCount: '3', Tags: exampleTags } },
  count: countByIntent(
    async (ec2, Filters) => (await ec2.describePlacementGroups({ Filters })).PlacementGroups,
  ),
};
