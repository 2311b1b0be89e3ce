import { type Example, exampleVpc } from './example.ts';

const https = {
  NetworkAclId: { Ref: 'Acl' },
  RuleNumber: 100,
  Protocol: 6,
  RuleAction: 'allow',
  CidrBlock: '10.0.0.0/8',
  PortRange: { From: 443, To: 443 },
};

export const networkAclEntry: Example = {
  type: 'AWS::EC2::NetworkAclEntry',
  creates: 'CreateNetworkAclEntry',
  needs: {
    ...exampleVpc,
    Acl: { type: 'AWS::EC2::NetworkAcl', properties: { VpcId: { Ref: 'Vpc' } } },
    // The same number the other way is another entry.
    Out: {
      type: 'AWS::EC2::NetworkAclEntry',
      properties: { ...https, Egress: true },
    },
  },
  properties: https,
  edits: {
    'other ports': { PortRange: { From: 8080, To: 8090 } },
    'not allowed': { RuleAction: 'deny' },
    'another network': { CidrBlock: '172.16.0.0/12' },
    'an IPv6 network': { CidrBlock: undefined, Ipv6CidrBlock: '::/0' },
    // moto forgets the type and the code: that AWS keeps them is believed here.
    ping: { Protocol: 1, PortRange: undefined, Icmp: { Code: -1, Type: 8 } },
    'every protocol': { Protocol: -1, PortRange: undefined },
  },
  sameAs: {
    'texts for numbers, a host in the network, the direction said': {
      ...https,
      RuleNumber: '100',
      Protocol: '6',
      RuleAction: 'ALLOW',
      CidrBlock: '10.9.9.9/8',
      PortRange: { From: '443', To: '443' },
      Egress: 'false',
    },
  },
  async count(aws, made) {
    const { NetworkAcls = [] } = await (await aws.ec2()).describeNetworkAcls({
      NetworkAclIds: [String(made.properties.NetworkAclId)],
    });
    return NetworkAcls.flatMap((acl) => acl.Entries ?? []).filter(
      (one) => one.RuleNumber === 100 && !one.Egress,
    ).length;
  },
};
