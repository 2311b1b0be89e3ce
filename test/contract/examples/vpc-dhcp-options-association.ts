import { type Example, exampleVpc } from './example.ts';

export const vpcDhcpOptionsAssociation: Example = {
  type: 'AWS::EC2::VPCDHCPOptionsAssociation',
  creates: 'AssociateDhcpOptions',
  needs: {
    ...exampleVpc,
    Options: { type: 'AWS::EC2::DHCPOptions', properties: { DomainName: 'shop.example' } },
  },
  properties: { VpcId: { Ref: 'Vpc' }, DhcpOptionsId: { Ref: 'Options' } },
  edits: {},
  async count(aws, made) {
    const { Vpcs = [] } = await (await aws.ec2()).describeVpcs({
      Filters: [{ Name: 'vpc-id', Values: [String(made.properties.VpcId)] }],
    });
    return Vpcs.filter((one) => one.DhcpOptionsId === made.properties.DhcpOptionsId).length;
  },
};
