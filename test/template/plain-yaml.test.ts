import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Diagnostic } from '../../src/base/diagnostic.ts';
import { readPlainYaml } from '../../src/template/read-plain-yaml.ts';
import { readYaml } from '../../src/template/read-yaml.ts';
import type { TemplateNode } from '../../src/template/template.ts';

const fixtures = new URL('../fixtures/templates/', import.meta.url);

/** What both readers must agree on: kinds, values, keys, and where each begins. The place of nothing is nowhere. */
function essence(node: TemplateNode | undefined): unknown {
  if (node === undefined) return 'nothing';
  if (node.kind === 'scalar' && (node.value === null || node.value === '')) return [node.value];
  const at = `${node.where.line}:${node.where.column}`;
  if (node.kind === 'scalar') return [at, node.value];
  if (node.kind === 'list') return [at, node.items.map(essence)];
  if (node.kind === 'intrinsic') return [at, node.name, essence(node.argument)];
  return [
    at,
    [...node.entries].map(([key, entry]) => [
      key,
      `${entry.keyWhere.line}:${entry.keyWhere.column}-${entry.keyWhere.endColumn}`,
      essence(entry.value),
    ]),
  ];
}

/**
 * Whether the text was plain; both readers must then say the same. Where the library only wants brackets further in,
 * which CloudFormation does not, it has nothing to compare.
 */
function agree(text: string): boolean {
  const plainFaults: Diagnostic[] = [];
  const plain = readPlainYaml(text, 't.yaml', plainFaults);
  if (plain === undefined) return false;
  const faults: Diagnostic[] = [];
  const node = readYaml(text, 't.yaml', faults);
  if (faults.some(({ summary }) => summary.startsWith('A bracket is not closed'))) return false;
  expect({ node: essence(plain), faults: plainFaults.map((d) => d.summary) }).toEqual({
    node: essence(node),
    faults: faults.map((d) => d.summary),
  });
  return true;
}

test.each([
  ['less far in than their key', 'a:\n  b: [\n {c: d},\n!Ref e\n]\n  f: 1\n'],
  ['as far in as their key', 'a:\n  b: [\n  {c: d},\n  !Ref e\n  ]\n  f: 1\n'],
])('brackets %s are read as CloudFormation reads them', (_name, text) => {
  const values = (yaml: string) =>
    JSON.stringify(essence(readPlainYaml(yaml, 't.yaml', []))).replace(/\d+:\d+(-\d+)?/g, '');
  expect(values(text)).toBe(values('a:\n  b: [{c: d}, !Ref e]\n  f: 1\n'));
});

test.each(readdirSync(fixtures))('%s is plain, and the yaml library reads it the same', (name) => {
  expect(agree(readFileSync(new URL(name, fixtures), 'utf8'))).toBe(true);
});

test.each([
  ['a mapping with a list at its own column', 'a:\n- 1\n- b: 2\n  c: 3\nd:\n'],
  ['nested compact lists', '- - a\n  - b\n- \n- c\n'],
  ['a tag before a block', 'a: !Join\n  - ""\n  - - x\n    - !Ref y\n'],
  ['a tag on a line of its own', 'a:\n  !Sub "x"\nb: 1'],
  ['a tag in brackets', 'a: [!Ref b, !GetAtt c.d, {e: !Sub "${f}"}]\n'],
  ['literal blocks, clipped and stripped', 'a: |\n  x\n\n   y\n\nb: |-\n    z\nc: 1\n'],
  ['a literal block at the end without a line end', 'a: |\n  x\n  y'],
  ['comments everywhere', '# one\n---\na: b # two\n  # three\n# four\nc: "#five" #six\nd: e#f\n'],
  ['keys with colons and dots', 'Fn::Sub: x\naws:SourceArn: y\n"a b": z\n'],
  ['values with colons', 'a: arn:aws:s3:::b\nb: 10:20\nc: http://d\n'],
  ['JSON', '{"a": {"b": [1, "c\\n\\u00e9", true, null, -1.5]},\n"d":"e",\n  "f": []}'],
  ['brackets over lines', 'a: [\n  b,\n  {c: d,\n   e: f},\n  ]\ng: {}\n'],
  ['a mapping of one in a list', 'a: !Not [Condition: b]\nc: [d: [e, f: g]]\n'],
  ['every kind of scalar', 'a: ~\nb: yes\nc: 012\nd: 8.0\ne: -5\nf: 0x1F\ng: 1_000\nh: 2010-09-09\n'],
  ['duplicate keys', 'a: 1\nb: {c: 1, c: 2}\na: 2\n'],
  ['a dash that is text', 'a: -b\nc: -1\n'],
  ['quotes within quotes', `a: 'it''s'\nb: "say \\"hi\\""\n`],
])('%s: plain, and the same', (_name, text) => {
  expect(agree(text)).toBe(true);
});

