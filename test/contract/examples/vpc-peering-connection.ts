import { countAllByIntent, type Example, exampleTags, exampleVpc, tagEdits } from './example.ts';

export const vpcPeeringConnection: Example = {
  type: 'AWS::EC2::VPCPeeringConnection',
  creates: 'CreateVpcPeeringConnection',
  needs: {
    ...exampleVpc,
    Peer: { type: 'AWS::EC2::VPC', properties: { CidrBlock: '10.30.0.0/16' } },
  },
  properties: { VpcId: { Ref: 'Vpc' }, PeerVpcId: { Ref: 'Peer' }, Tags: exampleTags },
  edits: tagEdits,
  sameAs: {
    'the peer said in full': {
      VpcId: { Ref: 'Vpc' },
      PeerVpcId: { Ref: 'Peer' },
      PeerOwnerId: '123456789012',
      PeerRegion: 'eu-west-1',
      Tags: exampleTags,
    },
  },
  count: countAllByIntent(
    (ec2) => ec2.paginateDescribeVpcPeeringConnections({}, {}),
    ({ VpcPeeringConnections = [] }) => VpcPeeringConnections.filter((one) => one.Status?.Code !== 'deleted'),
  ),
};
