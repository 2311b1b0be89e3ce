import { countByIntent, type Example, exampleTags, exampleVpc, tagEdits } from './example.ts';

export const networkAcl: Example = {
  type: 'AWS::EC2::NetworkAcl',
  creates: 'CreateNetworkAcl',
  needs: exampleVpc,
  properties: { VpcId: { Ref: 'Vpc' }, Tags: exampleTags },
  edits: tagEdits,
  count: countByIntent(async (ec2, Filters) => (await ec2.describeNetworkAcls({ Filters })).NetworkAcls),
};
