/** A policy as an organisation might write it, of VPCs with a certain address. */
export function policyText(
  id: string,
  deny = "after.CidrBlock == '172.31.0.0/16'",
  passes = '10.0.0.0/16',
): string {
  return `id: ${id}
title: Networks have addresses of their own
severity: high
enforcement: mandatory
match: { types: ["AWS::EC2::VPC"] }
deny: ${JSON.stringify(deny)}
message: The network has the addresses of the default one
remedy: Take addresses from the organisation's plan.
property: CidrBlock
examples:
  pass:
    - type: AWS::EC2::VPC
      properties: { CidrBlock: ${passes} }
  fail:
    - type: AWS::EC2::VPC
      properties: { CidrBlock: 172.31.0.0/16 }
`;
}
