import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { typeSchemas as published } from '../../src/provider/schemas.ts';
import { findCircles } from '../../src/template/circles.ts';
import type { TypeSchemas } from '../../src/template/type-schema.ts';
import { checkTemplate } from '../../src/template/validate.ts';

const text = { type: 'string' } as const;
const typeSchemas: TypeSchemas = {
  'Test::Net::Vpc': {
    type: 'Test::Net::Vpc',
    properties: {
      Cidr: { type: 'string', pattern: '^[0-9./]+$', maxLength: 18, replaces: 'always' },
      Dns: { type: 'boolean' },
      Mtu: { type: 'integer', minimum: 576, maximum: 9001 },
      Ratio: { type: 'double' },
      Days: { type: 'integer', enum: [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400] },
      Tenancy: { type: 'string', enum: ['default', 'dedicated'] },
      Names: { type: 'list', items: text, maxLength: 2 },
      Labels: { type: 'map', items: text },
      Rules: { type: 'list', items: { type: { ref: 'Rule' } } },
      First: { type: { ref: 'Rule' } },
      Policy: { type: 'json' },
    },
    required: ['Cidr'],
    attributes: ['Arn', 'Endpoint.Port'],
    createOnly: ['Cidr'],
    conditionalCreateOnly: [],
    definitions: { Rule: { properties: { Port: { type: 'integer' }, Cidr: text }, required: ['Port'] } },
  },
  'Test::Net::Subnet': {
    type: 'Test::Net::Subnet',
    properties: { VpcId: text, Zone: text, Zones: { type: 'list', items: text } },
    required: [],
    attributes: [],
    createOnly: [],
    conditionalCreateOnly: [],
  },
};

/** `line:column code summary` of each problem, with the remedy after an arrow. */
function problems(template: string): string[] {
  return checkTemplate(template, 't.yaml', typeSchemas).diagnostics.map(
    (d) =>
      `${d.where?.line}:${d.where?.column} ${d.code} ${d.summary}${d.remedy === undefined ? '' : ` -> ${d.remedy}`}`,
  );
}

const vpc = (properties: string) => `Resources:
  Vpc:
    Type: Test::Net::Vpc
    Properties: {${properties}}
`;

test.each([
  ['coercions', 'Cidr: 10.0.0.0/8, Dns: "true", Mtu: "1500", Ratio: "0.5", Tenancy: default'],
  ['a number for a text', 'Cidr: 10'],
  ['nested types', 'Cidr: 1, Rules: [{Port: 1, Cidr: x}], First: {Port: "2"}, Labels: {a: b, c: 1}'],
  ['anything in a document', 'Cidr: 1, Policy: {a: [{b: c}]}'],
  ['a dynamic reference for a number', 'Cidr: 1, Mtu: "{{resolve:ssm:/mtu}}"'],
  ['a function for what it gives', 'Cidr: !Join ["", [a]], Names: !Split [",", a], Mtu: !Select [0, [1]]'],
  ['a property that a condition removes', 'Cidr: 1, Dns: !Ref AWS::NoValue'],
])('%s is fine', (_name, properties) => {
  expect(problems(vpc(properties))).toEqual([]);
});

