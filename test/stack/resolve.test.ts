import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatDiagnostic } from '../../src/base/diagnostic.ts';
import { unknown } from '../../src/base/value.ts';
import { evaluate } from '../../src/stack/evaluate.ts';
import { requiredFacts, resolveStack } from '../../src/stack/resolve.ts';
import type { ParameterValues } from '../../src/stack/stack.ts';
import { parseTemplate } from '../../src/template/parse.ts';
import { facts, scopeOf } from './facts.ts';

function read(text: string) {
  const { template, diagnostics } = parseTemplate(text, 't.yaml');
  if (!template) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  return template;
}

function fixture(name: string) {
  return read(readFileSync(new URL(`../fixtures/templates/${name}`, import.meta.url), 'utf8'));
}

function resolved(text: string, parameters: ParameterValues = {}) {
  const { stack, diagnostics } = resolveStack(read(text), { facts, parameters });
  expect(diagnostics.map(formatDiagnostic)).toEqual([]);
  return stack!;
}

/** `line:column code summary` of each problem. */
function problems(text: string, parameters: ParameterValues = {}) {
  return resolveStack(read(text), { facts, parameters, parametersFile: 'p.yaml' }).diagnostics.map(
    (d) =>
      `${d.where?.file === 'p.yaml' ? 'p ' : ''}${d.where?.line}:${d.where?.column} ${d.code} ${d.summary}`,
  );
}

test('every function is folded as far as it can be, and the rest is left in the long form', () => {
  const { stack, diagnostics } = resolveStack(fixture('intrinsics.yaml'), { facts, parameters: {} });
  expect(diagnostics).toEqual([]);
  expect([...stack!.resources.keys()]).toEqual(['Vpc', 'Subnet']);
  const vpc = stack!.resources.get('Vpc')!;
  expect(vpc).toMatchObject({
    dependsOn: [],
    deletionPolicy: 'Retain',
    updateReplacePolicy: 'Retain',
    metadata: { Note: 'made for prod' },
  });
  expect(vpc.properties).toEqual({
    CidrBlock: '10.2.0.0/16',
    InstanceTenancy: 'default',
    Tags: [
      { Key: 'owners', Value: 'web and infra' },
      { Key: 'ports', Value: '80 of 2' },
      { Key: 'network', Value: 'core' },
      { Key: 'size', Value: 't3.micro' },
    ],
  });
  const subnet = stack!.resources.get('Subnet')!;
  expect(subnet.dependsOn).toEqual(['Vpc']);
  expect(subnet.properties).toEqual({
    VpcId: { Ref: 'Vpc' },
    CidrBlock: { 'Fn::Select': [3, { 'Fn::Cidr': [{ 'Fn::GetAtt': ['Vpc', 'CidrBlock'] }, 8, 8] }] },
    AvailabilityZone: 'eu-west-1b',
    Tags: [
      { Key: 'peers', Value: 'right' },
      {
        Key: 'password',
        Value: {
          'Fn::Join': [
            '',
            [
              { $slipway: 'resolve', reference: 'vault:secret/data/shop#password' },
              '/',
              { $slipway: 'parameter', name: 'Password' },
            ],
          ],
        },
      },
      { Key: 'image', Value: 'ami-3' },
      { Key: 'policy', Value: { 'Fn::ToJsonString': { vpc: { Ref: 'Vpc' }, stage: 'prod' } } },
      {
        Key: 'script',
        Value: {
          'Fn::Base64': {
            'Fn::Join': ['', ['echo ', { 'Fn::GetAtt': ['Vpc', 'CidrBlock'] }, ' ${HOME}\n']],
          },
        },
      },
    ],
  });
  expect([...stack!.outputs.values()]).toMatchObject([
    { name: 'Account', value: 'arn:aws:iam::012345678901:root amazonaws.com' },
  ]);
});

test('the other side of every condition', () => {
  const { stack } = resolveStack(fixture('intrinsics.yaml'), { facts, parameters: { Stage: 'dev' } });
  expect([...stack!.resources.keys()]).toEqual(['Vpc', 'DevOnly', 'Subnet']);
  const vpc = stack!.resources.get('Vpc')!.properties;
  expect(vpc).not.toHaveProperty('InstanceTenancy');
  expect(vpc).toMatchObject({ CidrBlock: '10.1.0.0/16', EnableDnsSupport: false });
  expect((vpc as { Tags: unknown[] }).Tags.at(-1)).toEqual({ Key: 'temporary', Value: true });
  expect(stack!.resources.get('Subnet')!.dependsOn).toEqual(['DevOnly', 'Vpc']);
  expect(stack!.outputs.get('Hidden')!.value).toEqual({ Ref: 'DevOnly' });
});

