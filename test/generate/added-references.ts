/**
 * What a property may refer to. In: the relationships in the published schemas, which name one attribute of a type.
 * Out: everything in a template that gives the same, `AWS::EC2::VPC` for `Ref` and `AWS::EC2::VPC.VpcId` for `GetAtt`.
 */

/** What the published schemas do not tell, by the last name of the property. Source: each type's documentation. */
const unpublished: Readonly<Record<string, readonly string[]>> = {
  AllocationId: ['AWS::EC2::EIP.AllocationId'],
  AllocationIds: ['AWS::EC2::EIP.AllocationId'],
  DestinationPrefixListId: ['AWS::EC2::PrefixList'],
  ImageId: ['AWS::EC2::Image'],
  InstanceId: ['AWS::EC2::Instance'],
  KeyName: ['AWS::EC2::KeyPair'],
  NetworkAclId: ['AWS::EC2::NetworkAcl'],
  NetworkInterfaceId: ['AWS::EC2::NetworkInterface'],
  PlacementGroup: ['AWS::EC2::PlacementGroup'],
  RoleName: ['AWS::IAM::Role'],
  Roles: ['AWS::IAM::Role'],
  SecondaryAllocationIds: ['AWS::EC2::EIP.AllocationId'],
  SourcePrefixListId: ['AWS::EC2::PrefixList'],
  VpcEndpointId: ['AWS::EC2::VPCEndpoint'],
};

/** Properties that may refer to more than the published schemas say: any text may be right. */
const open = new Set(['CidrIp', 'LogGroupName', 'AutoScalingGroupName', 'Value', 'Version', 'Id']);

/** What else gives the id of such a resource. */
const alike: Readonly<Record<string, readonly string[]>> = {
  'AWS::EC2::DHCPOptions': ['AWS::EC2::DHCPOptions.DhcpOptionsId'],
  'AWS::EC2::Instance': ['AWS::EC2::Instance.InstanceId'],
  'AWS::EC2::NetworkAcl': ['AWS::EC2::NetworkAcl.Id', 'AWS::EC2::VPC.DefaultNetworkAcl'],
  'AWS::EC2::NetworkInterface': ['AWS::EC2::NetworkInterface.Id', 'AWS::EC2::NatGateway.EniId'],
  'AWS::EC2::PlacementGroup': ['AWS::EC2::PlacementGroup.GroupName'],
  'AWS::EC2::PrefixList': ['AWS::EC2::PrefixList.PrefixListId'],
  'AWS::EC2::RouteTable': ['AWS::EC2::RouteTable.RouteTableId', 'AWS::EC2::NatGateway.RouteTableId'],
  'AWS::EC2::SecurityGroup': [
    'AWS::EC2::SecurityGroup.GroupId',
    'AWS::EC2::SecurityGroup.Id',
    'AWS::EC2::VPC.DefaultSecurityGroup',
    'AWS::ElasticLoadBalancingV2::LoadBalancer.SecurityGroups',
  ],
  'AWS::EC2::VPC': ['AWS::EC2::VPC.VpcId'],
  'AWS::EC2::VPCEndpoint': ['AWS::EC2::VPCEndpoint.Id'],
};

/** What the published schemas leave out of those that they have, by the path of the property. */
const more: Readonly<Record<string, readonly string[]>> = {
  'AWS::EC2::FlowLog.ResourceId': [
    'AWS::EC2::Instance.VpcId',
    'AWS::EC2::NetworkInterface',
    'AWS::EC2::NetworkInterface.VpcId',
    'AWS::EC2::SecurityGroup.VpcId',
    'AWS::EC2::Subnet.VpcId',
  ],
  'AWS::EC2::LaunchTemplate.LaunchTemplateData.IamInstanceProfile.Arn': ['AWS::IAM::InstanceProfile.Arn'],
};

interface Published {
  readonly cloudFormationType: string;
  readonly propertyName: string;
}

/**
 * @param path of the property, with `[]` for lists
 * @param isRef whether `Ref` of this type gives this attribute
 * @returns undefined where it may refer to anything
 */
export function referencesOf(
  type: string,
  path: string,
  published: readonly Published[] = [],
  isRef: (type: string, attribute: string) => boolean,
): readonly string[] | undefined {
  const name = path.split('.').at(-1)!.replaceAll('[]', '');
  if (open.has(name)) return undefined;
  const added = [...(unpublished[name] ?? []), ...(more[`${type}.${path}`] ?? [])];
  const own = published.flatMap(({ cloudFormationType, propertyName }) => [
    ...(isRef(cloudFormationType, propertyName) ? [cloudFormationType] : []),
    `${cloudFormationType}.${propertyName}`,
  ]);
  const all = [...own, ...added].flatMap((one) => [one, ...(alike[one] ?? [])]);
  // A resource's own name or id is nobody else's.
  if (all.length === 0 || (added.length > 0 && added.includes(type))) return undefined;
  return [...new Set(all)].sort();
}
