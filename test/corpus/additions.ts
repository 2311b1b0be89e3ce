/**
 * Faults of what has to go together, each as resources that are put into a template. They need nothing of it, and the
 * last line of each is the wrong one.
 */

const network = `  FaultyNetwork: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.99.0.0/16 } }
  FaultySubnet: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref FaultyNetwork, CidrBlock: 10.99.0.0/20 } }
`;

const subnet = (properties: string) =>
  `${network}  Faulty: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref FaultyNetwork, ${properties} } }`;

const resource = (type: string, properties: string) =>
  `  Faulty: { Type: ${type}, Properties: { ${properties} } }`;

const loadBalanced = (type: string, properties: string) =>
  resource(`AWS::ElasticLoadBalancingV2::${type}`, properties);

const policy = (statement: string, version = '"2012-10-17"') =>
  resource(
    'AWS::IAM::ManagedPolicy',
    `PolicyDocument: { Version: ${version}, Statement: [{ ${statement} }] }`,
  );

const trust = (statement: string) =>
  resource(
    'AWS::IAM::Role',
    `AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [{ ${statement} }] }`,
  );

const rule = (properties: string) =>
  `${network}${resource('AWS::EC2::SecurityGroup', `GroupDescription: faulty, VpcId: !Ref FaultyNetwork, SecurityGroupIngress: [{ CidrIp: 10.0.0.0/8, ${properties} }]`)}`;

const machine = (properties: string) =>
  resource('AWS::EC2::Instance', `ImageId: ami-0123456789abcdef0, ${properties}`);

const group = (properties: string) =>
  resource(
    'AWS::AutoScaling::AutoScalingGroup',
    `LaunchConfigurationName: none, AvailabilityZones: !GetAZs "", ${properties}`,
  );

const tagged = (tags: string) => resource('AWS::EC2::InternetGateway', `Tags: [${tags}]`);

export const additions = {
  'a subnet outside of its network': subnet('CidrBlock: 10.98.1.0/24'),
  'a subnet over another': subnet('CidrBlock: 10.99.15.0/24'),
  'a subnet over another by a function': subnet(
    'CidrBlock: !Select [3, !Cidr [!GetAtt FaultyNetwork.CidrBlock, 4, 10]]',
  ),
  'a subnet with two route tables': `${network}  FaultyTable: { Type: AWS::EC2::RouteTable, Properties: { VpcId: !Ref FaultyNetwork } }
  FaultyOne: { Type: AWS::EC2::SubnetRouteTableAssociation, Properties: { SubnetId: !Ref FaultySubnet, RouteTableId: !Ref FaultyTable } }
  Faulty: { Type: AWS::EC2::SubnetRouteTableAssociation, Properties: { SubnetId: !Ref FaultySubnet, RouteTableId: !Ref FaultyTable } }`,
  'a network for a subnet': `${network}${machine('SubnetId: !Ref FaultyNetwork')}`,
  'a subnet for a network': `${network}${resource('AWS::EC2::RouteTable', 'VpcId: !Ref FaultySubnet')}`,
  'a subnet for a security group': `${network}${machine('SecurityGroupIds: [!Ref FaultySubnet]')}`,
  'an attribute that is no network': `${network}${resource('AWS::EC2::RouteTable', 'VpcId: !GetAtt FaultyNetwork.DefaultSecurityGroup')}`,
  'a port range without ports': rule('IpProtocol: tcp'),
  'a disk without operations': machine(
    'BlockDeviceMappings: [{ DeviceName: /dev/sda1, Ebs: { VolumeType: io1, VolumeSize: 10 } }]',
  ),
  'a disk with too few operations': machine(
    'BlockDeviceMappings: [{ DeviceName: /dev/sda1, Ebs: { VolumeType: gp3, Iops: 100 } }]',
  ),
  'a group whose most is less than its least': group('MinSize: "3", MaxSize: "2"'),
  'an application load balancer in one subnet': `${network}${loadBalanced('LoadBalancer', 'Subnets: [!Ref FaultySubnet]')}`,
  'a target group for functions with a port': loadBalanced('TargetGroup', 'TargetType: lambda, Port: 80'),
  'a target group without a port': `${network}${loadBalanced('TargetGroup', 'TargetType: ip, Protocol: HTTP, VpcId: !Ref FaultyNetwork')}`,
  'a secure listener without a certificate': loadBalanced(
    'Listener',
    'LoadBalancerArn: none, Protocol: HTTPS, Port: 443, DefaultActions: [{ Type: fixed-response, FixedResponseConfig: { StatusCode: "200" } }]',
  ),
  'a statement without an effect': policy('Action: "s3:GetObject", Resource: "*"'),
  'an effect that is none': policy('Effect: Allowed, Action: "s3:GetObject", Resource: "*"'),
  'a statement without an action': policy('Effect: Allow, Resource: "*"'),
  'a statement with both kinds of action': policy(
    'Effect: Allow, Action: "s3:GetObject", NotAction: "s3:PutObject", Resource: "*"',
  ),
  'a misspelt element of a statement': policy('Effect: Allow, Action: "s3:GetObject", Resources: "*"'),
  'a principal in a policy of an identity': policy(
    'Effect: Allow, Action: "s3:GetObject", Resource: "*", Principal: "*"',
  ),
  'a resource that is no ARN': policy('Effect: Allow, Action: "s3:GetObject", Resource: my-bucket'),
  'an operator that is none': policy(
    'Effect: Allow, Action: "s3:GetObject", Resource: "*", Condition: { StringEqual: { a: b } }',
  ),
  'a version that is none': policy('Effect: Allow, Action: "s3:GetObject", Resource: "*"', '"2012-10-18"'),
  'a trust policy without a principal': trust('Effect: Allow, Action: "sts:AssumeRole"'),
  'a trust policy with a resource': trust(
    'Effect: Allow, Action: "sts:AssumeRole", Principal: { Service: ec2.amazonaws.com }, Resource: "*"',
  ),
  'a principal that is none': trust('Effect: Allow, Action: "sts:AssumeRole", Principal: { AWS: somebody }'),
  'a tag twice': tagged('{ Key: Name, Value: a }, { Key: Name, Value: b }'),
  "a tag of AWS's own": tagged('{ Key: "aws:name", Value: a }'),
  'a public bucket without ownership': resource('AWS::S3::Bucket', 'AccessControl: PublicRead'),
  'a text without its function': resource('AWS::SSM::Parameter', 'Type: String, Value: "${AWS::Region}"'),
} satisfies Record<string, string>;

/** Those of which cfn-lint says nothing on that line. */
export const unseen: readonly (keyof typeof additions)[] = [
  'a subnet over another by a function',
  'a subnet for a security group',
];
