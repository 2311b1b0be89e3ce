import { countByIntent, type Example, exampleTags, exampleVpc, tagEdits } from './example.ts';

const https = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '0.0.0.0/0', Description: 'the shop' };
const https6 = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIpv6: '::/0' };
const fromFriends = { IpProtocol: '-1', SourceSecurityGroupId: { Ref: 'Friends' } };

export const securityGroup: Example = {
  type: 'AWS::EC2::SecurityGroup',
  creates: 'CreateSecurityGroup',
  needs: {
    ...exampleVpc,
    Friends: {
      type: 'AWS::EC2::SecurityGroup',
      properties: { GroupDescription: 'friends', VpcId: { Ref: 'Vpc' } },
    },
  },
  properties: {
    GroupDescription: 'example',
    VpcId: { Ref: 'Vpc' },
    SecurityGroupIngress: [https, https6, fromFriends],
    Tags: exampleTags,
  },
  edits: {
    'a rule more': {
      SecurityGroupIngress: [
        https,
        https6,
        fromFriends,
        { IpProtocol: 'udp', FromPort: 53, ToPort: 53, CidrIp: '10.0.0.0/8' },
      ],
    },
    'a rule less': { SecurityGroupIngress: [https, fromFriends] },
    'no rule': { SecurityGroupIngress: undefined },
    'another description of a rule': {
      SecurityGroupIngress: [{ ...https, Description: 'everybody' }, https6, fromFriends],
    },
    'one rule for another': {
      SecurityGroupIngress: [{ ...https, FromPort: 80, ToPort: 80 }, https6, fromFriends],
    },
    'ping in': {
      SecurityGroupIngress: [
        https,
        https6,
        fromFriends,
        { IpProtocol: 'icmp', FromPort: 8, ToPort: -1, CidrIp: '10.0.0.0/8' },
      ],
    },
    'only HTTPS out': {
      SecurityGroupEgress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '0.0.0.0/0' }],
    },
    'out to friends only': {
      SecurityGroupEgress: [
        { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, DestinationSecurityGroupId: { Ref: 'Friends' } },
      ],
    },
    ...tagEdits,
  },
  sameAs: {
    'another order, numbers for protocols, texts for ports, hosts in networks': {
      GroupDescription: 'example',
      VpcId: { Ref: 'Vpc' },
      SecurityGroupIngress: [
        { ...fromFriends, FromPort: -1, ToPort: -1, IpProtocol: -1 },
        { ...https6, CidrIpv6: '0:0::/0', IpProtocol: 'TCP' },
        { ...https, IpProtocol: 6, FromPort: '443', ToPort: '443', CidrIp: '0.0.0.0/0' },
      ],
      Tags: exampleTags,
    },
    'the default way out said': {
      GroupDescription: 'example',
      VpcId: { Ref: 'Vpc' },
      SecurityGroupIngress: [https, https6, fromFriends],
      SecurityGroupEgress: [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }],
      Tags: exampleTags,
    },
  },
  count: countByIntent(
    async (ec2, Filters) => (await ec2.describeSecurityGroups({ Filters })).SecurityGroups,
  ),
};
