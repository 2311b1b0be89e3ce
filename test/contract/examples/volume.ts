import { countByIntent, type Example, exampleTags, tagEdits } from './example.ts';

export const volume: Example = {
  type: 'AWS::EC2::Volume',
  creates: 'CreateVolume',
  properties: { AvailabilityZone: 'eu-west-1a', Size: 10, VolumeType: 'gp3', Tags: exampleTags },
  edits: {
    larger: { Size: 20 },
    'more operations a second': { Iops: 4000 },
    'more throughput': { Throughput: 250 },
    'another type': { VolumeType: 'io2', Iops: 5000 },
    'no type, which is gp2': { VolumeType: undefined },
    ...tagEdits,
  },
  replacing: {
    'another zone': { AvailabilityZone: 'eu-west-1b' },
    'another zone by its id': { AvailabilityZoneId: 'euw1-az9' },
    encrypted: { Encrypted: true },
    'another key': { KmsKeyId: 'alias/shop' },
    'from a snapshot': { SnapshotId: 'snap-00000001' },
    'a copy': { SourceVolumeId: 'vol-00000001' },
    'on an Outpost': { OutpostArn: 'arn:aws:outposts:eu-west-1:123456789012:outpost/op-00000001' },
  },
  notHere: {
    MultiAttachEnabled: 'moto cannot take it off again',
    AutoEnableIO: 'moto has no ModifyVolumeAttribute',
    VolumeInitializationRate: 'only a create has a use for it',
  },
  sameAs: {
    'the defaults said': {
      AvailabilityZone: 'eu-west-1a',
      Size: '10',
      VolumeType: 'gp3',
      Iops: 3000,
      Throughput: '125',
      Tags: exampleTags,
    },
  },
  count: countByIntent(async (ec2, Filters) => (await ec2.describeVolumes({ Filters })).Volumes),
};
