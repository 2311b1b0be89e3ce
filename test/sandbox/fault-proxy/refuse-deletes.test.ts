import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  DeleteInternetGatewayCommand,
  DeleteNatGatewayCommand,
  DeleteNetworkInterfaceCommand,
  DeleteRouteTableCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeSecurityGroupsCommand,
  DetachInternetGatewayCommand,
  DisassociateAddressCommand,
  type EC2Client,
  ReleaseAddressCommand,
  RevokeSecurityGroupIngressCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { describeWithServices } from '../../services.ts';
import { ec2Through, newInstance, newSubnet, newVpc, proxyFor } from './aws.ts';

/** What stands in the way, and how it goes away. */
interface Obstacle {
  remove(): Promise<unknown>;
}

interface Case {
  readonly title: string;
  readonly code: string;
  /** Makes the thing and what stands in its way; `attempt` is the delete. */
  arrange(ec2: EC2Client): Promise<{ attempt(): Promise<unknown>; obstacle: Obstacle }>;
}

const newGroup = async (ec2: EC2Client, VpcId: string, GroupName: string) =>
  (await ec2.send(new CreateSecurityGroupCommand({ VpcId, GroupName, Description: 'x' }))).GroupId ?? '';

const newGateway = async (ec2: EC2Client, VpcId: string) => {
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
  const InternetGatewayId = InternetGateway?.InternetGatewayId ?? '';
  await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId }));
  return InternetGatewayId;
};

const newInterface = async (ec2: EC2Client, SubnetId: string) => {
  const { NetworkInterface } = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId }));
  return NetworkInterface?.NetworkInterfaceId ?? '';
};

const terminate = (ec2: EC2Client, id: string) =>
  ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));

const newNatGateway = async (ec2: EC2Client, SubnetId: string) => {
  const { AllocationId } = await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }));
  const { NatGateway } = await ec2.send(new CreateNatGatewayCommand({ SubnetId, AllocationId }));
  return { AllocationId: AllocationId ?? '', NatGatewayId: NatGateway?.NatGatewayId ?? '' };
};

