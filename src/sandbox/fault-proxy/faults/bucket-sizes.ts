/**
 * EC2's documented token buckets: 'Request throttling for the Amazon EC2 API' in the developer guide, as of
 * 2025. Actions that no template leads to are left out and fall under their category.
 */

export interface BucketSize {
  readonly capacity: number;
  readonly refillPerSecond: number;
}

const size = (capacity: number, refillPerSecond: number): BucketSize => ({ capacity, refillPerSecond });

export const NON_MUTATING = size(100, 20);

/** The resource-intensive actions have a bucket of the same size, and every action has its own anyway. */
export const MUTATING = size(50, 5);

/** Reads that cost more when they name neither a filter nor a page. */
export const UNFILTERED = {
  size: size(50, 10),
  actions: [
    'DescribeInstances',
    'DescribeInstanceStatus',
    'DescribeNetworkInterfaces',
    'DescribeSecurityGroups',
    'DescribeSnapshots',
    'DescribeSpotInstanceRequests',
    'DescribeVolumes',
  ] as readonly string[],
};

/** The 'uncategorized' actions. */
export const BUCKETS: Readonly<Record<string, BucketSize>> = {
  AssignIpv6Addresses: size(100, 5),
  AssignPrivateIpAddresses: size(100, 5),
  AssignPrivateNatGatewayAddress: size(10, 1),
  AssociateIamInstanceProfile: size(100, 5),
  AssociateNatGatewayAddress: size(10, 1),
  CreateDefaultSubnet: size(1, 1),
  CreateDefaultVpc: size(1, 1),
  CreateLaunchTemplateVersion: size(100, 5),
  CreateNatGateway: size(10, 1),
  CreateNetworkInterface: size(100, 5),
  CreateSnapshot: size(100, 5),
  CreateSubnetCidrReservation: size(5, 1),
  CreateTags: size(100, 10),
  CreateVolume: size(100, 5),
  CreateVpcEndpoint: size(4, 0.3),
  CreateVpcEndpointServiceConfiguration: size(10, 1),
  DeleteNatGateway: size(10, 1),
  DeleteNetworkInterface: size(100, 5),
  DeleteSnapshot: size(100, 5),
  DeleteSubnetCidrReservation: size(5, 1),
  DeleteTags: size(100, 10),
  DeleteVolume: size(100, 5),
  DeleteVpcEndpoints: size(4, 0.3),
  DeleteVpcEndpointServiceConfigurations: size(10, 1),
  DescribeInstanceTopology: size(1, 1),
  DescribeSecurityGroupReferences: size(20, 5),
  DescribeStaleSecurityGroups: size(20, 5),
  DisassociateIamInstanceProfile: size(100, 5),
  DisassociateNatGatewayAddress: size(10, 1),
  ModifyInstanceMetadataDefaults: size(2, 2),
  ModifyInstanceMetadataOptions: size(100, 5),
  ModifyLaunchTemplate: size(100, 5),
  ModifyNetworkInterfaceAttribute: size(100, 5),
  ModifyVpcEndpoint: size(4, 0.3),
  ModifyVpcEndpointServiceConfiguration: size(10, 1),
  RunInstances: size(5, 2),
  StartInstances: size(5, 2),
  TerminateInstances: size(100, 5),
  UnassignPrivateIpAddresses: size(100, 5),
  UnassignPrivateNatGatewayAddress: size(10, 1),
};

/** What these actions take one token from for each instance, besides the request's own. */
export const RESOURCE_BUCKETS: Readonly<Record<string, BucketSize>> = {
  RunInstances: size(1000, 2),
  TerminateInstances: size(1000, 20),
  StartInstances: size(1000, 2),
  StopInstances: size(1000, 20),
};
