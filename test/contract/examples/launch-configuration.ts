import type { Example } from './example.ts';

const devices = [
  { DeviceName: '/dev/xvdb', Ebs: { VolumeSize: 10 } },
  { DeviceName: '/dev/xvda', Ebs: { VolumeSize: 20, VolumeType: 'gp3', DeleteOnTermination: true } },
];

export const launchConfiguration: Example = {
  type: 'AWS::AutoScaling::LaunchConfiguration',
  creates: 'CreateLaunchConfiguration',
  properties: {
    ImageId: 'ami-12c6146b',
    InstanceType: 't3.micro',
    SecurityGroups: ['sg-00000002', 'sg-00000001'],
    UserData: Buffer.from('#!/bin/sh\necho hello\n').toString('base64'),
    BlockDeviceMappings: devices,
    InstanceMonitoring: true,
    MetadataOptions: { HttpTokens: 'required' },
  },
  edits: {},
  sameAs: {
    'sets in another order, numbers as texts': {
      ImageId: 'ami-12c6146b',
      InstanceType: 't3.micro',
      SecurityGroups: ['sg-00000001', 'sg-00000002'],
      UserData: Buffer.from('#!/bin/sh\necho hello\n').toString('base64'),
      BlockDeviceMappings: [
        {
          Ebs: { VolumeSize: '20', VolumeType: 'gp3', DeleteOnTermination: 'true' },
          DeviceName: '/dev/xvda',
        },
        devices[0]!,
      ],
      InstanceMonitoring: 'true',
      MetadataOptions: { HttpTokens: 'required' },
    },
  },
  async count(aws, made) {
    const autoScaling = await aws.autoScaling();
    const { LaunchConfigurations = [] } = await autoScaling.describeLaunchConfigurations({});
    // By what its name begins with: a second one would have the same logical id in it.
    const prefix = made.physicalId.replace(/-[^-]*$/, '');
    return LaunchConfigurations.filter((one) => one.LaunchConfigurationName?.startsWith(prefix)).length;
  },
};
