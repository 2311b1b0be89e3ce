/** What a team might change next in each template of the corpus, and what has to come of it. */
import type { Edit } from './corpus.ts';

export const edits: Readonly<Record<string, Edit>> = {
  'app-on-given-network': {
    needs: 'shared-network',
    given: { VpcId: 'Vpc', SubnetIds: 'Subnets', CommonGroup: 'Common' },
    replace: [['ToPort: 9010', 'ToPort: 9020']],
    changes: { Group: 'update' },
  },
  'app-on-shared-network': {
    needs: 'shared-network',
    replace: [
      ['Port: 80\n', 'Port: 8000\n'],
      ['GroupDescription: application', 'GroupDescription: the application'],
    ],
    changes: { Listener: 'update', Group: 'replace', Balancer: 'update' },
  },
  bastion: {
    parameters: { OfficeCidr: '198.51.100.0/24' },
    replace: [['RetentionInDays: 90', 'RetentionInDays: 30']],
    changes: { Group: 'update', Log: 'update' },
  },
  'big-estate': {
    replace: [['[red, green, blue, grey]', '[red, green, blue]']],
    changes: {
      Subnetgrey: 'delete',
      Groupgrey: 'delete',
      Rolegrey: 'delete',
      Profilegrey: 'delete',
      Loggrey: 'delete',
      Interfacegrey: 'delete',
    },
  },
  'conditions-everywhere': {
    parameters: { Stage: 'test', Bastion: 'yes' },
    changes: {
      Vpc: 'update',
      Gateway: 'create',
      Attachment: 'create',
      Subnet: 'update',
      Group: 'update',
      BastionIn: 'create',
    },
  },
  'depends-on-chain': {
    replace: [
      ['/chain/yankee', '/chain/yankee2'],
      ['Value: first', 'Value: second'],
    ],
    changes: { Yankee: 'replace', Whiskey: 'update' },
  },
  'dynamic-references': {
    needs: 'looked-up',
    replace: [['ssm:/network/cidr}}" }', 'ssm:/network/cidr}}", EnableDnsHostnames: true }']],
    changes: { Vpc: 'update' },
  },
  'elastic-addresses': {
    replace: [['NetworkInterfaceId: !Ref Blue', 'NetworkInterfaceId: !Ref Green']],
    changes: { FrontAssociation: 'replace' },
  },
  'iam-deployer': {
    replace: [
      ['Action: ["ec2:*"]', 'Action: ["ec2:*", "elasticloadbalancing:*"]'],
      ['RoleName: acme-deployer', 'RoleName: acme-releaser'],
    ],
    changes: { Deployer: 'replace', Deploy: 'replace' },
  },
  'iam-instance-role': {
    parameters: { Stage: 'prod' },
    changes: { Role: 'update' },
  },
  'iam-managed-policies': {
    replace: [
      ['"ssm:Get*"', '"ssm:*"'],
      ['ManagedPolicyArns: [!Ref ReadBuckets]', 'ManagedPolicyArns: [!Ref ReadBuckets, !Ref WriteBuckets]'],
    ],
    changes: { Boundary: 'update', Reader: 'update' },
  },
  'iam-oidc': {
    replace: [
      ['repo:acme/shop:*', 'repo:acme/shop:ref:refs/heads/main'],
      ['"s3:PutObject", ', ''],
    ],
    changes: { Publisher: 'update', Publish: 'update' },
  },
  'instance-data-volume': {
    parameters: { DataSize: 200 },
    replace: [['InstanceType: m5.large', 'InstanceType: m5.xlarge']],
    changes: { Data: 'update', Database: 'update' },
  },
  'instance-two-interfaces': {
    replace: [
      ['Description: inside', 'Description: the inside'],
      ['InstanceType: t3.small', 'InstanceType: t3.medium'],
    ],
    changes: { InsideInterface: 'update', Appliance: 'update' },
  },
  'intrinsics-tour': {
    parameters: { Names: 'red,green', Sizes: '4,5' },
    replace: [
      ['!Select [2, !Ref Names] }\n', '!Select [1, !Ref Names] }\n'],
      ['Third: !Select [2, !Ref Names]', 'Third: !Select [1, !Ref Names]'],
      ['echo ${What}', 'echo all ${What}'],
    ],
    changes: { Vpc: 'update', Settings: 'update', UserData: 'update', Blocks: 'delete' },
  },
  'key-pairs': {
    replace: [['KeyName: made-here', 'KeyName: made-anew']],
    changes: { Key: 'replace', Instance: 'replace' },
  },
  lamp: {
    first: { DBPassword: 'correcthorse' },
    parameters: { InstanceType: 't2.medium' },
    replace: [['ToPort: "80"', 'ToPort: "81"']],
    changes: { WebServerInstance: 'update', WebServerSecurityGroup: 'update' },
  },
  'launch-template-full': {
    parameters: { VolumeSize: 50 },
    changes: { Golden: 'update' },
  },
  'log-archive': {
    replace: [
      ['TransitionInDays: 90', 'TransitionInDays: 60'],
      ['Action: s3:PutObject', 'Action: [s3:PutObject, s3:PutObjectTagging]'],
    ],
    changes: { Archive: 'update', Policy: 'update' },
  },
  'log-groups': {
    parameters: { Stage: 'prod' },
    changes: { Api: 'replace', Worker: 'replace', Audit: 'create' },
  },
  'looked-up': {
    replace: [['Value: internal.example.com', 'Value: inside.example.com']],
    changes: { Zone: 'update' },
  },
  // moto says of no instance that it is in a group: the group is in the launch template only.
  'placement-cluster': {
    replace: [['Strategy: cluster', 'Strategy: spread']],
    changes: { Cluster: 'replace', Node: 'update' },
  },
  'replicated-buckets': {
    replace: [['StorageClass: STANDARD_IA', 'StorageClass: GLACIER']],
    changes: { Source: 'update' },
  },
  'retained-data': {
    replace: [['RetentionInDays: 365', 'RetentionInDays: 731']],
    changes: { Trail: 'update' },
    leaves: ['bucket', 'snapshot', 'log group'],
  },
  // Without descriptions: moto keeps none of a rule whose other side is a group.
  'security-groups-mutual': {
    replace: [
      ['FromPort: 443', 'FromPort: 6443'],
      ['ToPort: 443', 'ToPort: 6443'],
      ['GroupDescription: nodes', 'GroupDescription: worker nodes'],
    ],
    changes: {
      Nodes: 'replace',
      NodesFromControl: 'replace',
      ControlToNodes: 'replace',
      ControlFromNodes: 'replace',
      NodesAmongThemselves: 'replace',
    },
  },
  'shared-network': {
    replace: [['10.15.1.0/24', '10.15.2.0/24']],
    changes: { SubnetB: 'replace' },
  },
  'ssm-parameters': {
    parameters: { Feature: 'on' },
    replace: [['CidrBlock: 10.14.0.64/26', 'CidrBlock: 10.14.0.128/26']],
    changes: { SubnetB: 'replace', SubnetIds: 'update', FeatureSwitch: 'update', Settings: 'update' },
  },
  'static-site': {
    replace: [
      ['ErrorDocument: 404.html', 'ErrorDocument: lost.html'],
      ['MaxAge: 3600', 'MaxAge: 60'],
    ],
    changes: { Site: 'update' },
  },
  'stopped-workstation': {
    replace: [['State: stopped', 'State: running']],
    changes: { Workstation: 'update' },
  },
  'vpc-dhcp': {
    // Options that are replaced, moto refuses to delete: to it a VPC that once had them has them for ever.
    replace: [['} options" }', '} options, office" }']],
    changes: { Options: 'update' },
  },
  'vpc-dual-stack': {
    replace: [
      ['AssignIpv6AddressOnCreation: true', 'AssignIpv6AddressOnCreation: false'],
      ['"-1", CidrIpv6: "::/0" }', '"-1", CidrIpv6: "64:ff9b::/96" }'],
    ],
    changes: { PublicSubnet: 'update', WebGroup: 'update' },
  },
  'vpc-endpoints': {
    replace: [
      ['["s3:GetObject", "s3:PutObject"]', '["s3:GetObject"]'],
      ['SsmMessages:', 'Ec2Messages:'],
      ['.ssmmessages', '.ec2messages'],
    ],
    changes: { S3: 'update', SsmMessages: 'delete', Ec2Messages: 'create' },
  },
  'vpc-flow-logs': {
    parameters: { TrafficType: 'ALL', RetentionInDays: 90 },
    changes: { Group: 'update', ToCloudWatch: 'replace' },
  },
  'vpc-for-each': {
    replace: [
      ['Default: "a,b,c"', 'Default: "a,b"'],
      ['CidrBlock: 10.140.0.0/16', 'CidrBlock: 10.140.0.0/16, EnableDnsHostnames: true'],
    ],
    changes: { Vpc: 'update', Subnetc: 'delete', Tablec: 'delete', Associationc: 'delete' },
  },
  'vpc-inspection': {
    replace: [['SourceDestCheck: false\n', 'SourceDestCheck: true\n']],
    changes: { ApplianceInterface: 'update' },
  },
  'vpc-isolated': {
    replace: [['DestinationCidrBlock: 10.0.0.0/8', 'DestinationCidrBlock: 172.16.0.0/12']],
    changes: { InnerOut: 'replace' },
  },
  'vpc-nacls': {
    replace: [
      ['RuleNumber: 130', 'RuleNumber: 135'],
      ['PortRange: { From: 5432, To: 5432 }', 'PortRange: { From: 5432, To: 5433 }'],
    ],
    changes: { WebInPing: 'replace', DataInPostgres: 'update' },
  },
  'vpc-peering': {
    parameters: { SharedCidr: '10.52.0.0/16' },
    changes: {
      Shared: 'replace',
      SharedSubnet: 'replace',
      Peering: 'replace',
      SharedTable: 'replace',
      AppToShared: 'replace',
      SharedToApp: 'replace',
      SharedAssociation: 'replace',
      DatabaseGroup: 'replace',
    },
  },
  'vpc-prefix-lists': {
    replace: [['Cidr: 203.0.113.0/25', 'Cidr: 203.0.113.128/25']],
    changes: { Offices: 'update' },
  },
  'vpc-secondary-cidr': {
    replace: [['CidrBlock: 100.64.64.0/18', 'CidrBlock: 100.64.128.0/18']],
    changes: { PodsB: 'replace' },
  },
  'vpc-single-nat': {
    parameters: { Owner: 'network' },
    changes: { Vpc: 'update', Nat: 'update' },
  },
  'vpc-subnet-ipv6-later': {
    replace: [['!Select [7,', '!Select [6,']],
    changes: { SubnetIpv6: 'replace' },
  },
  'vpc-two-tier': {
    parameters: { NatPerZone: 'true' },
    replace: [
      ['Tags:\n        - Key: Name', 'Tags:\n        - { Key: Tier, Value: two }\n        - Key: Name'],
    ],
    changes: {
      VPC: 'update',
      NatGateway2EIP: 'create',
      NatGateway2: 'create',
      DefaultPrivateRoute2: 'update',
    },
  },
  'web-alb-asg': {
    // No more instances: moto breaks off an update that has to launch one from this template.
    parameters: { InstanceType: 't3.small' },
    changes: { LaunchTemplate: 'update', Group: 'update' },
  },
  'web-canary': {
    parameters: { CanaryWeight: 50 },
    changes: { Listener: 'update' },
  },
  'web-launch-configuration': {
    replace: [['InstanceType: t3.small', 'InstanceType: t3.medium']],
    changes: { Configuration: 'replace', Workers: 'update' },
  },
  'web-mixed-spot': {
    parameters: { SpotPercentage: 0 },
    changes: { Fleet: 'update' },
  },
  // moto does not say which addresses a load balancer has got: it gets none of the two here.
  'web-nlb-static': {
    replace: [
      [
        'Port: 8883\n      Protocol: TCP\n      DefaultActions',
        'Port: 8884\n      Protocol: TCP\n      DefaultActions',
      ],
    ],
    changes: { Listener: 'update' },
  },
  'web-path-rules': {
    replace: [
      ['Priority: 10\n', 'Priority: 15\n'],
      ['[shop.example.com]', '[shop.example.com, store.example.com]'],
    ],
    changes: { ApiRule: 'update', ShopRule: 'update' },
  },
  'web-replacing-update': {
    parameters: { InstanceType: 't3.small' },
    changes: { Configuration: 'replace', Fleet: 'replace', Grow: 'replace' },
  },
  'web-rolling-update': {
    parameters: { IsCareful: 'yes' },
    replace: [['InstanceType: t3.micro', 'InstanceType: t3.small']],
    changes: { Template: 'update', Fleet: 'update' },
  },
  'web-step-scaling': {
    replace: [
      ['ScalingAdjustment: 50', 'ScalingAdjustment: 100'],
      ['HeartbeatTimeout: 120', 'HeartbeatTimeout: 300'],
    ],
    changes: { Group: 'update', Up: 'update' },
  },
};
