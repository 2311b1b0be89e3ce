import { countByIntent, type Example, exampleTags, exampleVpc, tagEdits } from './example.ts';

/** An image that moto has in every region. */
const image = 'ami-12c6146b';

const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};
const script = (text: string) => Buffer.from(`#!/bin/sh\n${text}\n`).toString('base64');
const group = {
  type: 'AWS::EC2::SecurityGroup',
  properties: { GroupDescription: 'example', VpcId: { Ref: 'Vpc' } },
};
const ignored = 'moto ignores it or does not give it back';

export const instance: Example = {
  type: 'AWS::EC2::Instance',
  creates: 'RunInstances',
  needs: {
    ...exampleVpc,
    Subnet: { type: 'AWS::EC2::Subnet', properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.20.1.0/24' } },
    Group: group,
    OtherGroup: group,
    Role: { type: 'AWS::IAM::Role', properties: { AssumeRolePolicyDocument: trust } },
    Volume: {
      type: 'AWS::EC2::Volume',
      properties: { AvailabilityZone: { 'Fn::GetAtt': ['Subnet', 'AvailabilityZone'] }, Size: 1 },
    },
    Profile: { type: 'AWS::IAM::InstanceProfile', properties: { Roles: [{ Ref: 'Role' }] } },
  },
  properties: {
    ImageId: image,
    InstanceType: 't3.micro',
    SubnetId: { Ref: 'Subnet' },
    SecurityGroupIds: [{ Ref: 'Group' }],
    IamInstanceProfile: { Ref: 'Profile' },
    UserData: script('echo hello'),
    MetadataOptions: { HttpTokens: 'required' },
    Tags: exampleTags,
  },
  edits: {
    'another type': { InstanceType: 't3.small' },
    'another user data': { UserData: script('echo other') },
    groups: { SecurityGroupIds: [{ Ref: 'OtherGroup' }, { Ref: 'Group' }] },
    // Another profile is not tried: moto replaces the association and goes on describing the old one.
    'no profile': { IamInstanceProfile: undefined },
    'packets for others': { SourceDestCheck: false },
    protected: { DisableApiTermination: true },
    'ends when shut down': { InstanceInitiatedShutdownBehavior: 'terminate' },
    'metadata from containers': { MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 2 } },
    'optimised for EBS': { EbsOptimized: true },
    'a volume': { Volumes: [{ VolumeId: { Ref: 'Volume' }, Device: '/dev/sdh' }] },
    stopped: { State: 'stopped' },
    'stopped, and of another type': { State: 'stopped', InstanceType: 't3.small' },
    ...tagEdits,
  },
  replacing: {
    'another volume': { BlockDeviceMappings: [{ DeviceName: '/dev/sdb', Ebs: { VolumeSize: 10 } }] },
    tenancy: { Tenancy: 'dedicated' },
  },
  notHere: {
    CreditSpecification: 'moto answers standard credits for every instance',
    Monitoring: 'moto has no MonitorInstances',
    Affinity: 'needs a dedicated host',
    HostId: 'needs a dedicated host',
    KernelId: ignored,
    RamdiskId: ignored,
    PrivateDnsNameOptions: ignored,
    PropagateTagsToVolumeOnCreation: 'tried in test/provider: it says nothing of the instance itself',
  },
  count: async (aws, made, intent) => {
    const live = ['pending', 'running', 'stopping', 'stopped'];
    return countByIntent(async (ec2, Filters) => {
      const { Reservations = [] } = await ec2.describeInstances({
        Filters: [...Filters, { Name: 'instance-state-name', Values: live }],
      });
      return Reservations.flatMap((one) => one.Instances ?? []);
    })(aws, made, intent);
  },
};
