/** Templates for the tests: as small as what is tested allows. */

const owner = `Tags:
        - { Key: Owner, Value: shop-team }`;

/** A network of its own. */
export function network(cidr = '10.1.0.0/16'): string {
  return `Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: ${cidr}
      ${owner}
Outputs:
  VpcId:
    Value: !Ref Vpc
`;
}

/** The network with so many subnets in it. */
export function subnets(count: number): string {
  const all = Array.from(
    { length: count },
    (_, i) => `  Subnet${i}:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Vpc
      CidrBlock: 10.1.${i}.0/24
      ${owner}
`,
  );
  return network().replace('Outputs:\n', `${all.join('')}Outputs:\n`);
}

/** A network, a subnet, a group and a server that needs them: its type is what the tests vary. */
export function server(instanceType = 't3.micro'): string {
  return `${subnets(1).replace(
    'Outputs:',
    `  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: What may reach the server
      VpcId: !Ref Vpc
      ${owner}
  Server:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: !Ref ImageId
      InstanceType: ${instanceType}
      SubnetId: !Ref Subnet0
      SecurityGroupIds: [!GetAtt Group.GroupId]
      MetadataOptions: { HttpTokens: required }
      ${owner}
Outputs:`,
  )}Parameters:
  ImageId:
    Type: AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>
    Default: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64
`;
}
