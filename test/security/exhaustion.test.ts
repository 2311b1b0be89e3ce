/** A template that would keep the process busy or make it grow: it is refused, and that quickly. */
import { describe, expect, test } from 'vitest';
import { createMasker } from '../../src/secret/masker.ts';
import { resolveStack } from '../../src/stack/resolve.ts';
import { parseTemplate } from '../../src/template/parse.ts';
import { facts } from '../stack/facts.ts';

const nested = (depth: number, inner: string, wrap: (inside: string) => string): string =>
  depth === 0 ? inner : wrap(nested(depth - 1, inner, wrap));
const ten = (separator: string) => Array.from({ length: 10 }, () => '${a}').join(separator);

/** A VPC with this value in a tag, beside another VPC to refer to. */
const withTag = (value: string, more = '') => `${more}
Resources:
  Other: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.1.0.0/16 } }
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.0.0.0/16
      Tags: [{ Key: a, Value: ${value} }]
`;

const long = JSON.stringify(Array.from({ length: 20_000 }, (_, i) => `item ${i}`));

const bombs: readonly (readonly [string, string])[] = [
  [
    'a Sub inside of a Sub, ten times each, nine deep',
    withTag(nested(9, '"xxxxxxxxxx"', (a) => `{"Fn::Sub": ["${ten('')}", {"a": ${a}}]}`)),
  ],
  [
    'the same around a reference, which stays open',
    withTag(nested(9, '{"Ref": "Other"}', (a) => `{"Fn::Sub": ["${ten('-')}", {"a": ${a}}]}`)),
  ],
  ['Base64 of Base64, eighty deep', withTag(nested(80, '"xxxxxxxxxx"', (a) => `{"Fn::Base64": ${a}}`))],
  [
    'JSON of JSON, whose backslashes double',
    withTag(nested(40, '"\\""', (a) => `{"Fn::ToJsonString": [${a}]}`)),
  ],
  [
    'a long list out of a mapping, thousands of times',
    withTag(
      `!Join [",", [${Array.from({ length: 2000 }, () => '!Join [",", !FindInMap [M, a, b]]').join(', ')}]]`,
      `Mappings: { M: { a: { b: ${long} } } }`,
    ),
  ],
];

const resolved = (text: string) => {
  const { template, diagnostics } = parseTemplate(text, 't.yaml');
  expect(diagnostics).toEqual([]);
  const began = process.cpuUsage();
  const summaries = resolveStack(template!, { facts, parameters: {} }).diagnostics.map((d) => d.summary);
  return { summaries, ms: process.cpuUsage(began).user / 1000 };
};

describe('a text that would grow past all memory', () => {
  test.each(bombs)('%s', (_, text) => {
    const { summaries, ms } = resolved(text);
    expect(summaries).toEqual(['The functions of this template make too much text']);
    expect(ms).toBeLessThan(5000);
  });
});

describe('a regular expression that explodes', () => {
  const slow = '(a+)+$';
  const text = `${'a'.repeat(40)}!`;
  test('in each of two hundred parameters: all together take seconds, not half a minute', () => {
    const parameters = Array.from(
      { length: 200 },
      (_, i) => `  P${i}: { Type: String, AllowedPattern: "${slow}", Default: "${text}" }`,
    );
    const { summaries, ms } = resolved(withTag('x', `Parameters:\n${parameters.join('\n')}`));
    expect(summaries).toHaveLength(200);
    expect(summaries[199]).toContain('takes too long to match');
    expect(ms).toBeLessThan(8000);
  });

  test('for each of ten thousand items of a list: the time is for all of them', () => {
    // Short enough that each alone would pass within a tenth of a second.
    const items = Array.from({ length: 10_000 }, () => `${'a'.repeat(20)}!`).join(',');
    const more = `Parameters: { P: { Type: CommaDelimitedList, AllowedPattern: "${slow}|.*!", Default: "${items}" } }`;
    const { summaries, ms } = resolved(withTag('x', more));
    expect(summaries).toEqual([expect.stringContaining('takes too long to match')]);
    expect(ms).toBeLessThan(2000);
  });
});

describe('secrets without number, to break the masker that everything written goes through', () => {
  const random = (i: number) => `line ${i} of ${((i * 2654435761) % 2 ** 32).toString(36)}`;
  test('it goes on masking, and does not slow down', () => {
    const masker = createMasker();
    for (let n = 0; n < 20; n++) {
      masker.add(Array.from({ length: 50_000 }, (_, i) => random(n * 50_000 + i)).join('\n'));
    }
    masker.add('the secret of another');
    const began = process.cpuUsage();
    const shown = masker.mask(`${'a comment as long as can be\n'.repeat(2300)} the secret of another`);
    expect(shown).toContain('can be\n (secret)');
    expect(process.cpuUsage(began).user / 1000).toBeLessThan(500);
  });
});