test.each([
  [
    'an unknown property',
    'Cidr: 1, Dsn: true',
    "4:27 template-unknown-property Test::Net::Vpc has no property 'Dsn' -> Did you mean Dns?",
  ],
  [
    'an unknown nested property',
    'Cidr: 1, Rules: [{Port: 1, Cdir: x}]',
    "4:45 template-unknown-property Rules has no property 'Cdir' -> Did you mean Cidr?",
  ],
  [
    'a missing property',
    'Dns: true',
    "4:17 template-missing-property Test::Net::Vpc needs the property 'Cidr' -> Add Cidr",
  ],
  [
    'a missing nested property',
    'Cidr: 1, First: {Cidr: x}',
    "4:34 template-missing-property First needs the property 'Port' -> Add Port",
  ],
  [
    'a required property that is NoValue',
    'Cidr: !Ref AWS::NoValue',
    "4:17 template-missing-property Test::Net::Vpc needs the property 'Cidr' -> Add Cidr",
  ],
  ['no boolean', 'Cidr: 1, Dns: maybe', "4:32 template-property-type Dns must be true or false, not 'maybe'"],
  ['no integer', 'Cidr: 1, Mtu: 1.5', "4:32 template-property-type Mtu must be a whole number, not '1.5'"],
  ['no number', 'Cidr: 1, Ratio: half', "4:34 template-property-type Ratio must be a number, not 'half'"],
  ['a list for a text', 'Cidr: [a]', '4:24 template-property-type Cidr must be text, not a list'],
  ['a text for a list', 'Cidr: 1, Names: a', '4:34 template-property-type Names must be a list, not text'],
  [
    'a mapping in a list of texts',
    'Cidr: 1, Names: [{a: b}]',
    '4:35 template-property-type Names must be text, not a mapping',
  ],
  [
    'a list for a mapping',
    'Cidr: 1, Labels: [a]',
    '4:35 template-property-type Labels must be a mapping, not a list',
  ],
  [
    'a text for a nested type',
    'Cidr: 1, First: a',
    '4:34 template-property-type First must be a mapping, not text',
  ],
  [
    'nothing',
    'Cidr: 1, Dns: ~',
    '4:32 template-property-type Dns has no value -> Give it one, or remove the key',
  ],
  [
    'a number that is not among many, and the nearest ones',
    'Cidr: 1, Days: 8',
    "4:33 template-property-value Days cannot be '8' -> The nearest that are allowed are 5 and 7",
  ],
  [
    'a value outside the list',
    'Cidr: 1, Tenancy: dedicate',
    "4:36 template-property-value Tenancy cannot be 'dedicate' -> Did you mean dedicated?",
  ],
  ['a number too small', 'Cidr: 1, Mtu: 1', '4:32 template-property-value Mtu must be at least 576, not 1'],
  [
    'a number too large',
    'Cidr: 1, Mtu: 9002',
    '4:32 template-property-value Mtu must be at most 9001, not 9002',
  ],
  [
    'a text that does not match',
    'Cidr: ten',
    "4:24 template-property-value Cidr cannot be 'ten' -> It must match ^[0-9./]+$",
  ],
  [
    'a text too long',
    'Cidr: 100.100.100.100/1000',
    '4:24 template-property-value Cidr must be at most 18 characters long, and has 20',
  ],
  [
    'too many items',
    'Cidr: 1, Names: [a, b, c]',
    '4:34 template-property-value Names must have at most 2 items, and has 3',
  ],
  [
    'a list function for a text',
    'Cidr: !GetAZs ""',
    '4:24 template-property-type Cidr must be one value, and Fn::GetAZs gives a list here',
  ],
  [
    'a text function for a list',
    'Cidr: 1, Names: !Sub a',
    '4:34 template-property-type Names must be a list, and Fn::Sub gives one value here -> Put it in a list: [...]',
  ],
])('%s is an error at its place', (_name, properties, expected) => {
  expect(problems(vpc(properties))).toEqual([expected]);
});

test('an unknown type says what was meant', () => {
  expect(problems('Resources:\n  A: { Type: Test::Net::Sbunet }\n')).toEqual([
    "2:14 template-unknown-type The resource type 'Test::Net::Sbunet' is unknown -> Did you mean Test::Net::Subnet?",
  ]);
});

test('a type of CloudFormation that is not supported is not taken for a slip of the hand', () => {
  expect(problems('Resources:\n  A: { Type: Test::Net::VpcLink }\n')).toEqual([
    "2:14 template-unknown-type Slipway does not support 'Test::Net::VpcLink' -> docs/resource-types.md lists the types that it supports",
  ]);
});

test('a type whose required property is not there, because no properties are', () => {
  expect(problems('Resources:\n  A: { Type: Test::Net::Vpc }\n')).toEqual([
    '2:3 template-missing-property A has no Cidr -> Test::Net::Vpc needs it',
  ]);
});

const parameter = (properties: string) => `Parameters:
  Size: {${properties}}
Resources:
  Vpc: { Type: Test::Net::Vpc, Properties: { Cidr: 1, Policy: !Ref Size } }
`;

