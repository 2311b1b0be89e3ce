import { expect, test } from 'vitest';
import { awsClientConfig, describeWithServices } from '../services.ts';
import { stackOnMoto } from './stack-on-moto.ts';

await describeWithServices('stacks with network interfaces', ['moto'], async ({ moto }) => {
  const group = (GroupDescription: string) => ({
    Type: 'AWS::EC2::SecurityGroup',
    Properties: { GroupDescription, VpcId: { Ref: 'Vpc' } },
  });
  const network = {
    Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
    Subnet: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.0.1.0/24' } },
    Till: group('till'),
    Office: group('office'),
  };
  const networkInterface = (groups: readonly string[]) => ({
    Type: 'AWS::EC2::NetworkInterface',
    Properties: { SubnetId: { Ref: 'Subnet' }, GroupSet: groups.map((Ref) => ({ Ref })) },
  });
  const instance = (properties: object) => ({
    Type: 'AWS::EC2::Instance',
    Properties: { ImageId: 'ami-12c6146b', InstanceType: 't3.micro', ...properties },
  });
  const templates = {
    'an instance made with an interface of the stack': (groups: readonly string[]) => ({
      ...network,
      Interface: networkInterface(groups),
      Instance: instance({
        NetworkInterfaces: [{ NetworkInterfaceId: { Ref: 'Interface' }, DeviceIndex: '0' }],
      }),
    }),
    // The instance is in a group of the interface's: moto says of an attached interface that it is in the
    // instance's groups too, which AWS does not.
    'an interface attached to an instance, and a volume': (groups: readonly string[]) => ({
      ...network,
      Interface: networkInterface(groups),
      Instance: instance({ SubnetId: { Ref: 'Subnet' }, SecurityGroupIds: [{ Ref: 'Till' }] }),
      Attachment: {
        Type: 'AWS::EC2::NetworkInterfaceAttachment',
        Properties: {
          InstanceId: { Ref: 'Instance' },
          NetworkInterfaceId: { Ref: 'Interface' },
          DeviceIndex: '1',
        },
      },
      Data: {
        Type: 'AWS::EC2::Volume',
        Properties: { Size: 1, AvailabilityZone: { 'Fn::GetAtt': ['Instance', 'AvailabilityZone'] } },
      },
      Mount: {
        Type: 'AWS::EC2::VolumeAttachment',
        Properties: { InstanceId: { Ref: 'Instance' }, VolumeId: { Ref: 'Data' } },
      },
    }),
  };

  test.each(Object.entries(templates))(
    '%s: applied, planned to nothing, edited, removed',
    async (name, resources) => {
      const stack = stackOnMoto(name.replaceAll(/\W+/g, '-'), awsClientConfig(moto));
      const changed = async (wanted: object) => {
        const { plan, diagnostics } = await stack.plan(wanted);
        expect(diagnostics).toEqual([]);
        return (plan?.changes ?? [])
          .filter(({ action }) => action !== 'none')
          .map((c) => [c.logicalId, c.action, c.differences.map((d) => d.path)]);
      };
      expect((await stack.apply(resources(['Till']))).status).toBe('succeeded');
      expect(await changed(resources(['Till']))).toEqual([]);
      expect(await changed(resources(['Till', 'Office']))).toEqual([['Interface', 'update', ['GroupSet']]]);
      expect((await stack.apply(resources(['Till', 'Office']))).status).toBe('succeeded');
      expect(await changed(resources(['Till', 'Office']))).toEqual([]);
      expect((await stack.apply(undefined)).status).toBe('succeeded');
    },
  );
});
