import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/policy/finding.ts';
import { suggestionFor, suggestionText } from '../../src/review/suggestion.ts';
import { openSsh } from './plans.ts';

const file = 'infra/shop.yaml';

/** A group's rule, or whatever else stands in its properties. */
const template = (...properties: string[]) => `Resources:
  Web:
    Type: AWS::EC2::Instance
    Properties:
${properties.map((line) => `      ${line}`).join('\n')}
  Other: { Type: AWS::EC2::Instance, Properties: { ImageId: ami-1 } }
`;

const suggest = (path: string, fix: Finding['fix'], text: string, logicalId = 'Web') =>
  suggestionFor(
    { path, logicalId, where: { file, line: 1, column: 1 }, ...(fix === undefined ? {} : { fix }) },
    text,
  );

const owner = { add: { Key: 'owner', Value: 'acme/shop' } };
const tokens = 'MetadataOptions.HttpTokens';
const cidr = 'SecurityGroupIngress[1].CidrIp';

describe('a change of one line that mends a finding', () => {
  test.each<[string, string, Finding['fix'], string[], number, string[]]>([
    [
      'another value',
      tokens,
      'required',
      ['MetadataOptions:', '  HttpTokens: optional'],
      6,
      ['        HttpTokens: required'],
    ],
    [
      'the quotes stay',
      tokens,
      'required',
      ['MetadataOptions:', "  HttpTokens: 'optional' # for now"],
      6,
      ["        HttpTokens: 'required' # for now"],
    ],
    [
      'inside of a line',
      tokens,
      'required',
      ['MetadataOptions: { HttpTokens: optional, HttpEndpoint: enabled }'],
      5,
      ['      MetadataOptions: { HttpTokens: required, HttpEndpoint: enabled }'],
    ],
    [
      'one of several alike on a line',
      cidr,
      '10.0.0.0/8',
      ['SecurityGroupIngress: [{ CidrIp: 0.0.0.0/0 }, { CidrIp: 0.0.0.0/0 }]'],
      5,
      ['      SecurityGroupIngress: [{ CidrIp: 0.0.0.0/0 }, { CidrIp: 10.0.0.0/8 }]'],
    ],
    [
      'a property that is missing',
      tokens,
      'required',
      ['ImageId: ami-1'],
      5,
      ['      MetadataOptions: { HttpTokens: required }', '      ImageId: ami-1'],
    ],
    [
      'one that is missing further in',
      tokens,
      'required',
      ['MetadataOptions:', '  HttpEndpoint: enabled'],
      6,
      ['        HttpTokens: required', '        HttpEndpoint: enabled'],
    ],
    [
      'a first tag',
      'Tags',
      owner,
      ['ImageId: ami-1'],
      5,
      ['      Tags: [{ Key: owner, Value: acme/shop }]', '      ImageId: ami-1'],
    ],
    [
      'a tag among others, below one another',
      'Tags',
      owner,
      ['Tags:', '  - Key: Name', '    Value: !Sub "${AWS::StackName}-web"'],
      6,
      ['        - { Key: owner, Value: acme/shop }', '        - Key: Name'],
    ],
    [
      'a tag among others, at the margin of its list',
      'Tags',
      owner,
      ['Tags:', '- { Key: Name, Value: web }'],
      6,
      ['      - { Key: owner, Value: acme/shop }', '      - { Key: Name, Value: web }'],
    ],
    [
      'a tag in a line of them',
      'Tags',
      owner,
      ['Tags: [{ Key: Name, Value: web }] # all'],
      5,
      ['      Tags: [{ Key: owner, Value: acme/shop }, { Key: Name, Value: web }] # all'],
    ],
    [
      'a tag in brackets that go over several lines',
      'Tags',
      owner,
      ['Tags: [', '  { Key: Name, Value: web }]'],
      5,
      ['      Tags: [{ Key: owner, Value: acme/shop },'],
    ],
    [
      'a tag in an empty list',
      'Tags',
      owner,
      ['Tags: []'],
      5,
      ['      Tags: [{ Key: owner, Value: acme/shop }]'],
    ],
    ['what is no text', 'Monitoring', true, ['Monitoring: false'], 5, ['      Monitoring: true']],
  ])('%s', (_, path, fix, lines, line, after) => {
    const text = template(...lines);
    expect(suggest(path, fix, text)).toEqual({ path: file, line, before: text.split('\n')[line - 1], after });
  });

  test('a tag for a resource without properties', () => {
    const text =
      'Resources:\n  Gate:\n    Type: AWS::EC2::InternetGateway # to the world\n    DeletionPolicy: Delete\n';
    expect(suggest('Tags', owner, text, 'Gate')).toMatchObject({
      line: 3,
      after: [
        '    Type: AWS::EC2::InternetGateway # to the world',
        '    Properties:',
        '      Tags: [{ Key: owner, Value: acme/shop }]',
      ],
    });
  });

  test.each([
    ['the value that all others give it', '"007"', '"007"', '"007"'],
    ['its own where they differ', 'shop-team', 'web-team', 'acme/shop'],
    ['its own where a function gives it', '!Ref Team', 'shop-team', 'acme/shop'],
  ])('a tag gets %s', (_, one, other, value) => {
    const text = `${template('ImageId: ami-1')}${[one, other]
      .map(
        (of, i) => `  R${i}: { Type: AWS::EC2::VPC, Properties: { Tags: [{ Key: owner, Value: ${of} }] } }\n`,
      )
      .join('')}`;
    expect(suggest('Tags', owner, text)?.after[0]).toBe(`      Tags: [{ Key: owner, Value: ${value} }]`);
  });

  test('a tag in a template in JSON', () => {
    const text =
      '{ "Resources": { "Web": { "Type": "AWS::EC2::VPC", "Properties": {\n"Tags": [{ "Key": "a", "Value": "b" }]\n} } } }';
    const [after] = suggest('Tags', owner, text)!.after;
    expect(JSON.parse(`{${after}}`).Tags).toEqual([owner.add, { Key: 'a', Value: 'b' }]);
  });

  test('a template in JSON keeps its quotes', () => {
    const text =
      '{ "Resources": { "Web": { "Type": "AWS::EC2::VPC", "Properties": {\n"Tenancy": "a"\n} } } }';
    expect(suggest('Tenancy', 'b', text)?.after).toEqual(['"Tenancy": "b"']);
    expect(suggest('Other', 'b', text)).toBeUndefined();
  });

  test.each<[string, string, string[], boolean?]>([
    ['a function gives the value', tokens, ['MetadataOptions: { HttpTokens: !Ref Tokens }']],
    ['an alias gives it to others as well', 'A', ['A: &a optional', 'B: *a']],
    [
      'the mapping is written in one line and has no such key',
      tokens,
      ['MetadataOptions: { HttpEndpoint: enabled }'],
    ],
    ['the value goes over several lines', 'A', ['A: >-', '  one', '  two']],
    ['a function gives the tags', 'Tags', ['Tags: !If [A, [], []]'], true],
    ['tags are no list', 'Tags', ['Tags: { a: b }'], true],
    ['the line could hide something', 'A', ['A: optional # \u202e']],
  ])('none where %s', (_, path, lines, isTag) => {
    expect(suggest(path, isTag ? owner : 'required', template(...lines))).toBeUndefined();
  });

  test('none without a value, for another resource, or in a text that is no template', () => {
    expect(suggest('ImageId', undefined, template('ImageId: a'))).toBeUndefined();
    expect(suggest('ImageId', 'b', template('ImageId: a'), 'Nobody')).toBeUndefined();
    expect(suggest('ImageId', 'b', 'Resources: [')).toBeUndefined();
  });

  test('is fenced so that no line of the template can end it, and names nobody', () => {
    const text = template('A: optional # ```` @acme/infra');
    const suggestion = suggest('A', 'required', text)!;
    const comment = suggestionText({ ...openSsh, message: 'Ask @acme/infra <b>now</b>' }, suggestion);
    expect(comment).toContain('\n`````suggestion\n      A: required # ```` @acme/infra\n`````');
    expect(comment).toContain('Ask `@acme/infra` &lt;b&gt;now&lt;/b&gt;');
  });
});
