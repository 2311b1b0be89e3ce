import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTemplate } from '../../src/template/parse.ts';
import { maximumTemplateBytes } from '../../src/template/read-nodes.ts';
import { threadTime } from '../thread-time.ts';

/** `line:column code summary` of each problem. */
function problems(text: string): string[] {
  return parseTemplate(text, 't.yaml').diagnostics.map(
    (d) => `${d.where?.line}:${d.where?.column} ${d.code} ${d.summary}`,
  );
}

const resources = 'Resources: { A: { Type: AWS::EC2::VPC } }\n';

test.each([
  [
    'bad YAML',
    'Resources:\n  A: [b\n',
    ['3:1 template-syntax A bracket is not closed, or what it holds is not indented'],
  ],
  [
    'a function in brackets without quotes',
    `Resources:\n  A: { Type: T, Properties: { N: !Sub a\${B}, C: d } }\n  E: { Type: T }\n`,
    ['2:41 template-syntax The value has ended before this'],
  ],
  [
    'two texts that go on after their quotes',
    'A: "b" c\nD: "e" f\n',
    [
      '1:8 template-syntax The value has ended before this',
      '2:8 template-syntax The value has ended before this',
    ],
  ],
  ['a tab', 'Resources:\n\tA: b\n', ['2:1 template-syntax A tab is used to indent']],
  ['bad JSON', '{"Resources": {"A": }', ['1:22 template-syntax Flow map must end with a }']],
  [
    'a duplicate key',
    `${resources}Outputs: {}\nOutputs: {}\n`,
    ["3:1 template-duplicate-key The key 'Outputs' is already on line 2"],
  ],
  [
    'a duplicate resource',
    'Resources:\n  A: { Type: T }\n  A: { Type: T }\n',
    ["3:3 template-duplicate-key The key 'A' is already on line 2"],
  ],
  [
    'a duplicate key in JSON',
    '{"Resources": {"A": {"Type": "T"}, "A": {"Type": "T"}}}',
    ["1:36 template-duplicate-key The key 'A' is already on line 1"],
  ],
  [
    'the reserved key, however deep',
    'Resources:\n  A:\n    Type: T\n    Properties:\n      P: [{ $slipway: secret }]\n',
    ["5:13 template-syntax The key '$slipway' is reserved for Slipway itself"],
  ],
  [
    'the reserved key beside an alias',
    'Resources:\n  A:\n    Type: T\n    Properties: &p { $slipway: secret }\n  B: { Type: T, Properties: *p }\n',
    ["4:22 template-syntax The key '$slipway' is reserved for Slipway itself"],
  ],
  [
    'a prototype key',
    `${resources}Metadata: { __proto__: 1 }\n`,
    ["2:13 template-syntax The key '__proto__' is reserved for Slipway itself"],
  ],
  [
    'a merge key',
    'Resources:\n  A: &a { Type: T }\n  B: { <<: *a }\n',
    [
      '3:3 template-section Resource B has no Type',
      "3:8 template-section A resource has no key '<<'",
      '3:8 template-unsupported YAML merge keys (<<) are not supported, by CloudFormation neither',
    ],
  ],
  [
    'two documents',
    `${resources}---\na: b\n`,
    ['2:1 template-syntax The file holds more than one YAML document'],
  ],
  ['nothing', '', ['1:1 template-syntax The file is empty']],
  ['only a comment', '# to do\n', ['1:1 template-syntax The file is empty']],
  ['a list', '- a\n', ['1:1 template-section A template must be a mapping, not a list']],
  ['no resources', 'Description: x\n', ['1:1 template-section The template has no resources']],
  [
    'an unknown section',
    `${resources}Ressources: {}\n`,
    ["2:1 template-section There is no template section 'Ressources'"],
  ],
  [
    'a wrong version',
    `AWSTemplateFormatVersion: 2010-09-10\n${resources}`,
    ['1:27 template-section AWSTemplateFormatVersion has only one value'],
  ],
  [
    'a macro',
    `Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]\n${resources}`,
    ["1:38 template-unsupported The transform 'AWS::Serverless-2016-10-31' is not supported"],
  ],
  [
    'Fn::Transform',
    'Resources:\n  A:\n    Type: T\n    Properties:\n      Fn::Transform: { Name: AWS::Include }\n',
    [
      '5:7 template-unsupported Fn::Transform is not supported',
      '5:7 template-section Properties must be a mapping, not Fn::Transform',
    ],
  ],
  [
    'a nested stack',
    'Resources:\n  A:\n    Type: AWS::CloudFormation::Stack\n',
    ['3:11 template-unsupported Nested stacks (AWS::CloudFormation::Stack) are not supported'],
  ],
  [
    'a custom resource',
    'Resources:\n  A:\n    Type: Custom::Thing\n',
    ['3:11 template-unsupported Custom resources (Custom::Thing) are not supported'],
  ],
  ['hooks', `${resources}Hooks: {}\n`, ['2:1 template-unsupported Hooks are not supported']],
  ['a resource without a type', 'Resources:\n  A: {}\n', ['2:3 template-section Resource A has no Type']],
  [
    'a key that resources do not have',
    'Resources:\n  A:\n    Type: T\n    Property: {}\n',
    ["4:5 template-section A resource has no key 'Property'"],
  ],
  [
    'a logical id with a dash',
    'Resources:\n  a-b: { Type: T }\n',
    ["2:3 template-section The resource name 'a-b' is not made of letters and digits only"],
  ],
  [
    'a wrong deletion policy',
    'Resources:\n  A:\n    Type: T\n    DeletionPolicy: Retian\n',
    ["4:21 template-section DeletionPolicy cannot be 'Retian'"],
  ],
  [
    'a wrong DependsOn',
    'Resources:\n  A:\n    Type: T\n    DependsOn: [!Ref B]\n',
    ['4:17 template-section DependsOn takes logical ids, not Ref'],
  ],
  [
    'an unknown tag',
    'Resources:\n  A:\n    Type: T\n    Properties: { P: !Reff B }\n',
    ["4:22 template-intrinsic There is no tag '!Reff'"],
  ],
  [
    'an unknown function',
    'Resources:\n  A:\n    Type: T\n    Properties: { P: { Fn::Jion: [] } }\n',
    ["4:24 template-intrinsic There is no intrinsic function 'Fn::Jion'"],
  ],
  [
    'a function beside other keys',
    'Resources:\n  A:\n    Type: T\n    Properties: { P: { Fn::Sub: a, b: c } }\n',
    ['4:24 template-intrinsic Fn::Sub stands beside other keys'],
  ],
  [
    'an unknown parameter type',
    `Parameters:\n  P: { Type: Strin }\n${resources}`,
    ["2:14 template-section There is no parameter type 'Strin'"],
  ],
  [
    'a parameter without a type',
    `Parameters:\n  P: {}\n${resources}`,
    ['2:3 template-section Parameter P has no Type'],
  ],
  [
    'a list as a default',
    `Parameters:\n  P: { Type: CommaDelimitedList, Default: [a] }\n${resources}`,
    ['2:43 template-section Default must be text or a number, not a list'],
  ],
  [
    'a length for a number',
    `Parameters:\n  P: { Type: Number, MaxLength: 3 }\n${resources}`,
    ['2:22 template-section MaxLength means nothing for a parameter of type Number'],
  ],
  [
    'a bad pattern',
    `Parameters:\n  P: { Type: String, AllowedPattern: "[" }\n${resources}`,
    ['2:38 template-section AllowedPattern is not a regular expression'],
  ],
  [
    'an output without a value',
    `${resources}Outputs: { O: { Export: { Name: n } } }\n`,
    ['2:12 template-section Output O has no Value'],
  ],
  [
    'a mapping with a function',
    `${resources}Mappings: { M: { a: { b: !Ref C } } }\n`,
    ['2:26 template-section A mapping holds plain values only, not Ref'],
  ],
  [
    'a YAML tag',
    `${resources}Metadata: { A: !!binary aGk= }\n`,
    ["2:25 template-unsupported The YAML tag 'binary' is not supported"],
  ],
  [
    'an alias in itself',
    `${resources}Metadata: &a { b: *a }\n`,
    ["2:19 template-syntax The alias '*a' stands inside what it names"],
  ],
])('%s is an error at its place', (_name, text, expected) => {
  expect(problems(text)).toEqual(expected);
  expect(parseTemplate(text, 't.yaml').template).toBeUndefined();
});

