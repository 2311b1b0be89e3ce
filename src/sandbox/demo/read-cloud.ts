import {
  DescribeInstancesCommand,
  DescribeInternetGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import {
  GetInstanceProfileCommand,
  GetRoleCommand,
  IAMClient,
  ListInstanceProfilesCommand,
  ListRolesCommand,
} from '@aws-sdk/client-iam';

/** One thing that exists, as the cloud itself tells it. */
export interface CloudResource {
  readonly kind: string;
  readonly id: string;
  readonly tags: Readonly<Record<string, string>>;
  /** What else is worth knowing: routes, rules, the subnet of an instance. */
  readonly detail: string;
}

type Tags = readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined;

/**
 * Lists what exists in the account, with plain SDK calls and none of Slipway's code: a witness that does not share
 * its mistakes. What every AWS account has by itself (the default VPC and what hangs on it) is left out.
 */
export async function readCloud(aws: Readonly<Record<string, string>>): Promise<readonly CloudResource[]> {
  const config = {
    region: 'eu-west-1',
    endpoint: aws.AWS_ENDPOINT_URL!,
    credentials: { accessKeyId: aws.AWS_ACCESS_KEY_ID!, secretAccessKey: aws.AWS_SECRET_ACCESS_KEY! },
  };
  const ec2 = new EC2Client(config);
  const iam = new IAMClient(config);
  try {
    return [...(await readNetworks(ec2)), ...(await readInstances(ec2)), ...(await readIdentities(iam))];
  } finally {
    ec2.destroy();
    iam.destroy();
  }
}

async function readNetworks(ec2: EC2Client): Promise<CloudResource[]> {
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({}));
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const { InternetGateways = [] } = await ec2.send(new DescribeInternetGatewaysCommand({}));
  const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({}));
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}));
  const own = new Set(Vpcs.filter((v) => !v.IsDefault).map((v) => v.VpcId));
  return [
    ...Vpcs.filter((v) => own.has(v.VpcId)).map((v) => resource('vpc', v.VpcId, v.Tags, v.CidrBlock)),
    ...Subnets.filter((s) => own.has(s.VpcId)).map((s) =>
      resource('subnet', s.SubnetId, s.Tags, `${s.CidrBlock} in ${s.AvailabilityZone}`),
    ),
    ...InternetGateways.filter((g) => g.Attachments?.every((a) => own.has(a.VpcId)) ?? true).map((g) =>
      resource(
        'internet gateway',
        g.InternetGatewayId,
        g.Tags,
        `attached to ${g.Attachments?.[0]?.VpcId ?? 'nothing'}`,
      ),
    ),
    ...RouteTables.filter((t) => own.has(t.VpcId) && !t.Associations?.some((a) => a.Main)).map((t) =>
      resource(
        'route table',
        t.RouteTableId,
        t.Tags,
        `${t.Routes?.map((r) => `${r.DestinationCidrBlock} to ${r.GatewayId}`).join(', ')}; for ${t.Associations?.map((a) => a.SubnetId).join(', ')}`,
      ),
    ),
    ...SecurityGroups.filter((g) => own.has(g.VpcId) && g.GroupName !== 'default').map((g) =>
      resource(
        'security group',
        g.GroupId,
        g.Tags,
        (g.IpPermissions ?? [])
          .flatMap((p) => (p.IpRanges ?? []).map((r) => `${p.FromPort} from ${r.CidrIp}`))
          .sort()
          .join(', '),
      ),
    ),
  ];
}

async function readInstances(ec2: EC2Client): Promise<CloudResource[]> {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
  return Reservations.flatMap((r) => r.Instances ?? [])
    .filter((i) => i.State?.Name !== 'terminated')
    .map((i) => resource('instance', i.InstanceId, i.Tags, `${i.State?.Name} in ${i.SubnetId}`));
}

async function readIdentities(iam: IAMClient): Promise<CloudResource[]> {
  const { Roles = [] } = await iam.send(new ListRolesCommand({}));
  const { InstanceProfiles = [] } = await iam.send(new ListInstanceProfilesCommand({}));
  const roles = Roles.filter((r) => !r.Path?.startsWith('/aws-service-role/'));
  // Lists of IAM leave the tags out; only asking for one by name gives them.
  return Promise.all([
    ...roles.map(async ({ RoleName }) => {
      const { Role } = await iam.send(new GetRoleCommand({ RoleName: RoleName! }));
      return resource('role', RoleName, Role?.Tags, '');
    }),
    ...InstanceProfiles.map(async ({ InstanceProfileName }) => {
      const { InstanceProfile } = await iam.send(
        new GetInstanceProfileCommand({ InstanceProfileName: InstanceProfileName! }),
      );
      const names = InstanceProfile?.Roles?.map((r) => r.RoleName).join(', ') ?? '';
      return resource('instance profile', InstanceProfileName, InstanceProfile?.Tags, names);
    }),
  ]);
}

function resource(
  kind: string,
  id: string | undefined,
  tags: Tags,
  detail: string | undefined,
): CloudResource {
  return {
    kind,
    id: id ?? '',
    tags: Object.fromEntries((tags ?? []).map((t) => [t.Key ?? '', t.Value ?? ''])),
    detail: detail ?? '',
  };
}
