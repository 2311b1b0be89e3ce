import { expect, test } from 'vitest';
import { typeSchemas } from '../../../src/provider/schemas.ts';
import { checkTemplate } from '../../../src/template/validate.ts';
import { additions } from '../../corpus/additions.ts';

const head = `Parameters:
  Stage: { Type: String, Default: dev, AllowedValues: [dev, prod] }
  Block: { Type: String }
  Usual: { Type: String, Default: 10.9.0.0/24 }
  Group: { Type: AWS::EC2::SecurityGroup::Id }
Mappings: { Blocks: { all: { a: 10.0.1.0/24 } } }
Conditions:
  IsDev: !Equals [!Ref Stage, dev]
  IsProd: !Equals [prod, !Ref Stage]
  IsOther: !Not [!Or [!Condition IsDev, !Condition IsProd]]
  IsOdd: !Equals [!Join ['', [!Ref Stage, x]], devx]
Resources:
  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }
  First: { Type: AWS::EC2::Subnet, Condition: IsDev, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24 } }
  Used: { Type: AWS::SSM::Parameter, Properties: { Type: String, Value: !Sub '\${Stage}\${Block}\${Usual}\${Group}' } }
`;

/** What is said of the resources that are put below the head, from line 16 on. */
function problems(resources: string): string[] {
  return checkTemplate(`${head}${resources}\n`, 't.yaml', typeSchemas)
    .diagnostics.filter(({ code }) => code !== 'template-unused')
    .map((d) => `${d.where?.line}:${d.where?.column} ${d.severity} ${d.summary} -> ${d.remedy}`);
}

const subnet = (properties: string, condition = '') =>
  `  It: { Type: AWS::EC2::Subnet, ${condition} Properties: { VpcId: !Ref Vpc, ${properties} } }`;

test.each([
  ['a subnet beside another', subnet('CidrBlock: 10.0.1.0/24')],
  [
    'a subnet over one that is not there at the same time',
    subnet('CidrBlock: 10.0.0.0/20', 'Condition: IsProd,'),
  ],
  [
    'a subnet over one, under a condition that never holds',
    subnet('CidrBlock: 10.0.0.0/20', 'Condition: IsOther,'),
  ],
  [
    'a subnet over one, under a condition that nobody can tell',
    subnet('CidrBlock: 10.0.0.0/20', 'Condition: IsOdd,'),
  ],
  [
    'a block that a condition takes away from under it',
    subnet('CidrBlock: !If [IsDev, 10.0.2.0/24, 10.0.0.0/24]'),
  ],
  ['a block that a parameter gives', subnet('CidrBlock: !Ref Block')],
  [
    'a subnet of a secondary block',
    `  More: { Type: AWS::EC2::VPCCidrBlock, Properties: { VpcId: !Ref Vpc, CidrBlock: 100.64.0.0/16 } }
${subnet('CidrBlock: 100.64.3.0/24')}`,
  ],
  [
    'a subnet of a secondary block that is not known',
    `  More: { Type: AWS::EC2::VPCCidrBlock, Properties: { VpcId: !Ref Vpc, CidrBlock: !Ref Block } }
${subnet('CidrBlock: 100.64.3.0/24')}`,
  ],
  [
    'the same block in another network',
    `  Other: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }
  It: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Other, CidrBlock: 10.0.0.0/24 } }`,
  ],
  [
    'IPv6 of a block that Amazon gives',
    `  More: { Type: AWS::EC2::VPCCidrBlock, Properties: { VpcId: !Ref Vpc, AmazonProvidedIpv6CidrBlock: true } }
${subnet('CidrBlock: 10.0.7.0/24, Ipv6CidrBlock: !Select [0, !Cidr [!Select [0, !GetAtt Vpc.Ipv6CidrBlocks], 4, 64]]')}`,
  ],
])('%s is fine', (_name, resources) => {
  expect(problems(resources)).toEqual([]);
});

const overlaps = (text: string) =>
  `The block ${text} of It overlaps with 10.0.0.0/24 of First -> Give each subnet of a VPC a block of its own`;