test.each([
  ['Type: String, Default: x, AllowedValues: [a, b]', "cannot be 'x': it is one of a, b"],
  ['Type: String, Default: a1, AllowedPattern: "[a-z]"', "does not match '[a-z]': 'a1'"],
  ['Type: Number, Default: 5, MaxValue: 3', 'must be at most 3'],
  ['Type: Number, Default: many', "must be a number, not 'many'"],
  ['Type: String, Default: abcd, MaxLength: 3', 'must be at most 3 characters long'],
  ['Type: CommaDelimitedList, Default: "a,x", AllowedValues: [a, b]', "cannot be 'x': it is one of a, b"],
  ['Type: String, NoEcho: true, Default: x, AllowedValues: [a, b]', 'has a value that is not allowed'],
])(
  'a default that breaks the constraints, {%s}, is an error wherever the value comes from',
  (given, said) => {
    expect(problems(parameter(given)).map((one) => one.replace(/^2:\d+ /, ''))).toEqual([
      `template-parameter The default of the parameter 'Size' ${said}`,
    ]);
  },
);

test.each(['Type: String, Default: a, AllowedValues: [a, b]', 'Type: "AWS::EC2::VPC::Id", Default: ""'])(
  'a default that keeps to them, {%s}, is none',
  (given) => {
    expect(problems(parameter(given))).toEqual([]);
  },
);

test('an output is one text', () => {
  const outputs = 'Outputs:\n  A: { Value: [a] }\n  B: { Value: { a: b } }\n  C: { Value: !Ref Vpc }\n';
  expect(problems(`${vpc('Cidr: 1')}${outputs}`)).toEqual([
    "6:15 template-property-type An output is text, not a list -> Make it one text: !Join [',', [...]]",
    "7:15 template-property-type An output is text, not a mapping -> Make it one text: !Join [',', [...]]",
  ]);
});

/** One subnet with the given zone, beside a VPC, parameters, a mapping and conditions. */
const subnet = (zone: string) => `Parameters:
  Stage: { Type: String, Default: dev }
  Zones: { Type: CommaDelimitedList, Default: a }
Mappings: { Sizes: { dev: { size: s } } }
Conditions: { IsDev: !Equals [!Ref Stage, dev] }
Resources:
  Vpc: { Type: Test::Net::Vpc, Properties: { Cidr: 1 } }
  Subnet:
    Type: Test::Net::Subnet
    Properties:
      Zone: ${zone}
`;