const CASES: readonly Case[] = [
  {
    title: 'a subnet with an instance in it',
    code: 'DependencyViolation',
    arrange: async (ec2) => {
      const SubnetId = await newSubnet(ec2, await newVpc(ec2));
      const instance = await newInstance(ec2, { SubnetId });
      return {
        attempt: () => ec2.send(new DeleteSubnetCommand({ SubnetId })),
        obstacle: { remove: () => terminate(ec2, instance) },
      };
    },
  },
  {
    title: 'a subnet with a network interface in it',
    code: 'DependencyViolation',
    arrange: async (ec2) => {
      const SubnetId = await newSubnet(ec2, await newVpc(ec2));
      const NetworkInterfaceId = await newInterface(ec2, SubnetId);
      return {
        attempt: () => ec2.send(new DeleteSubnetCommand({ SubnetId })),
        obstacle: { remove: () => ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId })) },
      };
    },
  },
  {
    title: 'an interface that was given to an instance',
    code: 'InvalidParameterValue',
    arrange: async (ec2) => {
      const NetworkInterfaceId = await newInterface(ec2, await newSubnet(ec2, await newVpc(ec2)));
      const instance = await newInstance(ec2, {
        NetworkInterfaces: [{ NetworkInterfaceId, DeviceIndex: 0 }],
      });
      return {
        attempt: () => ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId })),
        obstacle: { remove: () => terminate(ec2, instance) },
      };
    },
  },
  {
    title: 'a subnet with a NAT gateway in it',
    code: 'DependencyViolation',
    arrange: async (ec2) => {
      const SubnetId = await newSubnet(ec2, await newVpc(ec2));
      const { NatGatewayId } = await newNatGateway(ec2, SubnetId);
      return {
        attempt: () => ec2.send(new DeleteSubnetCommand({ SubnetId })),
        obstacle: { remove: () => ec2.send(new DeleteNatGatewayCommand({ NatGatewayId })) },
      };
    },
  },
  {
    title: 'a security group that an instance uses',
    code: 'DependencyViolation',
    arrange: async (ec2) => {
      const vpc = await newVpc(ec2);
      const GroupId = await newGroup(ec2, vpc, 'web');
      const instance = await newInstance(ec2, {
        SubnetId: await newSubnet(ec2, vpc),
        SecurityGroupIds: [GroupId],
      });
      return {
        attempt: () => ec2.send(new DeleteSecurityGroupCommand({ GroupId })),
        obstacle: { remove: () => terminate(ec2, instance) },
      };
    },
  },
  {
    title: 'a security group that a rule of another names',
    code: 'DependencyViolation',
    arrange: async (ec2) => {
      const vpc = await newVpc(ec2);
      const GroupId = await newGroup(ec2, vpc, 'web');
      const other = await newGroup(ec2, vpc, 'database');
      const rule = (from: string) => ({
        IpPermissions: [
          { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, UserIdGroupPairs: [{ GroupId: from }] },
        ],
      });
      // Its own rule about itself is no obstacle.
      await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, ...rule(GroupId) }));
      await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: other, ...rule(GroupId) }));
      return {
        attempt: () => ec2.send(new DeleteSecurityGroupCommand({ GroupId })),
        obstacle: {
          remove: () => ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: other, ...rule(GroupId) })),
        },
      };
    },
  },
  {
    title: 'the attachment of an internet gateway while an address is mapped',
    code: 'DependencyViolation',
    arrange: async (ec2) => {
      const VpcId = await newVpc(ec2);
      const InternetGatewayId = await newGateway(ec2, VpcId);
      const InstanceId = await newInstance(ec2, { SubnetId: await newSubnet(ec2, VpcId) });
      const { AllocationId } = await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }));
      const { AssociationId } = await ec2.send(new AssociateAddressCommand({ AllocationId, InstanceId }));
      return {
        attempt: () => ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId })),
        obstacle: { remove: () => ec2.send(new DisassociateAddressCommand({ AssociationId })) },
      };
    },
  },
  {
    title: 'the attachment of an internet gateway while a NAT gateway has an address',
    code: 'DependencyViolation',
    arrange: async (ec2) => {
      const VpcId = await newVpc(ec2);
      const InternetGatewayId = await newGateway(ec2, VpcId);
      const { NatGatewayId } = await newNatGateway(ec2, await newSubnet(ec2, VpcId));
      return {
        attempt: () => ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId })),
        obstacle: { remove: () => ec2.send(new DeleteNatGatewayCommand({ NatGatewayId })) },
      };
    },
  },
  {
    title: 'an address that a NAT gateway has',
    code: 'InvalidIPAddress.InUse',
    arrange: async (ec2) => {
      const { AllocationId, NatGatewayId } = await newNatGateway(
        ec2,
        await newSubnet(ec2, await newVpc(ec2)),
      );
      return {
        attempt: () => ec2.send(new ReleaseAddressCommand({ AllocationId })),
        obstacle: { remove: () => ec2.send(new DeleteNatGatewayCommand({ NatGatewayId })) },
      };
    },
  },
  {
    title: 'a VPC with a subnet in it',
    code: 'DependencyViolation',
    arrange: async (ec2) => {
      const VpcId = await newVpc(ec2);
      const SubnetId = await newSubnet(ec2, VpcId);
      return {
        attempt: () => ec2.send(new DeleteVpcCommand({ VpcId })),
        obstacle: { remove: () => ec2.send(new DeleteSubnetCommand({ SubnetId })) },
      };
    },
  },
  {
    title: 'a VPC with an internet gateway attached',
    code: 'DependencyViolation',
    arrange: async (ec2) => {
      const VpcId = await newVpc(ec2);
      const InternetGatewayId = await newGateway(ec2, VpcId);
      return {
        attempt: () => ec2.send(new DeleteVpcCommand({ VpcId })),
        obstacle: {
          remove: () => ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId })),
        },
      };
    },
  },
  {
    title: 'a VPC with a security group of its own',
    code: 'DependencyViolation',
    arrange: async (ec2) => {
      const VpcId = await newVpc(ec2);
      const GroupId = await newGroup(ec2, VpcId, 'web');
      return {
        attempt: () => ec2.send(new DeleteVpcCommand({ VpcId })),
        obstacle: { remove: () => ec2.send(new DeleteSecurityGroupCommand({ GroupId })) },
      };
    },
  },
  {
    title: 'a VPC with a route table besides the main one',
    code: 'DependencyViolation',
    arrange: async (ec2) => {
      const VpcId = await newVpc(ec2);
      const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId }));
      const RouteTableId = RouteTable?.RouteTableId;
      return {
        attempt: () => ec2.send(new DeleteVpcCommand({ VpcId })),
        obstacle: { remove: () => ec2.send(new DeleteRouteTableCommand({ RouteTableId })) },
      };
    },
  },
];

await describeWithServices('what AWS refuses to delete', ['moto'], async ({ moto }) => {
  const proxy = await proxyFor(moto);
  const direct = ec2Through(moto, moto.url);
  const ec2 = ec2Through(moto, proxy.url);

  test.each(CASES)('$title stays until the obstacle is gone', async ({ code, arrange }) => {
    const { attempt, obstacle } = await arrange(ec2);
    proxy.rules.add({ match: { action: '*' }, fault: { kind: 'refuse-deletes' } });
    await expect(attempt()).rejects.toMatchObject({ name: code, $metadata: { httpStatusCode: 400 } });
    await obstacle.remove();
    await attempt();
  });

  test('the default security group cannot be deleted', async () => {
    const Filters = [{ Name: 'vpc-id', Values: [await newVpc(direct)] }];
    const { SecurityGroups } = await direct.send(new DescribeSecurityGroupsCommand({ Filters }));
    proxy.rules.add({ match: { action: '*' }, fault: { kind: 'refuse-deletes' } });
    const attempt = ec2.send(new DeleteSecurityGroupCommand({ GroupId: SecurityGroups?.[0]?.GroupId }));
    await expect(attempt).rejects.toMatchObject({ name: 'CannotDelete' });
  });

  test('a gateway goes when it is detached, and what is not there is not found', async () => {
    proxy.rules.add({ match: { action: '*' }, fault: { kind: 'refuse-deletes' } });
    const VpcId = await newVpc(ec2);
    const InternetGatewayId = await newGateway(ec2, VpcId);
    await ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId }));
    await ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId }));
    await ec2.send(new DeleteVpcCommand({ VpcId }));
    await expect(ec2.send(new DeleteVpcCommand({ VpcId }))).rejects.toMatchObject({
      name: 'InvalidVpcID.NotFound',
    });
  });
});