test('what a template asks of the cloud is known before anything is asked', () => {
  expect(requiredFacts(fixture('intrinsics.yaml'), {}, 'eu-west-1')).toEqual({
    availabilityZoneRegions: ['eu-west-1'],
    ssmParameters: ['/shop/image:3', '/shop/network'],
    imports: ['shared-peers'],
    exports: [],
    secrets: [
      { $slipway: 'parameter', name: 'Password' },
      { $slipway: 'resolve', reference: 'vault:secret/data/shop#password' },
    ],
  });
});

const giverAndTaker = read(`
Resources: { A: { Type: T, Properties: { P: !Sub ['on-\${Tag}', { Tag: !ImportValue tag }] } } }
Outputs:
  Named: { Value: !Ref A, Export: { Name: !Sub '\${AWS::StackName}-a' } }
  Unnamed: { Value: !Ref A }
`);

test('the exports that a template will give have their names before anything is asked', () => {
  const known = { stackName: 'shop-dev' };
  expect(requiredFacts(giverAndTaker, {}, 'eu-west-1', known).exports).toEqual(['shop-dev-a']);
});

test('an export of a stack that is planned beside this one stays in the expression', () => {
  const beside = { exports: new Map([['tag', unknown]]), lateExports: new Set(['tag', 'other']) };
  const { stack } = resolveStack(giverAndTaker, { facts: { ...facts, ...beside }, parameters: {} });
  const { P } = stack!.resources.get('A')!.properties;
  expect(P).toEqual({ 'Fn::Join': ['', ['on-', { 'Fn::ImportValue': 'tag' }]] });
  expect(evaluate(P!, scopeOf({}))).toEqual({ $slipway: 'unknown', of: 'on-${ImportValue("tag")}' });
  expect(evaluate(P!, { ...scopeOf({}), imported: () => 'blue' })).toBe('on-blue');
});

test('where a condition hangs on what the cloud says, both of its sides are asked for', () => {
  const template = read(`
Parameters: { Mode: { Type: AWS::SSM::Parameter::Value<String>, Default: /mode } }
Conditions: { Big: !Equals [!Ref Mode, big] }
Resources:
  A:
    Type: T
    Properties: { P: !If [Big, !ImportValue big, !ImportValue small] }
  B: { Type: T, Condition: Big, Properties: { P: "{{resolve:ssm:/only/big}}" } }
`);
  expect(requiredFacts(template, {}, 'eu-west-1')).toMatchObject({
    ssmParameters: ['/mode', '/only/big'],
    imports: ['big', 'small'],
  });
});

test('a stack resolves to the same thing every time', () => {
  const text = () =>
    JSON.stringify(resolveStack(fixture('shop.yaml'), { facts, parameters: {} }), (_key, value) =>
      value instanceof Map ? [...value] : value,
    );
  expect(text()).toBe(text());
});

test('edges come from references at any depth, also from inside Sub, and from DependsOn', () => {
  const stack = resolved(
    `
Resources:
  A: { Type: T }
  B: { Type: T }
  C: { Type: T }
  D:
    Type: T
    DependsOn: C
    Properties:
      P: [{ Q: !Sub "x \${A} \${V}" }, !Sub ["\${V}", { V: !GetAtt B.Arn }]]
`.replace(' ${V}"', '"'),
  );
  expect(stack.resources.get('D')!.dependsOn).toEqual(['A', 'B', 'C']);
});

test('every nested path has its place in the template, also for values out of a parameter', () => {
  const stack = resolved(
    `
Parameters:
  Groups: { Type: CommaDelimitedList, Default: "a,b" }
Conditions:
  Never: !Equals [1, 2]
Resources:
  A:
    Type: T
    Properties:
      Groups: !Ref Groups
      Rules:
        - !Ref AWS::NoValue
        - Port: 22
          Cidr: !If
            - Never
            - 10.0.0.0/8
            - 0.0.0.0/0
`,
  );
  const places = [...stack.resources.get('A')!.positions].map(
    ([path, w]) => `${path} ${w.line}:${w.column}-${w.endLine}`,
  );
  expect(places.sort()).toEqual([
    'Groups 10:7-10',
    'Groups[0] 10:15-10',
    'Groups[1] 10:15-10',
    'Rules 11:7-17',
    'Rules[0] 13:11-17',
    'Rules[0].Cidr 14:11-17',
    'Rules[0].Port 13:11-13',
  ]);
});