test.each([
  [
    'a dangling Ref',
    '!Ref Vcp',
    "11:18 template-reference There is no parameter or resource 'Vcp' -> Did you mean Vpc?",
  ],
  [
    'an unknown pseudo parameter',
    '!Ref AWS::Regoin',
    "11:18 template-reference There is no pseudo parameter 'AWS::Regoin' -> Did you mean AWS::Region?",
  ],
  [
    'a dangling GetAtt',
    '!GetAtt Vcp.Arn',
    "11:21 template-reference There is no resource 'Vcp' -> Did you mean Vpc?",
  ],
  [
    'an attribute of a parameter',
    '!GetAtt Stage.Arn',
    "11:21 template-reference There is no resource 'Stage' -> Stage is a parameter, and has no attributes: write !Ref Stage",
  ],
  [
    'an unknown attribute',
    '!GetAtt Vpc.Anr',
    "11:21 template-reference Test::Net::Vpc has no attribute 'Anr' -> Did you mean Arn?",
  ],
  [
    'a dangling variable',
    '!Sub "a-${Vcp}"',
    "11:21 template-reference There is no parameter or resource 'Vcp' -> Did you mean Vpc?",
  ],
  [
    'a dangling attribute in a Sub',
    '!Sub a-${Vpc.Prot}',
    "11:20 template-reference Test::Net::Vpc has no attribute 'Prot' -> It has Arn, Endpoint.Port",
  ],
  [
    'a dangling variable in a block',
    '!Sub |\n        a\n        ${Vcp}',
    "13:1 template-reference There is no parameter or resource 'Vcp' -> Did you mean Vpc?",
  ],
  [
    'a variable with a space',
    '!Sub "${a b}"',
    "11:19 template-intrinsic Fn::Sub has no variable of the name 'a b' -> Write ${!a b} for a plain ${a b}",
  ],
  [
    'an unknown mapping',
    '!FindInMap [Size, dev, size]',
    "11:25 template-reference There is no mapping 'Size' -> Did you mean Sizes?",
  ],
  [
    'an unknown first key',
    '!FindInMap [Sizes, deb, size]',
    "11:32 template-reference The mapping Sizes has no key 'deb' -> Did you mean dev?",
  ],
  [
    'an unknown second key',
    '!FindInMap [Sizes, dev, sise]',
    "11:37 template-reference The mapping Sizes has no key 'sise' under dev -> Did you mean size?",
  ],
  [
    'an unknown condition',
    '!If [IsDve, a, b]',
    "11:18 template-reference There is no condition 'IsDve' -> Did you mean IsDev?",
  ],
  [
    'a list where one value belongs',
    '!Ref Zones',
    '11:13 template-property-type Zone must be one value, and Ref gives a list here',
  ],
  [
    'a condition function outside',
    '!Equals [a, b]',
    '11:13 template-intrinsic Fn::Equals cannot stand outside Conditions',
  ],
  [
    'a Join of one',
    '!Join [a]',
    "11:13 template-intrinsic Fn::Join takes a delimiter and a list -> For example !Join [',', [a, b]]",
  ],
  [
    'a Join of a text',
    '!Join [a, b]',
    "11:13 template-intrinsic Fn::Join takes a list as its second argument -> For example !Join [',', [a, b]]",
  ],
  [
    'a Select past its list',
    '!Select [2, [a, b]]',
    "11:13 template-intrinsic Fn::Select has the index 2, but a list of 2 -> For example !Select [0, !GetAZs '']",
  ],
  [
    'a Select by name',
    '!Select [a, [a, b]]',
    "11:13 template-intrinsic Fn::Select takes a whole number from 0 as its index -> For example !Select [0, !GetAZs '']",
  ],
  [
    'an If of two',
    '!If [IsDev, a]',
    '11:13 template-intrinsic Fn::If takes a condition, a value and another value -> For example !If [IsProduction, a, b]',
  ],
  [
    'a GetAtt without an attribute',
    '!GetAtt Vpc',
    '11:13 template-intrinsic Fn::GetAtt takes a logical id and an attribute -> For example !GetAtt Vpc.CidrBlock',
  ],
  [
    'an import that waits for a resource',
    '!ImportValue { "Fn::Sub": "x-${Vpc}" }',
    "11:42 template-reference The name of an export cannot refer to the resource 'Vpc' -> It must be known before anything is created: use parameters",
  ],
  [
    'both sides of an If',
    '!If [IsDev, !Ref A, !Ref B]',
    "11:30 template-reference There is no parameter or resource 'A'",
  ],
])('%s is an error at its place', (_name, zone, expected) => {
  expect(problems(subnet(zone))[0]).toEqual(expected);
});

test.each([
  [
    'DependsOn nothing',
    'Resources:\n  A: { Type: Test::Net::Subnet, DependsOn: [Other] }\n',
    "2:45 template-reference There is no resource 'Other' to depend on",
  ],
  [
    'an unknown condition of a resource',
    'Resources:\n  A: { Type: Test::Net::Subnet, Condition: C }\n',
    "2:44 template-reference There is no condition 'C' -> Declare it in Conditions",
  ],
  [
    'a condition that refers to a resource',
    'Conditions: { C: !Equals [!Ref A, a] }\nResources:\n  A: { Type: Test::Net::Subnet }\n',
    "1:32 template-reference A condition cannot refer to the resource 'A' -> It must be known before anything is created: use parameters",
  ],
  [
    'a condition that is none',
    'Conditions: { C: yes }\nResources:\n  A: { Type: Test::Net::Subnet }\n',
    '1:18 template-intrinsic A condition must be a condition function, not a boolean -> Use one of Condition, Fn::And, Fn::Equals, Fn::Not, Fn::Or',
  ],
  [
    'conditions in a circle',
    'Conditions:\n  C: !Not [Condition: D]\n  D: !Not [!Condition C]\nResources:\n  A: { Type: Test::Net::Subnet }\n',
    '2:12 template-cycle Conditions depend on one another in a circle: C -> D -> C -> Remove one of these references',
  ],
  [
    'GetAtt in a condition',
    'Conditions: { C: !Equals [!GetAtt A.B, a] }\nResources:\n  A: { Type: Test::Net::Subnet }\n',
    '1:27 template-intrinsic Fn::GetAtt cannot stand in a condition',
  ],
  [
    'an output of nothing',
    'Resources:\n  A: { Type: Test::Net::Subnet }\nOutputs: { O: { Value: !Ref Other } }\n',
    "3:29 template-reference There is no parameter or resource 'Other'",
  ],
  [
    'an export named after a resource',
    'Resources:\n  A: { Type: Test::Net::Subnet }\nOutputs: { O: { Value: a, Export: { Name: !Ref A } } }\n',
    "3:48 template-reference The name of an export cannot refer to the resource 'A' -> It must be known before anything is created: use parameters",
  ],
  [
    'a resource that needs itself',
    'Resources:\n  A: { Type: Test::Net::Subnet, Properties: { Zone: !Ref A } }\n',
    '2:58 template-cycle A depends on itself -> Remove one of these references',
  ],
])('%s is an error at its place', (_name, template, expected) => {
  expect(problems(template)[0]).toEqual(expected);
});

