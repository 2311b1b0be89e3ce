import type { Example } from './example.ts';

export const volumeAttachment: Example = {
  type: 'AWS::EC2::VolumeAttachment',
  creates: 'AttachVolume',
  needs: {
    Instance: {
      type: 'AWS::EC2::Instance',
      properties: { ImageId: 'ami-12c6146b', InstanceType: 't3.micro', AvailabilityZone: 'eu-west-1a' },
    },
    Volume: { type: 'AWS::EC2::Volume', properties: { AvailabilityZone: 'eu-west-1a', Size: 1 } },
  },
  properties: { VolumeId: { Ref: 'Volume' }, InstanceId: { Ref: 'Instance' }, Device: '/dev/sdh' },
  edits: {},
  sameAs: { 'no word on the device': { VolumeId: { Ref: 'Volume' }, InstanceId: { Ref: 'Instance' } } },
  async count(aws, made) {
    const [VolumeId = '', InstanceId] = made.physicalId.split('|');
    const ec2 = await aws.ec2();
    const { Volumes = [] } = await ec2.describeVolumes({
      Filters: [{ Name: 'volume-id', Values: [VolumeId] }],
    });
    return Volumes.flatMap((one) => one.Attachments ?? []).filter((one) => one.InstanceId === InstanceId)
      .length;
  },
};
