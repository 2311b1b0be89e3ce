import { BUCKETS, type BucketSize, MUTATING } from '../../src/sandbox/fault-proxy/faults/bucket-sizes.ts';

/** Networks of 200 resources each, as large accounts have them: mostly subnets with their associations. */
const perNetwork = { subnets: 90, tables: 6, groups: 5 };

/** A template of `count` resources, a multiple of 200. */
export function throttledTemplate(count: number): string {
  const lines = ['Resources:'];
  const add = (id: string, type: string, properties: string) =>
    lines.push(`  ${id}: { Type: AWS::EC2::${type}, Properties: { ${properties} } }`);
  for (let n = 0; n < count / 200; n++) {
    const vpc = `VpcId: !Ref V${n}`;
    add(`V${n}`, 'VPC', `CidrBlock: 10.${n}.0.0/16, EnableDnsHostnames: true`);
    add(`G${n}`, 'InternetGateway', `Tags: [{ Key: Name, Value: bench }]`);
    add(`A${n}`, 'VPCGatewayAttachment', `${vpc}, InternetGatewayId: !Ref G${n}`);
    for (let t = 0; t < perNetwork.tables; t++) {
      add(`T${n}x${t}`, 'RouteTable', vpc);
      lines.push(
        `  R${n}x${t}: { Type: AWS::EC2::Route, DependsOn: A${n}, Properties: { RouteTableId: !Ref T${n}x${t}, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref G${n} } }`,
      );
    }
    for (let s = 0; s < perNetwork.subnets; s++) {
      add(`S${n}x${s}`, 'Subnet', `${vpc}, CidrBlock: 10.${n}.${s}.0/24`);
      const table = `T${n}x${s % perNetwork.tables}`;
      add(
        `B${n}x${s}`,
        'SubnetRouteTableAssociation',
        `SubnetId: !Ref S${n}x${s}, RouteTableId: !Ref ${table}`,
      );
    }
    for (let g = 0; g < perNetwork.groups; g++)
      add(`W${n}x${g}`, 'SecurityGroup', `GroupDescription: web, ${vpc}`);
  }
  return lines.join('\n');
}

/** The calls that nobody can do without: one that makes each resource, and one that turns a VPC's host names on. */
const needed: Readonly<Record<string, readonly string[]>> = {
  VPC: ['CreateVpc', 'ModifyVpcAttribute'],
  InternetGateway: ['CreateInternetGateway'],
  VPCGatewayAttachment: ['AttachInternetGateway'],
  RouteTable: ['CreateRouteTable'],
  Route: ['CreateRoute'],
  Subnet: ['CreateSubnet'],
  SubnetRouteTableAssociation: ['AssociateRouteTable'],
  SecurityGroup: ['CreateSecurityGroup'],
};

/**
 * The least time in which AWS's buckets let a template of `throttledTemplate` be applied, in milliseconds. A bucket
 * begins full: its capacity goes at once, and every call after that waits for a token of its own, so an action that
 * is needed n times takes (n - capacity) / refill at least. All actions have buckets of their own, so the slowest one
 * is the floor. Nothing is added for what one resource waits for another, for the time of a call or for reads (which
 * can be done in bulk): the real minimum is somewhat above the floor.
 */
export function floorMs(template: string): number {
  const counts = new Map<string, number>();
  for (const [, type = ''] of template.matchAll(/Type: AWS::EC2::(\w+)/g)) {
    for (const action of needed[type]!) counts.set(action, (counts.get(action) ?? 0) + 1);
  }
  const seconds = [...counts].map(([action, count]) => {
    const { capacity, refillPerSecond }: BucketSize = BUCKETS[action] ?? MUTATING;
    return Math.max(0, count - capacity) / refillPerSecond;
  });
  return Math.max(...seconds) * 1000;
}