test('rules are let pass with a warning', () => {
  const { template, diagnostics } = parseTemplate(
    `${resources}Rules: { R: { Assertions: [{ Assert: !Contains [[a], a] }] } }\n`,
    't.yaml',
  );
  expect(template).toBeDefined();
  expect(diagnostics).toMatchObject([
    { severity: 'warning', code: 'template-unsupported', where: { line: 2 } },
  ]);
});

test('a remedy says what was meant', () => {
  const { diagnostics } = parseTemplate(
    'Resouces: {}\nResources: { A: { Type: T, Propertys: {} } }\n',
    't.yaml',
  );
  expect(diagnostics.map((d) => d.remedy)).toEqual(['Did you mean Resources?', 'Did you mean Properties?']);
});

test('an alias bomb is refused, and fast', () => {
  const levels = Array.from(
    { length: 12 },
    (_, i) => `  l${i + 1}: &l${i + 1} [${Array(10).fill(`*l${i}`).join(', ')}]`,
  );
  const started = threadTime();
  expect(problems(`Metadata:\n  l0: &l0 [a]\n${levels.join('\n')}\n${resources}`)).toEqual([
    '6:22 template-syntax The aliases of this text stand for more than 10000 values',
  ]);
  expect(threadTime() - started).toBeLessThan(1000);
});

