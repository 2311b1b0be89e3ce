import { countByIntent, type Example, exampleTags, exampleVpc, tagEdits } from './example.ts';

const table = { type: 'AWS::EC2::RouteTable', properties: { VpcId: { Ref: 'Vpc' } } };
const reading = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: ['s3:GetObject'], Resource: '*' }],
};
const ignored = 'moto does not change it';

export const vpcEndpoint: Example = {
  type: 'AWS::EC2::VPCEndpoint',
  creates: 'CreateVpcEndpoint',
  needs: { ...exampleVpc, Table: table, OtherTable: table },
  properties: {
    VpcId: { Ref: 'Vpc' },
    ServiceName: 'com.amazonaws.eu-west-1.s3',
    RouteTableIds: [{ Ref: 'Table' }],
    PolicyDocument: reading,
    Tags: exampleTags,
  },
  edits: {
    'another table too': { RouteTableIds: [{ Ref: 'OtherTable' }, { Ref: 'Table' }] },
    'another policy': {
      PolicyDocument: { ...reading, Statement: [{ ...reading.Statement[0]!, Action: '*' }] },
    },
    ...tagEdits,
  },
  notHere: {
    DnsOptions: ignored,
    IpAddressType: ignored,
    PrivateDnsEnabled: ignored,
    SecurityGroupIds: 'tried on an interface endpoint, in network-beyond-examples.test.ts',
    SubnetIds: 'tried on an interface endpoint, in network-beyond-examples.test.ts',
  },
  sameAs: {
    'the type said, the policy as text': {
      VpcId: { Ref: 'Vpc' },
      ServiceName: 'com.amazonaws.eu-west-1.s3',
      VpcEndpointType: 'Gateway',
      RouteTableIds: [{ Ref: 'Table' }],
      PolicyDocument: JSON.stringify({
        ...reading,
        Statement: { ...reading.Statement[0]!, Action: 's3:GetObject' },
      }),
      Tags: exampleTags,
    },
  },
  count: countByIntent(async (ec2, Filters) =>
    (await ec2.describeVpcEndpoints({ Filters })).VpcEndpoints?.filter(
      (one) => String(one.State) !== 'deleted',
    ),
  ),
};
