import { type Answer, isSuccess, type ServiceError } from './answer.ts';
import type { Call } from './call.ts';
import { elementsNamed, parseXml, textAt } from './xml.ts';

/** How the API of one type of resource names things, as far as hiding a resource takes. */
export interface Kind {
  readonly service: 'ec2' | 'iam';
  readonly create: string;
  /** The reads that show it. */
  readonly reads: readonly string[];
  /** The element that holds the list in those reads' answers. */
  readonly list: string;
  /** The element of its id, in answers. */
  readonly id: string;
  readonly notFound: (id: string) => ServiceError;
}

export const KINDS: readonly Kind[] = [
  ec2('CreateVpc', 'DescribeVpcs', 'vpcSet', 'vpcId', 'InvalidVpcID.NotFound', 'vpc ID'),
  ec2('CreateSubnet', 'DescribeSubnets', 'subnetSet', 'subnetId', 'InvalidSubnetID.NotFound', 'subnet ID'),
  ec2(
    'CreateInternetGateway',
    'DescribeInternetGateways',
    'internetGatewaySet',
    'internetGatewayId',
    'InvalidInternetGatewayID.NotFound',
    'internetGateway ID',
  ),
  ec2(
    'CreateRouteTable',
    'DescribeRouteTables',
    'routeTableSet',
    'routeTableId',
    'InvalidRouteTableID.NotFound',
    'routeTable ID',
  ),
  ec2(
    'CreateSecurityGroup',
    'DescribeSecurityGroups',
    'securityGroupInfo',
    'groupId',
    'InvalidGroup.NotFound',
    'security group',
  ),
  ec2(
    'RunInstances',
    'DescribeInstances',
    'instancesSet',
    'instanceId',
    'InvalidInstanceID.NotFound',
    'instance ID',
  ),
  ec2(
    'CreateNetworkInterface',
    'DescribeNetworkInterfaces',
    'networkInterfaceSet',
    'networkInterfaceId',
    'InvalidNetworkInterfaceID.NotFound',
    'networkInterface ID',
  ),
  ec2(
    'AllocateAddress',
    'DescribeAddresses',
    'addressesSet',
    'allocationId',
    'InvalidAllocationID.NotFound',
    'allocation ID',
  ),
  ec2(
    'CreateNatGateway',
    'DescribeNatGateways',
    'natGatewaySet',
    'natGatewayId',
    'NatGatewayNotFound',
    'Nat Gateway',
  ),
  ec2('CreateVolume', 'DescribeVolumes', 'volumeSet', 'volumeId', 'InvalidVolume.NotFound', 'volume'),
  ec2(
    'CreateVpcEndpoint',
    'DescribeVpcEndpoints',
    'vpcEndpointSet',
    'vpcEndpointId',
    'InvalidVpcEndpointId.NotFound',
    'Vpc Endpoint Id',
  ),
  ec2(
    'CreateNetworkAcl',
    'DescribeNetworkAcls',
    'networkAclSet',
    'networkAclId',
    'InvalidNetworkAclID.NotFound',
    'networkAcl ID',
  ),
  iam('CreateRole', ['GetRole', 'ListRoles'], 'Roles', 'RoleName', (name) => `The role with name ${name}`),
  iam(
    'CreateInstanceProfile',
    ['GetInstanceProfile', 'ListInstanceProfiles'],
    'InstanceProfiles',
    'InstanceProfileName',
    (name) => `Instance Profile ${name}`,
  ),
];

function ec2(create: string, read: string, list: string, id: string, code: string, noun: string): Kind {
  const reads = create === 'RunInstances' ? [read, 'DescribeInstanceStatus'] : [read];
  const notFound = (value: string) => ({
    status: 400,
    code,
    message: `The ${noun} '${value}' does not exist`,
  });
  return { service: 'ec2', create, reads, list, id, notFound };
}

function iam(
  create: string,
  reads: readonly string[],
  list: string,
  id: string,
  subject: (name: string) => string,
): Kind {
  const notFound = (name: string) => ({
    status: 404,
    code: 'NoSuchEntity',
    message: `${subject(name)} cannot be found.`,
  });
  return { service: 'iam', create, reads, list, id, notFound };
}

/** The ids of what this call has just created, and their kind. */
export function created(
  call: Call,
  answer: Answer,
): { readonly kind: Kind; readonly ids: readonly string[] } | undefined {
  const kind = KINDS.find(({ service, create }) => service === call.service && create === call.action);
  if (kind === undefined || !isSuccess(answer)) return undefined;
  const root = parseXml(answer.body.toString('utf8'));
  const found = [...elementsNamed(root, kind.id)].map((element) => textAt(element));
  return { kind, ids: [...new Set(found)] };
}
