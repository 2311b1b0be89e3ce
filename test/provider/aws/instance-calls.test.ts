/** What an instance's properties become in calls, where the emulator ignores or lacks them. */
import { expect, test } from 'vitest';
import { type Properties, seal } from '../../../src/base/value.ts';
import { runInput } from '../../../src/provider/aws/ec2/instance-run.ts';
import { openAws } from '../../../src/provider/aws/open-aws.ts';
import { resourceType } from '../../../src/provider/registry.ts';
import { quickClock } from '../../contract/quick-clock.ts';
import { contextOf } from '../../contract/workbench.ts';
import { answeringServer } from './answering.ts';

const instance = resourceType('AWS::EC2::Instance');
const server = await answeringServer();
const aws = openAws({
  region: 'eu-west-1',
  endpoint: server.url,
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
});
const context = contextOf(aws, quickClock(), 'acme/shop:infra/shop.yaml@test');

const inputOf = (properties: Properties) =>
  runInput({
    logicalId: 'Server',
    intent: 'intent-1',
    properties: instance.canonicalise(properties),
    ownership: { 'slipway:intent': 'intent-1' },
  });

test.each<[string, Properties, object]>([
  ['a profile by name', { IamInstanceProfile: 'web' }, { IamInstanceProfile: { Name: 'web' } }],
  [
    'a profile by ARN',
    { IamInstanceProfile: 'arn:aws:iam::1:instance-profile/web' },
    { IamInstanceProfile: { Arn: 'arn:aws:iam::1:instance-profile/web' } },
  ],
  [
    'credits',
    { CreditSpecification: { CPUCredits: 'unlimited' } },
    { CreditSpecification: { CpuCredits: 'unlimited' } },
  ],
  [
    'a network interface',
    {
      NetworkInterfaces: [
        { DeviceIndex: '0', SubnetId: 'subnet-1', GroupSet: ['sg-1'], AssociatePublicIpAddress: 'true' },
      ],
    },
    {
      NetworkInterfaces: [
        { DeviceIndex: 0, SubnetId: 'subnet-1', Groups: ['sg-1'], AssociatePublicIpAddress: true },
      ],
    },
  ],
  [
    'volumes',
    {
      BlockDeviceMappings: [
        { DeviceName: '/dev/sdb', NoDevice: {} },
        { DeviceName: '/dev/xvda', Ebs: { VolumeSize: '20', VolumeType: 'gp3', Encrypted: true } },
      ],
    },
    {
      BlockDeviceMappings: [
        { DeviceName: '/dev/sdb', NoDevice: '' },
        { DeviceName: '/dev/xvda', Ebs: { VolumeSize: 20, VolumeType: 'gp3', Encrypted: true } },
      ],
    },
  ],
  [
    'a place',
    { AvailabilityZone: 'eu-west-1a', Tenancy: 'host', HostId: 'h-1', PlacementGroupName: 'near' },
    { Placement: { AvailabilityZone: 'eu-west-1a', Tenancy: 'host', HostId: 'h-1', GroupName: 'near' } },
  ],
  ['detailed monitoring', { Monitoring: true }, { Monitoring: { Enabled: true } }],
])('%s', (_name, properties, wanted) => {
  expect(inputOf(properties)).toMatchObject(wanted);
});

test('the tags and the ownership are in the call itself, and on the volumes where the template says so', () => {
  const Tags = [
    { Key: 'Name', Value: 'web' },
    { Key: 'slipway:intent', Value: 'intent-1' },
  ];
  const properties = { Tags: [{ Key: 'Name', Value: 'web' }] };
  expect(inputOf(properties).TagSpecifications).toEqual([{ ResourceType: 'instance', Tags }]);
  expect(inputOf({ ...properties, PropagateTagsToVolumeOnCreation: true }).TagSpecifications).toEqual([
    { ResourceType: 'instance', Tags },
    { ResourceType: 'volume', Tags },
  ]);
});

test('the client token is the same for the same intent, and no longer than AWS takes', () => {
  expect(inputOf({}).ClientToken).toBe(inputOf({ ImageId: 'ami-1' }).ClientToken);
  expect(inputOf({}).ClientToken!.length).toBeLessThanOrEqual(64);
});

test('what a launch template may say is not filled in', () => {
  const input = inputOf({ LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '3' } });
  expect(input).not.toHaveProperty('Monitoring');
  expect(input).not.toHaveProperty('DisableApiTermination');
});

test('a secret stays the very object that holds its plaintext', () => {
  const UserData = seal('IyEvYmluL3No', 'key');
  expect(instance.canonicalise({ UserData }).UserData).toBe(UserData);
});

test.each<[string, Properties, Properties, readonly string[]]>([
  ['monitoring on', { Monitoring: false }, { Monitoring: true }, ['MonitorInstances']],
  ['monitoring off', { Monitoring: true }, { Monitoring: false }, ['UnmonitorInstances']],
  [
    'other credits',
    { CreditSpecification: { CPUCredits: 'standard' } },
    { CreditSpecification: { CPUCredits: 'unlimited' } },
    ['ModifyInstanceCreditSpecification'],
  ],
  [
    'another profile, without a moment of none',
    { IamInstanceProfile: 'a' },
    { IamInstanceProfile: 'b' },
    ['DescribeIamInstanceProfileAssociations', 'ReplaceIamInstanceProfileAssociation'],
  ],
  [
    'keeping a volume',
    { BlockDeviceMappings: [{ DeviceName: 'a', Ebs: { DeleteOnTermination: true } }] },
    { BlockDeviceMappings: [{ DeviceName: 'a', Ebs: { DeleteOnTermination: false } }] },
    ['ModifyInstanceAttribute'],
  ],
  ['user data that it has already', {}, { UserData: 'IyEvYmluL3No' }, ['DescribeInstanceAttribute']],
  [
    'metadata options that the cloud filled in',
    { MetadataOptions: { HttpTokens: 'required', HttpEndpoint: 'enabled' } },
    { MetadataOptions: { HttpTokens: 'required' } },
    [],
  ],
  ['groups taken out of the template', { SecurityGroupIds: ['sg-1'] }, {}, []],
])('%s calls what it needs and never stops the instance', async (_name, before, after, wanted) => {
  server.answers.set('DescribeInstances', {
    status: 200,
    body: '<r><reservationSet><item><instancesSet><item><instanceId>i-1</instanceId><instanceState><name>running</name></instanceState></item></instancesSet></item></reservationSet></r>',
  });
  server.answers.set('DescribeIamInstanceProfileAssociations', {
    status: 200,
    body: '<r><iamInstanceProfileAssociationSet><item><associationId>iip-1</associationId></item></iamInstanceProfileAssociationSet></r>',
  });
  server.answers.set('DescribeInstanceAttribute', {
    status: 200,
    body: '<r><userData><value>IyEvYmluL3No</value></userData></r>',
  });
  server.replies.push({ status: 200, body: '<r><return>true</return></r>' });
  await instance.update(context, { logicalId: 'Server', physicalId: 'i-1', before, after, ownership: {} });
  expect(server.actions.filter((action) => action !== 'DescribeInstances')).toEqual(wanted);
});