const one = (property: string, more = '') =>
  `${more}\nResources:\n  A:\n    Type: T\n    Properties:\n      P: ${property}\n`;
const value = (property: string, more = '', parameters: ParameterValues = {}) =>
  (resolved(one(property, more), parameters).resources.get('A')!.properties as { P: unknown }).P;

test.each([
  ['Select takes its index as text too', '!Select ["1", [a, b]]', 'b'],
  ['Join prints numbers and booleans', '!Join ["-", [1, yes, 8.0]]', '1-true-8.0'],
  ['Split keeps empty pieces', '!Split [",", ",a,"]', ['', 'a', '']],
  ['Cidr computes IPv4 subnets', '!Cidr [10.0.0.0/22, 3, 8]', ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24']],
  ['Cidr computes IPv6 subnets', '!Cidr ["2001:db8::/56", 2, 64]', ['2001:db8::/64', '2001:db8:0:1::/64']],
  ['Base64 is of UTF-8', '!Base64 é', 'w6k='],
  ['ToJsonString leaves out NoValue', '{"Fn::ToJsonString": {a: [1, !Ref AWS::NoValue]}}', '{"a":[1]}'],
  ['NotificationARNs is an empty list', '!Ref AWS::NotificationARNs', []],
  ['StackId is the name of our stack', '!Ref AWS::StackId', 'acme/shop:infra/shop.yaml@dev'],
  ['a literal in Sub stays', '!Sub "${!A} $ {B} ${AWS::Region}"', '${A} $ {B} eu-west-1'],
  ['a Sub of a block', '!Sub |\n        a\n        ${AWS::Region}\n', 'a\neu-west-1\n'],
])('%s', (_name, property, expected) => {
  expect(value(property)).toEqual(expected);
});

test.each([
  ['a number is a number', '{ Type: Number, Default: 8080 }', {}, 8080],
  ['a number out of text', '{ Type: Number }', { X: '8080' }, 8080],
  ['a boolean for a text', '{ Type: String }', { X: true }, 'true'],
  ['a list of numbers', '{ Type: List<Number> }', { X: [1, 2] }, [1, 2]],
  ['a pattern that ignores case', '{ Type: String, AllowedPattern: "(?i)ab+" }', { X: 'ABB' }, 'ABB'],
  ['a comma-delimited list is trimmed', '{ Type: CommaDelimitedList }', { X: 'a , b' }, ['a', 'b']],
  [
    'a list of ids',
    '{ Type: List<AWS::EC2::Subnet::Id> }',
    { X: 'subnet-1a,subnet-2b' },
    ['subnet-1a', 'subnet-2b'],
  ],
  ['an account id keeps its zero', '{ Type: String, Default: 012345678901 }', {}, '012345678901'],
  [
    'a stored list',
    '{ Type: AWS::SSM::Parameter::Value<List<String>>, Default: /shop/network }',
    {},
    ['core'],
  ],
  ['a secret', '{ Type: String, NoEcho: true }', { X: 'hunter2' }, { $slipway: 'parameter', name: 'X' }],
  [
    'a list of secrets',
    '{ Type: CommaDelimitedList, NoEcho: true }',
    { X: 'a,b' },
    { 'Fn::Split': [',', { $slipway: 'parameter', name: 'X' }] },
  ],
] as [string, string, ParameterValues, unknown][])('parameter: %s', (_name, declaration, given, expected) => {
  expect(value('!Ref X', `Parameters:\n  X: ${declaration}`, given)).toEqual(expected);
});

test('a condition may look at a secret parameter; its text is nowhere in the stack', () => {
  const text = one(
    '!If [Default, a, !Ref X]',
    'Parameters: { X: { Type: String, NoEcho: yes } }\nConditions: { Default: !Equals [!Ref X, none] }',
  );
  expect(
    JSON.stringify(resolved(text, { X: 'hunter2' }), (_k, v) => (v instanceof Map ? [...v] : v)),
  ).not.toContain('hunter2');
  expect(resolved(text, { X: 'none' }).resources.get('A')!.properties).toEqual({ P: 'a' });
});

test.each([
  ['a missing value', '{ Type: String }', {}, ["1:15 template-parameter The parameter 'X' has no value"]],
  [
    'an unknown parameter',
    '{ Type: String, Default: a }',
    { Y: 1 },
    ["p 1:1 template-parameter The template has no parameter 'Y'"],
  ],
  [
    'a value that is not allowed',
    '{ Type: String, AllowedValues: [a, b] }',
    { X: 'c' },
    ["1:15 template-parameter The parameter 'X' cannot be 'c': it is one of a, b"],
  ],
  [
    'a secret that is not allowed is not shown',
    '{ Type: String, NoEcho: true, AllowedPattern: "[a-z]+" }',
    { X: 'hunter2' },
    ["1:15 template-parameter The parameter 'X' does not match '[a-z]+'"],
  ],
  [
    'a short text',
    '{ Type: String, MinLength: 3 }',
    { X: 'ab' },
    ["1:15 template-parameter The parameter 'X' must be at least 3 characters long"],
  ],
  [
    'no number',
    '{ Type: Number }',
    { X: 'ab' },
    ["1:15 template-parameter The parameter 'X' must be a number, not 'ab'"],
  ],
  [
    'a number too large',
    '{ Type: Number, MaxValue: 3 }',
    { X: 4 },
    ["1:15 template-parameter The parameter 'X' must be at most 3"],
  ],
  [
    'a list for one value',
    '{ Type: String }',
    { X: ['a'] },
    ["1:15 template-parameter The parameter 'X' takes one value, not a list"],
  ],
  [
    'the wrong kind of id',
    '{ Type: List<AWS::EC2::Subnet::Id> }',
    { X: 'subnet-1a,vpc-2b' },
    [
      "1:15 template-parameter The parameter 'X' must be a List<AWS::EC2::Subnet::Id> such as subnet-0123456789abcdef0, not 'vpc-2b'",
    ],
  ],
  [
    'a stored value that is not there',
    '{ Type: AWS::SSM::Parameter::Value<String>, Default: /no }',
    {},
    ["1:71 cloud-unresolved There is no SSM parameter '/no'"],
  ],
  [
    'a pattern that takes for ever',
    '{ Type: String, AllowedPattern: "(a+)+" }',
    { X: `${'a'.repeat(40)}!` },
    ["1:15 template-parameter The parameter 'X' has an AllowedPattern that takes too long to match: '(a+)+'"],
  ],
] as [string, string, ParameterValues, string[]][])(
  'parameter problem: %s',
  (_name, declaration, given, expected) => {
    expect(problems(one('!Ref X', `Parameters: { X: ${declaration} }`), given)).toEqual(expected);
  },
);

test.each([
  [
    'a dynamic reference to nothing',
    '"{{resolve:ssm:/no}}"',
    "6:10 cloud-unresolved There is no SSM parameter '/no'",
  ],
  ['an export that is not there', '!ImportValue no', "6:10 cloud-unresolved No stack exports 'no'"],
  [
    'a region without zones',
    '!GetAZs mars-1',
    "6:10 cloud-unresolved There are no availability zones in the region 'mars-1'",
  ],
  [
    'an index past the list',
    '!Select [2, !Split [",", "a,b"]]',
    '6:10 template-intrinsic Fn::Select has the index 2, but the list has 2 items',
  ],
  [
    'subnets that do not fit',
    '!Cidr [10.0.0.0/24, 3, 7]',
    '6:10 template-intrinsic 10.0.0.0/24 has room for 2 subnets of /25, not for 3',
  ],
  [
    'a resource in itself',
    '!Ref A',
    '3:3 template-cycle Resources depend on one another in a circle: A -> A',
  ],
  [
    'an unknown service',
    '"{{resolve:vualt:x}}"',
    "6:10 template-intrinsic There is no dynamic reference to 'vualt'",
  ],
])('%s', (_name, property, expected) => {
  expect(problems(one(property))).toEqual([expected]);
});

test('a reference to a resource that a condition removes is an error, a DependsOn is not', () => {
  const text = `
Conditions: { Never: !Equals [a, b] }
Resources:
  A: { Type: T, Condition: Never }
  B: { Type: T, DependsOn: A, Properties: { P: !Sub "x-\${A}" } }
`;
  expect(problems(text)).toEqual([
    "5:48 template-reference The resource 'A' is not there, because its condition 'Never' is false",
  ]);
});

test('a circle through the side of an Fn::If that is there is found', () => {
  const text = (when: string) => `
Conditions: { C: !Equals [a, ${when}] }
Resources:
  A: { Type: T, Properties: { P: !Ref B } }
  B: { Type: T, Properties: { P: !If [C, !Ref A, none] } }
`;
  expect(problems(text('a'))).toEqual([
    '4:3 template-cycle Resources depend on one another in a circle: A -> B -> A',
  ]);
  expect(problems(text('b'))).toEqual([]);
});