test.each([
  ['a subnet over another', subnet('CidrBlock: 10.0.0.128/25'), `16:76 error ${overlaps('10.0.0.128/25')}`],
  [
    'a subnet around another, by a function',
    subnet('CidrBlock: !Select [0, !Cidr [!GetAtt Vpc.CidrBlock, 4, 12]]'),
    `16:76 error ${overlaps('10.0.0.0/20')}`,
  ],
  [
    'a subnet over one on one side of a condition',
    subnet('CidrBlock: !If [IsDev, 10.0.0.0/24, 10.0.2.0/24]'),
    `16:88 error ${overlaps('10.0.0.0/24')}`,
  ],
  [
    'a subnet outside of its network',
    subnet('CidrBlock: 10.1.0.0/24'),
    '16:76 error The block 10.1.0.0/24 of It is not within 10.0.0.0/16 of Vpc -> Take a part of it, or add a VPCCidrBlock to the VPC',
  ],
  [
    'a default outside of its network',
    subnet('CidrBlock: !Ref Usual'),
    '16:76 warning The block 10.9.0.0/24 of It is not within 10.0.0.0/16 of Vpc -> Take a part of it, or add a VPCCidrBlock to the VPC',
  ],
  [
    'a network that is too large',
    '  It: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/8 } }',
    '16:55 error The block 10.0.0.0/8 is none that a VPC or a subnet can have -> Take one from /16 to /28',
  ],
  [
    'a second route table',
    `  A: { Type: AWS::EC2::SubnetRouteTableAssociation, Condition: IsDev, Properties: { SubnetId: !Ref First, RouteTableId: rtb-1 } }
  B: { Type: AWS::EC2::SubnetRouteTableAssociation, Condition: IsDev, Properties: { SubnetId: !Ref First, RouteTableId: rtb-2 } }`,
    '17:95 error First has a route table already, by A -> Keep one association for each subnet',
  ],
  [
    'a reference to what may not be there',
    '  It: { Type: AWS::SSM::Parameter, Properties: { Type: String, Value: !Ref First } }',
    '16:71 warning First is not there when the condition IsDev does not hold -> Use !If [IsDev, ..., !Ref AWS::NoValue], or give both the same condition',
  ],
  [
    'a parameter for what it does not hold',
    '  It: { Type: AWS::EC2::RouteTable, Properties: { VpcId: !Ref Group } }',
    '16:58 error VpcId cannot be !Ref Group: the parameter is an AWS::EC2::SecurityGroup::Id -> Refer to an AWS::EC2::VPC',
  ],
  [
    'an address where its allocation is meant',
    `  Address: { Type: AWS::EC2::EIP }
  It: { Type: AWS::EC2::NatGateway, Condition: IsDev, Properties: { SubnetId: !Ref First, AllocationId: !Ref Address } }`,
    '17:105 error AllocationId cannot be !Ref Address: it takes another value of that resource -> Write !GetAtt Address.AllocationId',
  ],
  [
    'a resource with the name of a parameter',
    '  Usual: { Type: AWS::EC2::EIP }',
    "16:3 error 'Usual' is the name of a parameter, too -> Rename one of them",
  ],
  [
    'a text without its function',
    "  It: { Type: AWS::SSM::Parameter, Properties: { Type: String, Value: '${Vpc}-x' } }",
    '16:71 warning ${Vpc} is not replaced here: the text has no Fn::Sub -> Write !Sub before the text',
  ],
])('%s is said at its place', (_name, resources, expected) => {
  expect(problems(resources)).toEqual([expected]);
});

test.each([
  ['VpcId', '!GetAtt First.VpcId'],
  ['VpcId', '!Ref Block'],
])('%s may be %s', (name, value) => {
  const resource = `  It: { Type: AWS::EC2::RouteTable, Condition: IsDev, Properties: { ${name}: ${value} } }`;
  expect(problems(resource)).toEqual([]);
});

test.each([
  ['on its side of a condition', '!If [IsDev, !Ref First, none]'],
  ['where the conditions cannot differ', '!If [IsProd, none, !Ref First]'],
])('a reference to what may not be there is fine %s', (_name, value) => {
  const resource = `  It: { Type: AWS::SSM::Parameter, Properties: { Type: String, Value: ${value} } }`;
  expect(problems(resource)).toEqual([]);
});

test('what is declared and not used is warned of, unless something is wrong', () => {
  const said = (used: string) =>
    checkTemplate(
      `Parameters: { P: { Type: String }, Q: { Type: String } }
Mappings: { M: { a: { b: c } } }
Conditions: { C: !Equals [!Ref P, a] }
Resources: { A: { Type: AWS::EC2::EIP, Properties: ${used} } }
`,
      't.yaml',
      typeSchemas,
    ).diagnostics.map(({ severity, code, summary }) => `${severity} ${code} ${summary}`);
  expect(said('{}')).toEqual([
    "warning template-unused Nothing uses the parameter 'Q'",
    "warning template-unused Nothing uses the mapping 'M'",
    "warning template-unused Nothing uses the condition 'C'",
  ]);
  expect(said('{ Domain: !If [C, vpc, !FindInMap [M, a, b]], Address: !Sub "${Q}" }')).toEqual([]);
  expect(said('{ Dmain: vpc }')).toEqual([
    "error template-unknown-property AWS::EC2::EIP has no property 'Dmain'",
  ]);
  expect(
    said('{} }, Fn::ForEach::B: [X, !Ref Q, { "${X}": { Type: T } }], B: { Type: AWS::EC2::EIP'),
  ).toEqual([
    "error template-unsupported Fn::ForEach over the parameter 'Q', which is of the type 'String', is not supported",
  ]);
});

test('a network of thousands of equal blocks takes no square of the time', () => {
  const many = Array.from({ length: 5000 }, (_, i) =>
    subnet('CidrBlock: 10.0.9.0/24').replace('It', `S${i}`),
  );
  expect(problems(many.join('\n')).filter((one) => one.includes('overlaps'))).toHaveLength(4999);
});

test.each(Object.entries(additions))(
  '%s is said where it stands, and nothing else is',
  (_name, resources) => {
    const { diagnostics } = checkTemplate(`Resources:\n${resources}\n`, 't.yaml', typeSchemas);
    expect(diagnostics.map(({ where }) => where?.line)).toEqual([resources.split('\n').length + 1]);
    expect(diagnostics[0]!.summary).not.toMatch(/undefined|\[object/);
  },
);
