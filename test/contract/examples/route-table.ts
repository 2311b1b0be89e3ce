import { countByIntent, type Example, exampleTags, exampleVpc, tagEdits } from './example.ts';

export const routeTable: Example = {
  type: 'AWS::EC2::RouteTable',
  creates: 'CreateRouteTable',
  needs: exampleVpc,
  properties: { VpcId: { Ref: 'Vpc' }, Tags: exampleTags },
  edits: tagEdits,
  count: countByIntent(async (ec2, Filters) => (await ec2.describeRouteTables({ Filters })).RouteTables),
};
