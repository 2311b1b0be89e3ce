/**
 * What there is in the cloud besides what was always there. In: clients that ask moto itself, not the fault proxy,
 * and a time. Out: one line a thing, such as `subnet subnet-0123`, sorted. Nothing of Slipway's is used to ask.
 */
import type { Aws } from '../../src/provider/aws/aws.ts';

/** Asks for everything of every type that Slipway makes. A default VPC's things are in it, as any other's. */
export async function everythingIn(aws: Aws): Promise<readonly string[]> {
  const [network, compute, identity, rest] = await Promise.all([
    networkIn(aws),
    computeIn(aws),
    identityIn(aws),
    restIn(aws),
  ]);
  return [...network, ...compute, ...identity, ...rest].sort();
}

async function networkIn(aws: Aws): Promise<string[]> {
  const ec2 = await aws.ec2();
  const [vpcs, subnets, gateways, egress, tables, nats, addresses, acls, groups, lists, endpoints] =
    await Promise.all([
      ec2.describeVpcs({}),
      ec2.describeSubnets({}),
      ec2.describeInternetGateways({}),
      ec2.describeEgressOnlyInternetGateways({}),
      ec2.describeRouteTables({}),
      ec2.describeNatGateways({}),
      ec2.describeAddresses({}),
      ec2.describeNetworkAcls({}),
      ec2.describeSecurityGroups({}),
      ec2.describeManagedPrefixLists({}),
      ec2.describeVpcEndpoints({}),
    ]);
  const [peerings, options, flows, interfaces] = await Promise.all([
    ec2.describeVpcPeeringConnections({}),
    ec2.describeDhcpOptions({}),
    ec2.describeFlowLogs({}),
    ec2.describeNetworkInterfaces({}),
  ]);
  return [
    ...named('vpc', vpcs.Vpcs, (one) => one.VpcId),
    ...named('subnet', subnets.Subnets, (one) => one.SubnetId),
    ...named('internet gateway', gateways.InternetGateways, (one) => one.InternetGatewayId),
    ...named('egress-only gateway', egress.EgressOnlyInternetGateways, (o) => o.EgressOnlyInternetGatewayId),
    ...named('route table', tables.RouteTables, (one) => one.RouteTableId),
    ...named('nat gateway', nats.NatGateways, (one) => isThere(one.State, one.NatGatewayId)),
    ...named('address', addresses.Addresses, (one) => one.AllocationId),
    // moto forgets to take a VPC's own list away with it.
    ...named('network acl', acls.NetworkAcls, (one) => (one.IsDefault ? undefined : one.NetworkAclId)),
    ...named('security group', groups.SecurityGroups, (one) => one.GroupId),
    ...named('prefix list', lists.PrefixLists, (one) =>
      // What Amazon keeps of its own services is everybody's.
      one.OwnerId === 'aws' ? undefined : one.PrefixListId,
    ),
    ...named('endpoint', endpoints.VpcEndpoints, (one) => isThere(one.State, one.VpcEndpointId)),
    ...named('peering', peerings.VpcPeeringConnections, (one) =>
      isThere(one.Status?.Code, one.VpcPeeringConnectionId),
    ),
    ...named('dhcp options', options.DhcpOptions, (one) => one.DhcpOptionsId),
    ...named('flow log', flows.FlowLogs, (one) => one.FlowLogId),
    // moto keeps the interfaces of instances and NAT gateways that are gone; AWS lets no VPC go before them.
    ...named('network interface', interfaces.NetworkInterfaces, (one) =>
      vpcs.Vpcs?.some((vpc) => vpc.VpcId === one.VpcId) ? one.NetworkInterfaceId : undefined,
    ),
  ];
}

async function computeIn(aws: Aws): Promise<string[]> {
  const [ec2, autoScaling, elb] = await Promise.all([aws.ec2(), aws.autoScaling(), aws.elbv2()]);
  const [instances, volumes, snapshots, keys, templates, groups, configurations, policies] =
    await Promise.all([
      ec2.describeInstances({}),
      ec2.describeVolumes({}),
      ec2.describeSnapshots({ Filters: [{ Name: 'tag-key', Values: ['slipway:stack'] }] }),
      ec2.describeKeyPairs({}),
      ec2.describeLaunchTemplates({}),
      autoScaling.describeAutoScalingGroups({}),
      autoScaling.describeLaunchConfigurations({}),
      autoScaling.describePolicies({}),
    ]);
  const [balancers, targets] = await Promise.all([
    elb.describeLoadBalancers({}),
    elb.describeTargetGroups({}),
  ]);
  const running = (instances.Reservations ?? []).flatMap((one) => one.Instances ?? []);
  return [
    ...named('instance', running, (one) => isThere(one.State?.Name, one.InstanceId)),
    ...named('volume', volumes.Volumes, (one) => one.VolumeId),
    // moto has a thousand of its own, one for each image.
    ...named('snapshot', snapshots.Snapshots, (one) => one.SnapshotId),
    ...named('key pair', keys.KeyPairs, (one) => one.KeyName),
    ...named('launch template', templates.LaunchTemplates, (one) => one.LaunchTemplateId),
    ...named('scaling group', groups.AutoScalingGroups, (one) => one.AutoScalingGroupName),
    ...named(
      'launch configuration',
      configurations.LaunchConfigurations,
      (one) => one.LaunchConfigurationName,
    ),
    ...named('scaling policy', policies.ScalingPolicies, (one) => one.PolicyName),
    ...named('load balancer', balancers.LoadBalancers, (one) => one.LoadBalancerName),
    ...named('target group', targets.TargetGroups, (one) => one.TargetGroupName),
  ];
}

async function identityIn(aws: Aws): Promise<string[]> {
  const iam = await aws.iam();
  const [roles, profiles, policies] = await Promise.all([
    iam.listRoles({}),
    iam.listInstanceProfiles({}),
    iam.listPolicies({ Scope: 'Local' }),
  ]);
  return [
    ...named('role', roles.Roles, (one) => one.RoleName),
    ...named('instance profile', profiles.InstanceProfiles, (one) => one.InstanceProfileName),
    ...named('managed policy', policies.Policies, (one) => one.PolicyName),
  ];
}

async function restIn(aws: Aws): Promise<string[]> {
  const [logs, ssm, s3] = await Promise.all([aws.logs(), aws.ssm(), aws.s3()]);
  const [groups, parameters, buckets] = await Promise.all([
    logs.describeLogGroups({}),
    ssm.describeParameters({}),
    s3.listBuckets({}),
  ]);
  return [
    ...named('log group', groups.logGroups, (one) => one.logGroupName),
    ...named('parameter', parameters.Parameters, (one) =>
      // Amazon's own, which moto brings in once one of them is asked for.
      one.Name?.startsWith('/aws/') ? undefined : one.Name,
    ),
    ...named('bucket', buckets.Buckets, (one) => one.Name),
  ];
}

function named<T>(kind: string, things: readonly T[] | undefined, nameOf: (one: T) => string | undefined) {
  return (things ?? []).flatMap((one) => {
    const name = nameOf(one);
    return name === undefined ? [] : [`${kind} ${name}`];
  });
}

/** AWS goes on telling of some things for an hour after they are gone. */
function isThere(state: string | undefined, id: string | undefined): string | undefined {
  return state === 'terminated' || state === 'deleted' ? undefined : id;
}