test('aliases that are no bomb are read', () => {
  const { template } = parseTemplate(
    'Metadata: { Tags: &tags [a] }\nResources: { A: { Type: T, Properties: { Tags: *tags } } }\n',
    't.yaml',
  );
  expect(template?.resources.get('A')?.properties?.entries.get('Tags')?.value).toMatchObject({
    kind: 'list',
  });
});

test('a text of five megabytes is refused before it is read', () => {
  const started = threadTime();
  expect(problems(resources.repeat(125_000))).toEqual([
    `1:1 template-too-large The text is larger than ${maximumTemplateBytes} bytes`,
  ]);
  expect(threadTime() - started).toBeLessThan(50);
});

test.each([
  ['brackets', (n: number) => `Metadata: { a: ${'['.repeat(n)}${']'.repeat(n)} }\n${resources}`],
  [
    'blocks',
    (n: number) =>
      `Metadata:\n${Array.from({ length: n }, (_, i) => `${' '.repeat(i + 1)}a:\n`).join('')}${resources}`,
  ],
  ['dashes', (n: number) => `Metadata:\n  a:\n  ${'- '.repeat(n)}a\n${resources}`],
])('nesting of %s is limited', (_name, nested) => {
  expect(problems(nested(90))).toEqual([]);
  expect(problems(nested(120))).toMatchObject([expect.stringContaining('nested more than 100 deep')]);
  expect(problems(nested(1000))).toMatchObject([expect.stringContaining('nested more than 100 deep')]);
});

test.each(['[', '{', '- ', '? ', ',', '[,\t', '!a ', '%a\n', '\n', '#\n', '&a b, ', '*a, ', '[{', ': '])(
  'a megabyte of %j holds nobody up',
  (piece) => {
    const started = threadTime();
    expect(problems(piece.repeat(Math.floor(1_000_000 / piece.length))).length).toBeGreaterThan(0);
    expect(threadTime() - started).toBeLessThan(3000);
  },
);

test('a long list is a list, however unusually it is written', () => {
  const items = Array.from({ length: 3000 }, (_, i) => `  - !Ref A # ${i}\n`).join('');
  const empty = '  -\n'.repeat(100);
  expect(
    problems(
      `${resources}Outputs:\n  O:\n    Description: >\n      folded\n    Value:\n${items.replaceAll('  -', '    -')}Metadata:\n  M:\n${empty}`,
    ),
  ).toEqual([]);
});

test('Windows line ends change no place and no value', () => {
  const text = 'Resources:\n  A:\n    Type: T\n    Properties:\n      P: !Sub |\n        a\n        b\n';
  const [unix, windows] = [text, text.replaceAll('\n', '\r\n')].map(
    (t) => parseTemplate(t, 't.yaml').template,
  );
  expect(windows).toEqual(unix);
  expect(windows).toBeDefined();
});

