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

test.each([
  [
    'over a parameter',
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
