import { countByIntent, type Example, exampleTags, tagEdits } from './example.ts';

export const vpc: Example = {
  type: 'AWS::EC2::VPC',
  creates: 'CreateVpc',
  properties: { CidrBlock: '10.20.0.0/16', EnableDnsHostnames: true, Tags: exampleTags },
  edits: {
    'host names off': { EnableDnsHostnames: false },
    'DNS off': { EnableDnsHostnames: false, EnableDnsSupport: false },
    ...tagEdits,
  },
  replacing: { 'tenancy to dedicated': { InstanceTenancy: 'dedicated' } },
  sameAs: {
    'the network with a host in it': {
      CidrBlock: '10.20.1.2/16',
      EnableDnsHostnames: true,
      Tags: exampleTags,
    },
    'defaults said and texts for booleans': {
      CidrBlock: '10.20.0.0/16',
      EnableDnsHostnames: 'true',
      EnableDnsSupport: 'true',
      InstanceTenancy: 'default',
      Tags: [...exampleTags].reverse(),
    },
  },
  count: countByIntent(async (ec2, Filters) => (await ec2.describeVpcs({ Filters })).Vpcs),
};
