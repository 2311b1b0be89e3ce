/** The small stack of the crash tests, and the changes that it is killed in the middle of. */

/** What a change begins with and leads to; undefined: the template is gone. */
export interface Step {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

interface Choices {
  readonly port?: number;
  readonly groupDescription?: string;
  readonly zone?: string;
  readonly action?: string;
}

/**
 * A role and a group are made by several calls, a route table's association has no tag of its own, the subnet's
 * addresses can be had only once.
 */
function network({
  port = 443,
  groupDescription = 'first',
  zone = 'eu-west-1a',
  action = 's3:GetObject',
}: Choices): string {
  return `Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: { CidrBlock: 10.1.0.0/16, EnableDnsHostnames: true }
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: { VpcId: !Ref Vpc, CidrBlock: 10.1.1.0/24, AvailabilityZone: ${zone} }
  Table:
    Type: AWS::EC2::RouteTable
    Properties: { VpcId: !Ref Vpc }
  Association:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: { SubnetId: !Ref Subnet, RouteTableId: !Ref Table }
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: ${groupDescription}
      VpcId: !Ref Vpc
      SecurityGroupIngress:
        - { IpProtocol: tcp, FromPort: ${port}, ToPort: ${port}, CidrIp: 10.0.0.0/8 }
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{ Effect: Allow, Principal: { Service: ec2.amazonaws.com }, Action: sts:AssumeRole }]
      Policies:
        - PolicyName: read
          PolicyDocument:
            Version: "2012-10-17"
            Statement: [{ Effect: Allow, Action: ${action}, Resource: "*" }]
Outputs:
  Group: { Value: !GetAtt Group.GroupId }
`;
}

export const steps = {
  create: { from: undefined, to: network({}) },
  'update in place': { from: network({}), to: network({ port: 8443, action: 's3:ListBucket' }) },
  'replace, the new one first': { from: network({}), to: network({ groupDescription: 'second' }) },
  'replace, the old one first': { from: network({}), to: network({ zone: 'eu-west-1b' }) },
  delete: { from: network({}), to: undefined },
} as const satisfies Record<string, Step>;

export type StepName = keyof typeof steps;