test('a circle is named whole, with the place of each step', () => {
  const { diagnostics } = checkTemplate(
    `Resources:
  A: { Type: Test::Net::Subnet, DependsOn: B }
  B: { Type: Test::Net::Subnet, Properties: { Zone: !Sub "x-\${C}" } }
  C: { Type: Test::Net::Subnet, Properties: { Zone: !Ref A } }
  D: { Type: Test::Net::Subnet, Properties: { Zone: !Ref C } }
`,
    't.yaml',
    typeSchemas,
  );
  expect(diagnostics).toMatchObject([
    {
      code: 'template-cycle',
      summary: 'Resources depend on one another in a circle: A -> B -> C -> A',
      detail: 'A needs B at t.yaml:2:44; B needs C at t.yaml:3:61; C needs A at t.yaml:4:58',
      where: { line: 2, column: 44 },
    },
  ]);
});

test('what is wrong with the sections does not hide what is wrong with the properties', () => {
  expect(
    problems(`Rsources: {}\n${vpc('Cidr: 1, Dsn: 1')}Output: {}\n`).map((p) =>
      p.split(' ').slice(0, 2).join(' '),
    ),
  ).toEqual(['1:1 template-section', '5:27 template-unknown-property', '6:1 template-section']);
});

const fixtures = new URL('../fixtures/templates/', import.meta.url);
test.each(readdirSync(fixtures))('%s is valid by the published schemas', (name) => {
  const template = readFileSync(new URL(name, fixtures), 'utf8');
  expect(checkTemplate(template, name, published).diagnostics).toEqual([]);
});

test('a graph without circles has none, and one more edge backwards makes one', () => {
  const size = 12;
  const edge = fc.tuple(fc.nat(size - 1), fc.nat(size - 1));
  const graph = (edges: readonly (readonly [number, number])[]) => {
    const needs = new Map(Array.from({ length: size }, (_, i) => [String(i), new Set<string>()]));
    for (const [from, to] of edges) needs.get(String(from))!.add(String(to));
    return needs;
  };
  fc.assert(
    fc.property(fc.array(edge), edge, (edges, [a, b]) => {
      const forward = edges.filter(([from, to]) => from < to);
      expect(findCircles(graph(forward))).toEqual([]);
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const circles = findCircles(graph([...forward, [low, high], [high, low]]));
      expect(circles.length).toBeGreaterThan(0);
      const needs = graph([...forward, [low, high], [high, low]]);
      for (const circle of circles) {
        expect(circle.every((name, i) => needs.get(name)!.has(circle[(i + 1) % circle.length]!))).toBe(true);
      }
    }),
  );
});

test('a chain as long as a template exhausts no stack', () => {
  const chain = new Map(Array.from({ length: 20_000 }, (_, i) => [`r${i}`, [`r${i + 1}`]]));
  expect(findCircles(chain)).toEqual([]);
  chain.set('r20000', ['r0']);
  expect(findCircles(chain)[0]).toHaveLength(20_001);
});
