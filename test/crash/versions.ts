/** The small stack of the crash tests, and the changes that it is killed in the middle of. */

/** What a change begins with and leads to; undefined: the template is gone. */
export interface Step {
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** What somebody else has made before, whose ids stand in `to` as `<Vpc>` and `<Group>`. */
  readonly isOutside?: true;
}

interface Choices {
  readonly port?: number;
  readonly groupDescription?: string;
  readonly zone?: string;
  readonly action?: string;
  /** Old logical id → the new one. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Logical ids that are imported. */
  readonly imported?: readonly string[];
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
  renamed = {},
  imported = [],
}: Choices): string {
  const id = (name: string) => renamed[name] ?? name;
  const head = (name: string, type: string) =>
    [
      `  ${id(name)}:`,
      `    Type: ${type}`,
      ...(id(name) === name ? [] : [`    Metadata: { Slipway: { RenamedFrom: ${name} } }`]),
      ...(imported.includes(name)
        ? [`    Metadata: { Slipway: { Import: <${name}> } }`, '    DeletionPolicy: Delete']
        : []),
    ].join('\n');
  return `Resources:
${head('Vpc', 'AWS::EC2::VPC')}
    Properties: { CidrBlock: 10.1.0.0/16, EnableDnsHostnames: true }
${head('Subnet', 'AWS::EC2::Subnet')}
    Properties: { VpcId: !Ref ${id('Vpc')}, CidrBlock: 10.1.1.0/24, AvailabilityZone: ${zone} }
${head('Table', 'AWS::EC2::RouteTable')}
    Properties: { VpcId: !Ref ${id('Vpc')} }
${head('Association', 'AWS::EC2::SubnetRouteTableAssociation')}
    Properties: { SubnetId: !Ref ${id('Subnet')}, RouteTableId: !Ref ${id('Table')} }
${head('Group', 'AWS::EC2::SecurityGroup')}
    Properties:
      GroupDescription: ${groupDescription}
      VpcId: !Ref ${id('Vpc')}
      SecurityGroupIngress:
        - { IpProtocol: tcp, FromPort: ${port}, ToPort: ${port}, CidrIp: 10.0.0.0/8 }
${head('Role', 'AWS::IAM::Role')}
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
  Group: { Value: !GetAtt ${id('Group')}.GroupId }
`;
}

/** One that stays as it is, one that is changed, one that is replaced, and one that has no tag to be marked by. */
const renamed = { Vpc: 'Network', Group: 'Firewall', Subnet: 'Place', Association: 'Link', Role: 'Reader' };

export const steps = {
  create: { from: undefined, to: network({}) },
  'update in place': { from: network({}), to: network({ port: 8443, action: 's3:ListBucket' }) },
  'replace, the new one first': { from: network({}), to: network({ groupDescription: 'second' }) },
  'replace, the old one first': { from: network({}), to: network({ zone: 'eu-west-1b' }) },
  rename: { from: network({}), to: network({ renamed, port: 8443, zone: 'eu-west-1b' }) },
  import: { from: undefined, to: network({ imported: ['Vpc', 'Group'] }), isOutside: true },
  delete: { from: network({}), to: undefined },
} as const satisfies Record<string, Step>;

export type StepName = keyof typeof steps;
