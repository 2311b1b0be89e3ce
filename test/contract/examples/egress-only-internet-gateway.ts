import { countAllByIntent, type Example, exampleTags, exampleVpc, tagEdits } from './example.ts';

export const egressOnlyInternetGateway: Example = {
  type: 'AWS::EC2::EgressOnlyInternetGateway',
  creates: 'CreateEgressOnlyInternetGateway',
  needs: exampleVpc,
  properties: { VpcId: { Ref: 'Vpc' }, Tags: exampleTags },
  edits: tagEdits,
  count: countAllByIntent(
    (ec2) => ec2.paginateDescribeEgressOnlyInternetGateways({}, {}),
    (page) => page.EgressOnlyInternetGateways,
  ),
};
