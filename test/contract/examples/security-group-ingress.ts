import { countByIntent, type Example, exampleVpc } from './example.ts';

const group = {
  type: 'AWS::EC2::SecurityGroup',
  properties: {
    GroupDescription: 'example',
    VpcId: { Ref: 'Vpc' },
    SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '0.0.0.0/0' }],
  },
};

export const securityGroupIngress: Example = {
  type: 'AWS::EC2::SecurityGroupIngress',
  creates: 'AuthorizeSecurityGroupIngress',
  needs: {
    ...exampleVpc,
    Group: group,
    Friends: group,
    // The rule of the example leads from one to the other, and this one back.
    Back: {
      type: 'AWS::EC2::SecurityGroupIngress',
      properties: {
        GroupId: { 'Fn::GetAtt': ['Friends', 'GroupId'] },
        IpProtocol: 'tcp',
        FromPort: 5432,
        ToPort: 5432,
        SourceSecurityGroupId: { Ref: 'Group' },
      },
    },
    There: {
      type: 'AWS::EC2::SecurityGroupIngress',
      properties: {
        GroupId: { Ref: 'Group' },
        IpProtocol: '-1',
        SourceSecurityGroupId: { Ref: 'Friends' },
      },
    },
  },
  properties: {
    GroupId: { Ref: 'Group' },
    IpProtocol: 'tcp',
    FromPort: 8080,
    ToPort: 8090,
    CidrIp: '10.0.0.0/8',
    Description: 'from the office',
  },
  edits: {
    'another description': { Description: 'from the other office' },
  },
  sameAs: {
    'a number for the protocol, texts for ports, a host in the network': {
      GroupId: { Ref: 'Group' },
      IpProtocol: 6,
      FromPort: '8080',
      ToPort: '8090',
      CidrIp: '10.1.2.3/8',
      Description: 'from the office',
    },
  },
  count: countByIntent(
    async (ec2, Filters) => (await ec2.describeSecurityGroupRules({ Filters })).SecurityGroupRules,
  ),
};
