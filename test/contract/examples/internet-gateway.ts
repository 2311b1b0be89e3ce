import { countByIntent, type Example, exampleTags, tagEdits } from './example.ts';

export const internetGateway: Example = {
  type: 'AWS::EC2::InternetGateway',
  creates: 'CreateInternetGateway',
  properties: { Tags: exampleTags },
  edits: tagEdits,
  count: countByIntent(
    async (ec2, Filters) => (await ec2.describeInternetGateways({ Filters })).InternetGateways,
  ),
};
