import { type Example, exampleVpc } from './example.ts';

export const networkInterfaceAttachment: Example = {
  type: 'AWS::EC2::NetworkInterfaceAttachment',
  creates: 'AttachNetworkInterface',
  needs: {
    ...exampleVpc,
    Subnet: { type: 'AWS::EC2::Subnet', properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.20.1.0/24' } },
    Interface: { type: 'AWS::EC2::NetworkInterface', properties: { SubnetId: { Ref: 'Subnet' } } },
    Instance: {
      type: 'AWS::EC2::Instance',
      properties: { ImageId: 'ami-12c6146b', InstanceType: 't3.micro', SubnetId: { Ref: 'Subnet' } },
    },
  },
  properties: {
    NetworkInterfaceId: { Ref: 'Interface' },
    InstanceId: { Ref: 'Instance' },
    DeviceIndex: 1,
  },
  edits: {},
  notHere: {
    DeleteOnTermination: 'moto ignores it in ModifyNetworkInterfaceAttribute',
    EnaQueueCount: 'moto ignores it',
    EnaSrdSpecification: 'moto ignores it',
  },
  async count(aws, made) {
    const ec2 = await aws.ec2();
    const Filters = [{ Name: 'attachment.attachment-id', Values: [made.physicalId] }];
    return (await ec2.describeNetworkInterfaces({ Filters })).NetworkInterfaces?.length ?? 0;
  },
};