test.each([
  ['an anchor', 'a: &x 1\nb: *x\n'],
  ['a folded scalar', 'a: >\n  b\n  c\n'],
  ['a scalar over two lines', 'a: b\n  c\n'],
  ['a tab', 'a:\tb\n'],
  ['an explicit indent', 'a: |2\n   b\n'],
  ['a second document', 'a: 1\n---\nb: 2\n'],
  ['a mapping in a scalar', 'a: b: c\n'],
  ['a wrong indent', 'a:\n    b: 1\n  c: 2\n'],
  ['an unclosed quote', 'a: "b\n'],
  ['an unclosed bracket', 'a: [b\n'],
  ['Windows line ends', 'a: 1\r\nb: 2\r\n'],
])('%s is left to the yaml library', (_name, text) => {
  expect(readPlainYaml(text, 't.yaml', [])).toBeUndefined();
});

const pieces = fc.constantFrom(
  ...[
    'a',
    'b',
    'Ref',
    'Fn::Sub',
    '1',
    '012',
    '1.5',
    '~',
    'yes',
    ' ',
    '  ',
    '    ',
    '\n',
    '\n',
    '\n  ',
    '\n    ',
  ],
  ...[
    ': ',
    ':',
    '- ',
    '-',
    '# c\n',
    ' # c\n',
    '[',
    ']',
    '{',
    '}',
    ', ',
    ',',
    '"',
    "'",
    '""',
    "''",
    '"x y"',
    "'z'",
  ],
  ...[
    '!Ref ',
    '!Sub ',
    '!GetAtt',
    '|',
    '|-',
    '>',
    '&x',
    '*x',
    '? ',
    '---',
    '...',
    '%',
    '@',
    '\\n',
    '<<',
    '::',
  ],
);

test('on any text made of YAML tokens, a plain reading is the reading of the yaml library', () => {
  let plain = 0;
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 24 }), (parts) => {
      if (agree(parts.join(''))) plain++;
    }),
    { numRuns: 20_000 },
  );
  expect(plain).toBeGreaterThan(500);
});

const name = fc.constantFrom('a', 'b', 'Type', 'Fn::Join', 'aws:x', 'c d');
const leaf = fc.constantFrom(
  'x',
  '1',
  '"q: r"',
  "'s'",
  '!Ref t',
  '[u, !Sub "v"]',
  '{w: x}',
  '|\n      y\n       z',
  '',
  '# c',
  '-',
  ':',
);
const line = fc.tuple(fc.constantFrom(0, 2, 4, 6), fc.constantFrom('', '- ', '- - '), fc.option(name), leaf);

test('on any lines of keys and items, a plain reading is the reading of the yaml library', () => {
  let plain = 0;
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), (lines) => {
      const text = lines.map(
        ([indent, dash, key, value]) =>
          `${' '.repeat(indent)}${dash}${key === null ? '' : `${key}: `}${value}\n`,
      );
      if (agree(text.join(''))) plain++;
    }),
    { numRuns: 20_000 },
  );
  expect(plain).toBeGreaterThan(500);
});