test.each([
  ['yes', true],
  ['Off', false],
  ['on', true],
  ['y', 'y'],
  ['null', null],
  ['012345678901', '012345678901'],
  ['000000000001', '000000000001'],
  ['017', '017'],
  ['123456789012', 123456789012],
  ['12345678901234567890', '12345678901234567890'],
  ['1_000', 1000],
  ['0x10', 16],
  ['0o17', '0o17'],
  ['1.10', '1.10'],
  ['1.5', 1.5],
  ['-3', -3],
  ['+491234', '+491234'],
  ['1e3', '1e3'],
  ['22:22', '22:22'],
  ['.5', '.5'],
  ['2010-09-09', '2010-09-09'],
  ['"yes"', 'yes'],
  ["'1'", '1'],
])('the scalar %s', (text, expected) => {
  const { template } = parseTemplate(`Resources: { A: { Type: T, Properties: { P: ${text} } } }\n`, 't.yaml');
  expect(template?.resources.get('A')?.properties?.entries.get('P')?.value).toMatchObject({
    kind: 'scalar',
    value: expected,
  });
});

test.each([
  ['!GetAtt A.B.C', ['A', 'B.C']],
  ['!GetAtt [A, B]', ['A', 'B']],
  ['!GetAtt [A, B, C]', ['A', 'B.C']],
  ['{ "Fn::GetAtt": "A.B" }', ['A', 'B']],
  ['{ Fn::GetAtt: [A, B.C] }', ['A', 'B.C']],
])('%s is one form of GetAtt', (text, expected) => {
  const { template } = parseTemplate(`Resources: { A: { Type: T, Properties: { P: ${text} } } }\n`, 't.yaml');
  const node = template?.resources.get('A')?.properties?.entries.get('P')?.value;
  expect(node).toMatchObject({
    kind: 'intrinsic',
    name: 'Fn::GetAtt',
    argument: { items: expected.map((value) => ({ value })) },
  });
});

test('a value knows where it stands, from its tag to its end', () => {
  const { template } = parseTemplate(
    'Resources:\n  A:\n    Type: T\n    Properties:\n      P: !Join ["", [a,\n        b]] # c\n',
    'infra/t.yaml',
  );
  expect(template?.resources.get('A')?.properties?.entries.get('P')?.value.where).toEqual({
    file: 'infra/t.yaml',
    line: 5,
    column: 10,
    endLine: 6,
    endColumn: 12,
  });
});

test('any text at all is read or refused, never thrown at', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.json({ maxDepth: 4 }),
    fc
      .array(
        fc.constantFrom(
          'Resources',
          'Parameters',
          ':',
          ' ',
          '\n',
          '\n  ',
          '- ',
          '!Ref ',
          '!Sub',
          '"',
          '{',
          '}',
          '[',
          ']',
          '&a ',
          '*a',
          '|',
          '>',
          'Type',
          'A',
          ',',
        ),
        { maxLength: 40 },
      )
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (input) => {
      const { template, diagnostics } = parseTemplate(input, 't.yaml');
      expect(template === undefined).toBe(diagnostics.some((d) => d.severity === 'error'));
    }),
    { numRuns: 2000 },
  );
});

const anything = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5 },
    fc.string({ maxLength: 5 }),
    fc.integer(),
    fc.constant(null),
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(
      fc.constantFrom(
        'Ref',
        'Fn::Sub',
        'Fn::If',
        'Fn::GetAtt',
        'Type',
        'Properties',
        'Default',
        'Condition',
        'A',
        'Export',
        'Name',
        'Value',
        'DependsOn',
      ),
      tie('node'),
      { maxKeys: 3 },
    ),
  ),
})).node;

test('any shape of sections is read or refused, never thrown at', () => {
  const sections = fc.dictionary(
    fc.constantFrom(
      'Resources',
      'Parameters',
      'Outputs',
      'Conditions',
      'Mappings',
      'Metadata',
      'Transform',
      'Rules',
    ),
    anything,
  );
  fc.assert(
    fc.property(sections, (template) => {
      parseTemplate(JSON.stringify(template), 't.json');
    }),
    { numRuns: 2000 },
  );
});
