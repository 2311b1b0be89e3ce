import { type Example, exampleTags, exampleVpc, tagEdits } from './example.ts';

export const egressOnlyInternetGateway: Example = {
  type: 'AWS::EC2::EgressOnlyInternetGateway',
  creates: 'CreateEgressOnlyInternetGateway',
  needs: exampleVpc,
  properties: { VpcId: { Ref: 'Vpc' }, Tags: exampleTags },
  edits: tagEdits,
  // moto does not filter them.
  async count(aws, _made, intent) {
    const found = await (await aws.ec2()).describeEgressOnlyInternetGateways({});
    return (found.EgressOnlyInternetGateways ?? []).filter((one) =>
      one.Tags?.some((tag) => tag.Key === 'slipway:intent' && tag.Value === intent),
    ).length;
  },
};
