import type { Properties } from '../../../src/base/value.ts';
import { countByIntent, type Example } from './example.ts';

const data = {
  ImageId: 'ami-12c6146b',
  InstanceType: 't3.micro',
  KeyName: 'shop',
  UserData: Buffer.from('#!/bin/sh\necho hello\n').toString('base64'),
  SecurityGroupIds: ['sg-00000002', 'sg-00000001'],
  MetadataOptions: { HttpTokens: 'required' },
  Monitoring: { Enabled: true },
  BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 20, VolumeType: 'gp3' } }],
  TagSpecifications: [
    { ResourceType: 'volume', Tags: [{ Key: 'team', Value: 'shop' }] },
    { ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'example' }] },
  ],
};
const without = (map: Properties, name: string) =>
  Object.fromEntries(Object.entries(map).filter(([key]) => key !== name));
const tagged = (...Tags: { Key: string; Value: string }[]) => [{ ResourceType: 'launch-template', Tags }];

export const launchTemplate: Example = {
  type: 'AWS::EC2::LaunchTemplate',
  creates: 'CreateLaunchTemplate',
  properties: {
    LaunchTemplateData: data,
    VersionDescription: 'the first',
    TagSpecifications: tagged({ Key: 'team', Value: 'shop' }, { Key: 'Name', Value: 'example' }),
  },
  edits: {
    'another type': { LaunchTemplateData: { ...data, InstanceType: 't3.small' } },
    'without a key': {
      LaunchTemplateData: without(data, 'KeyName'),
    },
    'another tag of the instances': {
      LaunchTemplateData: {
        ...data,
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'other' }] }],
      },
    },
    'bought on the spot market': {
      LaunchTemplateData: {
        ...data,
        InstanceMarketOptions: {
          MarketType: 'spot',
          SpotOptions: { MaxPrice: '0.01', ValidUntil: '2030-01-01T00:00:00Z' },
        },
      },
    },
    'an interface with addresses': {
      LaunchTemplateData: {
        ...without(data, 'SecurityGroupIds'),
        NetworkInterfaces: [{ DeviceIndex: 0, AssociatePublicIpAddress: true, Groups: ['sg-00000001'] }],
      },
    },
    'another description': { VersionDescription: 'the second' },
    'no description': { VersionDescription: undefined },
  },
  notHere: { TagSpecifications: 'moto goes on describing the tags that it was made with' },
  sameAs: {
    'sets in another order, numbers as texts': {
      LaunchTemplateData: {
        ...data,
        SecurityGroupIds: ['sg-00000001', 'sg-00000002'],
        Monitoring: { Enabled: 'true' },
        BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: '20', VolumeType: 'gp3' } }],
        TagSpecifications: [...data.TagSpecifications].reverse(),
        NetworkInterfaces: [],
      },
      VersionDescription: 'the first',
      TagSpecifications: tagged({ Key: 'Name', Value: 'example' }, { Key: 'team', Value: 'shop' }),
    },
  },
  count: countByIntent(
    async (ec2, Filters) => (await ec2.describeLaunchTemplates({ Filters })).LaunchTemplates,
  ),
};
