import { expect, test } from 'vitest';
import { resolveStack } from '../../src/stack/resolve.ts';
import { parseTemplate } from '../../src/template/parse.ts';
import { facts } from '../stack/facts.ts';
import { threadTime } from '../thread-time.ts';

function resolved(text: string) {
  const { template, diagnostics } = parseTemplate(text, 't.yaml');
  expect(diagnostics).toEqual([]);
  return resolveStack(template!, { facts, parameters: {} }).stack!;
}

function problems(text: string) {
  return parseTemplate(text, 't.yaml').diagnostics.map(
    (d) => `${d.where?.line}:${d.where?.column} ${d.code} ${d.summary}`,
  );
}

test('a loop makes resources, properties and outputs, and loops nest', () => {
  const stack = resolved(`
Transform: AWS::LanguageExtensions
Resources:
  Vpc: { Type: T }
  Fn::ForEach::Subnets:
    - Zone
    - [a, b]
    - Subnet\${Zone}:
        Type: T
        DependsOn: Vpc
        Properties:
          Zone: !Sub "\${AWS::Region}\${Zone}"
          Name: !Ref Zone
          Fn::ForEach::Tags:
            - Key
            - [x.y, z]
            - "Tag&{Key}": "\${Key} of \${Zone}"
Outputs:
  Fn::ForEach::Ids:
    - Zone
    - [a, b]
    - Id\${Zone}: { Value: !Ref "Subnet\${Zone}" }
      Arn\${Zone}: { Value: !GetAtt [!Sub "Subnet\${Zone}", Arn] }
`);
  expect(stack.resources.get('Subnetb')).toMatchObject({
    properties: { Zone: 'eu-west-1b', Name: 'b', Tagxy: 'x.y of b', Tagz: 'z of b' },
    dependsOn: ['Vpc'],
    where: { line: 8, column: 7 },
  });
  expect([...stack.resources.keys()]).toEqual(['Vpc', 'Subneta', 'Subnetb']);
  expect([...stack.outputs.values()].map(({ name, value }) => [name, value])).toEqual([
    ['Ida', { Ref: 'Subneta' }],
    ['Arna', { 'Fn::GetAtt': ['Subneta', 'Arn'] }],
    ['Idb', { Ref: 'Subnetb' }],
    ['Arnb', { 'Fn::GetAtt': ['Subnetb', 'Arn'] }],
  ]);
});

const overParameter = (declaration: string) => `
Parameters:
  Zones: ${declaration}
Resources:
  Fn::ForEach::Subnets: [Zone, !Ref Zones, { "Subnet\${Zone}": { Type: T } }]
  Vpc: { Type: T }
`;

test.each([
  [
    'the value that the environment gives',
    '{ Type: CommaDelimitedList }',
    { Zones: 'a, b' },
    'Subneta Subnetb Vpc',
  ],
  [
    'a list in the parameter file',
    '{ Type: CommaDelimitedList }',
    { Zones: ['a', 'b'] },
    'Subneta Subnetb Vpc',
  ],
  ['its default', '{ Type: CommaDelimitedList, Default: "x,y" }', {}, 'Subnetx Subnety Vpc'],
  ['numbers', '{ Type: List<Number>, Default: "1,2" }', {}, 'Subnet1 Subnet2 Vpc'],
])('a loop over a parameter goes over %s', (_, declaration, values, expected) => {
  const { template, diagnostics } = parseTemplate(overParameter(declaration), 't.yaml', values);
  expect(diagnostics).toEqual([]);
  expect([...template!.resources.keys()].join(' ')).toBe(expected);
  expect(template!.loopsOver).toEqual(new Set(['Zones']));
});

test.each([
  [
    'without a value',
    '{ Type: CommaDelimitedList }',
    "template-parameter Fn::ForEach goes over the parameter 'Zones', which has no value",
  ],
  [
    'of one text',
    '{ Type: String, Default: a }',
    "template-unsupported Fn::ForEach over the parameter 'Zones', which is of the type 'String', is not supported",
  ],
  [
    'that is stored',
    '{ Type: "AWS::SSM::Parameter::Value<CommaDelimitedList>", Default: a }',
    "template-unsupported Fn::ForEach over the parameter 'Zones', which is of the type 'AWS::SSM::Parameter::Value<CommaDelimitedList>', is not supported",
  ],
  [
    'that is secret',
    '{ Type: CommaDelimitedList, NoEcho: true, Default: a }',
    "template-unsupported Fn::ForEach over the parameter 'Zones' would write its secret values into names",
  ],
])('a loop over a parameter %s is an error at its place', (_, declaration, expected) => {
  expect(problems(overParameter(declaration))).toEqual([`5:32 ${expected}`]);
});

test.each([
  [
    'over what is no parameter',
    'Fn::ForEach::L: [X, !Ref P, { "A${X}": { Type: T } }]',
    '2:23 template-unsupported Fn::ForEach over Ref is not supported',
  ],
  [
    'with too few parts',
    'Fn::ForEach::L: [X, [a]]',
    '2:3 template-intrinsic Fn::ForEach takes an identifier, a list, and a mapping to repeat',
  ],
  [
    'that makes a key twice',
    'Fn::ForEach::L: [X, [a, b], { A: { Type: T } }]',
    "2:33 template-duplicate-key Fn::ForEach makes the key 'A' a second time",
  ],
  [
    'over lists',
    'Fn::ForEach::L: [X, [[a]], { "A${X}": { Type: T } }]',
    '2:24 template-intrinsic Fn::ForEach can repeat over texts only',
  ],
])('a loop %s is an error at its place', (_name, loop, expected) => {
  expect(problems(`Resources:\n  ${loop}\n  B: { Type: T }\n`)).toEqual([expected]);
});

test('loops within loops are no bomb', () => {
  const items = `[${Array.from({ length: 30 }, (_, i) => `i${i}`).join(', ')}]`;
  const nested = ['A', 'B', 'C', 'D', 'E'].reduceRight(
    (body, id) => `{ "Fn::ForEach::${id}": [${id}, ${items}, ${body}] }`,
    '{ "R${A}${B}${C}${D}${E}": { Type: T } }',
  );
  const started = threadTime();
  expect(problems(`Resources: ${nested}\n`)).toEqual(
    expect.arrayContaining([expect.stringContaining('Fn::ForEach makes more than 100000 values')]),
  );
  expect(threadTime() - started).toBeLessThan(2000);
});
