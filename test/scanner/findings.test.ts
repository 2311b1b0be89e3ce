import { describe, expect, test } from 'vitest';
import type { SourceRange } from '../../src/base/source.ts';
import { withExceptions } from '../../src/policy/exceptions.ts';
import { findingsFrom } from '../../src/scanner/findings.ts';
import { done, type Hit } from '../../src/scanner/scanner.ts';
import { type Weights, weightOf } from '../../src/scanner/weights.ts';
import { threadTime } from '../thread-time.ts';
import { file, network, planOf, textOf, weights } from './texts.ts';

const created = planOf({ Vpc: 'create', Spare: 'none' });
const places: Readonly<Record<string, SourceRange>> = {
  'Vpc.': { file, line: 4, column: 3 },
  'Vpc.CidrBlock': { file, line: 7, column: 7 },
};
const positions = (logicalId: string, path: string) =>
  places[`${logicalId}.${path}`] ?? places[`${logicalId}.`];
const vpc = '{ Type: "AWS::EC2::VPC" }';
const ids = Array.from({ length: 5_000 }, (_, i) => `Vpc${i}`);
const hit = (more: Partial<Hit>): Hit => ({ rule: 'E1', message: 'wrong', level: 'error', ...more });

function found(
  more: Partial<Hit>,
  {
    text = network,
    plan = created,
    ...own
  }: Partial<Weights> & { text?: string; plan?: typeof created } = {},
) {
  const setting = { weights: { ...weights, ...own }, plan, template: textOf(text), positions };
  return findingsFrom({ kind: 'done', hits: [hit(more)] }, setting)[0];
}

describe('where a finding is', () => {
  test.each<[string, Partial<Hit>, object]>([
    [
      'a line is of the resource that it is in',
      { at: { line: 7 } },
      { logicalId: 'Vpc', type: 'AWS::EC2::VPC', where: { file, line: 7, column: 1 } },
    ],
    [
      'a line elsewhere is of what stands there',
      { at: { line: 2 } },
      { logicalId: 'Parameters.Range', type: 'Template' },
    ],
    ['what has no line is of the file', {}, { logicalId: file }],
    [
      'a line that is not there is the last one',
      { at: { line: 9_999_999, column: 9_999 } },
      { where: { file, line: 11, column: 29 } },
    ],
    [
      'nor is there one before the first',
      { at: { line: -3, column: 0 } },
      { where: { file, line: 1, column: 1 } },
    ],
    [
      'a resource and a property have their place',
      { logicalId: 'Vpc', path: 'CidrBlock' },
      { logicalId: 'Vpc', path: 'CidrBlock', where: { line: 7 } },
    ],
    [
      'what is deeper than the template has it of what is above',
      { logicalId: 'Vpc', path: 'CidrBlock.Part[2]' },
      { where: { line: 7 } },
    ],
    ['a resource that there is not is the file', { logicalId: 'Nothing' }, { logicalId: file }],
  ])('%s', (_, more, expected) => {
    expect(found(more)).toMatchObject(expected);
  });

  test('in a template of one line the column tells', () => {
    const text = JSON.stringify({
      Resources: { A: { Type: 'AWS::EC2::VPC', Properties: {} }, Vpc: { Type: 'AWS::EC2::VPC' } },
    });
    expect(found({ at: { line: 1, column: text.indexOf('"Vpc"') + 1 } }, { text })).toMatchObject({
      logicalId: 'Vpc',
    });
  });
});

