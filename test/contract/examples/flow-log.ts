import { countByIntent, type Example, exampleTags, exampleVpc, tagEdits } from './example.ts';

const trust = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'vpc-flow-logs.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
};

export const flowLog: Example = {
  type: 'AWS::EC2::FlowLog',
  creates: 'CreateFlowLogs',
  needs: {
    ...exampleVpc,
    Role: { type: 'AWS::IAM::Role', properties: { AssumeRolePolicyDocument: trust } },
  },
  properties: {
    ResourceId: { Ref: 'Vpc' },
    ResourceType: 'VPC',
    TrafficType: 'REJECT',
    LogGroupName: 'shop-flows',
    DeliverLogsPermissionArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
    MaxAggregationInterval: 60,
    Tags: exampleTags,
  },
  edits: tagEdits,
  sameAs: {
    'where to said, a text for the interval': {
      ResourceId: { Ref: 'Vpc' },
      ResourceType: 'VPC',
      TrafficType: 'REJECT',
      LogDestinationType: 'cloud-watch-logs',
      LogGroupName: 'shop-flows',
      DeliverLogsPermissionArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
      MaxAggregationInterval: '60',
      Tags: exampleTags,
    },
  },
  count: countByIntent(async (ec2, Filters) => (await ec2.describeFlowLogs({ Filter: Filters })).FlowLogs),
};
