import { countByIntent, type Example, exampleTags, tagEdits } from './example.ts';

export const dhcpOptions: Example = {
  type: 'AWS::EC2::DHCPOptions',
  creates: 'CreateDhcpOptions',
  properties: {
    DomainName: 'shop.example',
    DomainNameServers: ['10.20.0.10', 'AmazonProvidedDNS'],
    NtpServers: ['169.254.169.123'],
    NetbiosNameServers: ['10.20.0.11'],
    NetbiosNodeType: 2,
    Tags: exampleTags,
  },
  edits: tagEdits,
  sameAs: {
    'a text for the node type': {
      DomainName: 'shop.example',
      DomainNameServers: ['10.20.0.10', 'AmazonProvidedDNS'],
      NtpServers: ['169.254.169.123'],
      NetbiosNameServers: ['10.20.0.11'],
      NetbiosNodeType: '2',
      Tags: exampleTags,
    },
  },
  count: countByIntent(async (ec2, Filters) => (await ec2.describeDhcpOptions({ Filters })).DhcpOptions),
};