describe('how much a finding weighs', () => {
  test.each<[string, Partial<Hit>, Partial<Weights>, object | undefined]>([
    ['as the scanner does', {}, {}, { enforcement: 'mandatory', severity: 'high' }],
    ['as its rule does', {}, { rules: { E1: 'advisory', 'E*': 'overridable' } }, { enforcement: 'advisory' }],
    [
      'as rules that begin like it',
      { rule: 'E17' },
      { rules: { 'E*': 'advisory', 'E1*': 'overridable' } },
      { enforcement: 'overridable' },
    ],
    ['nothing, where it is ignored', {}, { rules: { 'E*': 'ignore' } }, undefined],
    [
      "its level as the operator's severity",
      { level: 'note' },
      { severity: { ...weights.severity, note: 'critical' } },
      { severity: 'critical' },
    ],
    ['its own severity before that', { severity: 'low' }, {}, { severity: 'low' }],
  ])('%s', (_, more, own, expected) => {
    const finding = found({ at: { line: 7 }, ...more }, own);
    if (expected) expect(finding).toMatchObject(expected);
    else expect(finding).toBeUndefined();
  });

  const spare = { at: { line: 11 } };
  test('it is advice at a resource that the plan leaves alone', () => {
    expect(found(spare)).toMatchObject({
      logicalId: 'Spare',
      enforcement: 'advisory',
      message: expect.stringContaining('does not touch'),
    });
    expect(found(spare, { untouched: 'block' })?.enforcement).toBe('mandatory');
    expect(found(spare, { plan: planOf({ Spare: 'update' }) })?.enforcement).toBe('mandatory');
    expect(found({ ...spare, ofTemplate: true })?.enforcement).toBe('mandatory');
  });

  test('what an alias repeats elsewhere weighs in full: its line may be of another resource', () => {
    const text = network
      .replace('      CidrBlock: 10.1.0.0/16', '      &range\n      CidrBlock: 10.1.0.0/16')
      .replace('    Properties:\n      CidrBlock: !Ref Range', '    Properties: *range');
    // An alias comes after its anchor.
    const swapped = `Resources:\n${text.slice(text.indexOf('  Spare:'))}${text.slice(text.indexOf('  Vpc:'), text.indexOf('  Spare:'))}`;
    expect(textOf(swapped).hasAliases).toBe(true);
    expect(found({ at: { line: 6 } }, { text: swapped })).toMatchObject({
      logicalId: 'one of Spare and their aliases',
      enforcement: 'mandatory',
    });
  });

  test.each([
    ['a line of both', `{ Resources: { Vpc: ${vpc}, Spare: ${vpc} } }`, 1],
    ['an alias of it', `Resources:\n  Vpc: &vpc\n    ${vpc.slice(2, -2)}\n  Spare: *vpc\n`, 3],
  ])('an exception of one resource is not for what is found of another at %s', (_, text, line) => {
    const one = found({ at: { line } }, { text, enforcement: 'overridable' })!;
    const exception = {
      policy: one.policy,
      resource: 'Vpc',
      until: '2099-01-01',
      reason: 'old',
      by: 'reviewer',
    };
    expect(withExceptions([one], created, [exception], '2026-11-22T00:00:00Z')).toEqual([one]);
  });

  test('a line of a loop is of all that it makes', () => {
    const text = `Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Vpcs:
    - Name
    - [Spare, Vpc]
    - "\${Name}": { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }
`;
    expect(found({ at: { line: 6 } }, { text })).toMatchObject({
      logicalId: 'one of Spare, Vpc',
      enforcement: 'mandatory',
    });
    expect(
      found({ at: { line: 6 } }, { text, plan: planOf({ Spare: 'none', Vpc: 'none' }) })?.enforcement,
    ).toBe('advisory');
  });
});

test('ids hold nothing that a command or the settings could not', () => {
  expect(found({ rule: 'a b/c`@x\n' })?.policy).toBe('tool/a-b-c--x-');
  expect(found({ rule: '' })?.policy).toBe('tool/unnamed');
  expect(found({ rule: 'x'.repeat(500) })?.policy).toHaveLength('tool/'.length + 100);
});

test('what is said twice is told once', () => {
  const setting = { weights, plan: created, template: textOf(network), positions };
  expect(findingsFrom({ kind: 'done', hits: [hit({}), hit({})] }, setting)).toHaveLength(1);
});

test.each([
  ['of many lines', `${'\n'.repeat(500_000)}${network}`, 500_004],
  ['of many resources in one line', `{ Resources: { ${ids.map((id) => `${id}: ${vpc}`).join()} } }`, 1],
])('hits in a template %s take little time', (_, text, line) => {
  const template = textOf(text);
  const plan = planOf(Object.fromEntries(ids.map((id) => [id, 'create'])));
  const hits = Array.from({ length: 1_000 }, (_, i) => hit({ message: `${i}`, at: { line } }));
  const start = threadTime();
  expect(findingsFrom(done(hits), { weights, plan, template, positions })).toHaveLength(1_000);
  expect(threadTime() - start).toBeLessThan(6_000);
});

test('texts are cut', () => {
  const long = done([hit({ message: 'x'.repeat(5_000), title: 'y'.repeat(5_000), remedy: ' mend it\n' })]);
  expect(long).toMatchObject({
    hits: [
      {
        message: expect.stringMatching(/^x{999}…$/),
        title: expect.stringMatching(/^y{199}…$/),
        remedy: 'mend it',
      },
    ],
  });
});

describe('a tool that failed', () => {
  const failing = (rules: Weights['rules']) =>
    findingsFrom(
      { kind: 'failed', reason: 'It broke', remedy: 'Mend it' },
      { weights: { ...weights, rules }, plan: created, template: textOf(network), positions },
    );

  test('weighs as the scanner does, and no exception lifts it', () => {
    expect(failing({})).toMatchObject([
      {
        policy: 'tool/failed',
        enforcement: 'mandatory',
        code: 'policy-evaluation',
        message: 'tool could not judge it: It broke',
      },
    ]);
  });

  test('weighs otherwise only where the operator says so', () => {
    expect(failing({ failed: 'advisory' })).toMatchObject([{ enforcement: 'advisory' }]);
  });

  test.each<[string, Weights['rules'], Weights['enforcement']]>([
    ['a single rule that blocks', { E3012: 'mandatory' }, 'mandatory'],
    ['several rules that block', { 'E*': 'overridable', W1: 'ignore' }, 'overridable'],
    ['a rule among many that are passed over', { '*': 'ignore', E3012: 'overridable' }, 'overridable'],
    ['nothing that blocks', { '*': 'ignore', loops: 'mandatory' }, 'advisory'],
  ])('weighs as what it may have missed: %s', (_, rules, enforcement) => {
    for (const rule of ['failed', 'switched-off'])
      expect(weightOf({ ...weights, enforcement: 'advisory', rules }, rule)).toBe(enforcement);
  });
});
