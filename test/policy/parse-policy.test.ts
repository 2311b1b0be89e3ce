import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { formatDiagnostic } from '../../src/base/diagnostic.ts';
import { loadPack, parsePolicy, selectPacks } from '../../src/policy/parse-policy.ts';
import { policyFileSchema } from '../../src/policy/policy-file.ts';
import { proofKey } from '../../src/policy/proved.ts';
import { scan } from '../../src/policy/scan.ts';
import { threadTime } from '../thread-time.ts';
import { changeOf, planOf, policyText } from './policy-text.ts';

const lines = (...text: string[]) => `${text.join('\n')}\n`;

const good = lines(
  'id: small-disks',
  'title: Disks are small',
  'severity: medium',
  'enforcement: overridable',
  'match:',
  '  types: [Test::Disk]',
  'deny: after.Size > 100',
  'message: The disk has ${{ after.Size }} GiB',
  'remedy: Ask for less.',
  'examples:',
  '  pass:',
  '    - { type: Test::Disk, properties: { Size: 1 } }',
  '  fail:',
  '    - { type: Test::Disk, properties: { Size: 1000 } }',
);

function said(text: string): string[] {
  const { policy, diagnostics } = parsePolicy(text, 'policies/p.yaml');
  expect(policy === undefined).toBe(diagnostics.length > 0);
  return diagnostics.map(formatDiagnostic);
}

test('a policy that is right has no diagnostics', () => {
  expect(said(good)).toEqual([]);
});

describe('what is wrong is said with its line and column', () => {
  test.each([
    [
      'a key that does not exist',
      'severity: medium',
      'severty: medium',
      '3:1',
      "There is no key 'severty' in a policy",
      "Did you mean 'severity'?",
    ],
    [
      'a key inside that does not exist',
      '  types:',
      '  type: [X]\n  types:',
      '6:3',
      "There is no key 'type' in match",
      "Did you mean 'types'?",
    ],
    [
      'a key of an example that does not exist',
      'properties: { Size: 1 }',
      'propertys: {}',
      '12:27',
      "There is no key 'propertys' in examples.pass[0]",
      "Did you mean 'properties'?",
    ],
    [
      'a value that is not one of them',
      'severity: medium',
      'severity: midium',
      '3:11',
      "'severity' cannot be 'midium'",
      "Did you mean 'medium'?",
    ],
    [
      'a key that is missing',
      'remedy: Ask for less.\n',
      '',
      '1:1',
      "'remedy' is missing",
      'Every policy needs it',
    ],
    [
      'no failing example',
      '  fail:\n    - { type: Test::Disk, properties: { Size: 1000 } }\n',
      '  fail: []\n',
      '13:9',
      "'examples.fail' is not valid",
      '',
    ],
    [
      'an id in capitals',
      'id: small-disks',
      'id: SmallDisks',
      '1:5',
      "'id' is not valid",
      'use lower-case words joined by hyphens',
    ],
    [
      'a key twice',
      'severity: medium',
      'severity: medium\nseverity: low',
      '4:1',
      'Map keys must be unique',
      '',
    ],
    ['a tag of CloudFormation', 'Size: 1 }', 'Size: !Ref X }', '12:47', 'Unresolved tag: !Ref', ''],
    ['YAML that is none', 'match:', 'match: [', '7:1', 'not plain YAML', ''],
    [
      'an expression that is none',
      'after.Size > 100',
      'after.Size > > 100',
      '7:18',
      'The expression in deny is not valid',
      '',
    ],
    [
      'a variable that does not exist',
      'after.Size > 100',
      '"afer.Size > 100"',
      '7:8',
      "there is no variable 'afer'",
      "did you mean 'after'?",
    ],
    ['each without foreach', 'after.Size > 100', 'each > 100', '7:7', "there is no variable 'each'", ''],
    [
      'in a block, on its own line',
      'after.Size > 100',
      '|\n  after.Size > 100 &&\n    isPublcCidr(after.Range)',
      '9:5',
      "there is no function 'isPublcCidr'",
      "did you mean 'isPublicCidr'?",
    ],
    [
      'in a folded block',
      'after.Size > 100',
      '>-\n  after.Size > 100 &&\n  afer.Size',
      '9:3',
      "there is no variable 'afer'",
      '',
    ],
    [
      'in a value of the message',
      'after.Size }} GiB',
      'afterr.Size }} GiB',
      '8:27',
      "there is no variable 'afterr'",
      "did you mean 'after'?",
    ],
    [
      'a path that is none',
      'deny:',
      'foreach: Rules[0]\ndeny:',
      '7:10',
      "'foreach' is not valid",
      'use property names with [*]',
    ],
    [
      'a name of an element that is taken',
      'deny:',
      'foreach: Rules[after]\ndeny:',
      '7:10',
      "'foreach' cannot call an element 'after'",
      'Take another name.',
    ],
    [
      'a name of an element that is mistyped',
      'deny: after.Size > 100',
      'foreach: Rules[rule]\ndeny: rul.Size > 100',
      '8:7',
      "there is no variable 'rul'",
      "did you mean 'rule'?",
    ],
    [
      'a path for a type that is not looked at',
      'deny:',
      'foreach: { Test::Dusk: Rules }\ndeny:',
      '7:24',
      "'foreach' has a path for Test::Dusk, which match.types does not name",
      "Did you mean 'Test::Disk'?",
    ],
    [
      'no path for a type that is looked at',
      '  types: [Test::Disk]\n',
      '  types: [Test::Disk, Test::Tape]\nforeach: { Test::Disk: Rules }\n',
      '7:10',
      "'foreach' has no path for Test::Tape",
      '',
    ],
  ])('%s', (_, from, to, place, summary, remedy) => {
    const [first] = said(good.replace(from, () => to));
    expect(first).toContain(`policies/p.yaml:${place}: error: `);
    expect(first).toContain('(policy-invalid)');
    expect(first).toContain(summary);
    expect(first).toContain(remedy);
  });

  test.each([
    ['an empty file', ''],
    ['a list', '- a\n'],
    ['two documents', `${good}---\n${good}`],
    [
      'a bomb of aliases',
      `a: &a [x, x]\n${'bcdefghij'.replace(/./g, (c) => `${c}: &${c} [${`*${String.fromCharCode(c.charCodeAt(0) - 1)},`.repeat(9)}]\n`)}`,
    ],
    ['100 kB of text', `# ${'x'.repeat(100_000)}\n${good}`],
  ])('%s', (_, text) => {
    const start = threadTime();
    expect(said(text)[0]).toMatch(/^policies\/p\.yaml:\d+:\d+: error: .*\(policy-invalid\)/);
    expect(threadTime() - start).toBeLessThan(1_000);
  });

  // Anybody may propose a policy, and everybody's work waits while its mistakes are explained.
  test.each([
    ['keys that nobody knows', (i: number) => `k${i}: 1\n`],
    ['examples with a key too many', () => `    - { type: A, properties: {}, propertys: 1 }\n`],
  ])('thousands of %s are explained in little time', (_, line) => {
    const text = good + Array.from({ length: 2_000 }, (_, i) => line(i)).join('');
    const start = threadTime();
    expect(said(text).length).toBeLessThanOrEqual(51);
    expect(threadTime() - start).toBeLessThan(2_000);
  });

  test('everything that is wrong is said at once', () => {
    const text = good.replace('severity: medium', 'severity: bad').replace('remedy:', 'remdy:');
    expect(said(text)).toHaveLength(2);
  });
});

describe('many files', () => {
  test('are sorted by id, and one that is wrong does not hide the others', () => {
    const { policies, diagnostics } = loadPack([
      { path: 'policies/b.yaml', text: policyText({ id: 'b' }) },
      { path: 'policies/wrong.yaml', text: policyText({ id: 'wrong', deny: '(' }) },
      { path: 'policies/a.yaml', text: policyText({ id: 'a' }) },
    ]);
    expect(policies.map((p) => p.id)).toEqual(['a', 'b']);
    expect(diagnostics.map((d) => d.where?.file)).toEqual(['policies/wrong.yaml']);
  });

  test('with one id twice are an error that names both', () => {
    const { policies, diagnostics } = loadPack([
      { path: 'org/b.yaml', text: policyText() },
      { path: 'app/a.yaml', text: policyText() },
    ]);
    expect(policies.map((p) => p.file)).toEqual(['app/a.yaml']);
    expect(diagnostics.map((d) => [d.code, d.where?.file, d.summary])).toEqual([
      ['policy-invalid', 'org/b.yaml', 'The id small-disks is used by app/a.yaml too'],
    ]);
  });

  test('apply by the packs that are named; those in no pack always do', () => {
    const { policies } = loadPack([
      { path: '1', text: policyText({ id: 'in-both', packs: ['strict'] }), pack: 'default' },
      { path: '2', text: policyText({ id: 'in-strict', packs: ['strict'] }) },
      { path: '3', text: policyText({ id: 'our-own' }) },
    ]);
    const selected = selectPacks(policies, ['default', 'defualt']);
    expect(selected.policies.map((p) => p.id)).toEqual(['in-both', 'our-own']);
    expect(selected.unknown).toEqual(['defualt']);
  });
});

describe('what was proved of a text', () => {
  const proofOf = (text: string, changes = {}) => ({
    [proofKey(text)]: { ...policyFileSchema.parse(parse(text)), ...changes },
  });
  const plan = planOf(changeOf({ Size: 1_000 }));
  const context = {
    stack: plan.stack,
    environment: 'prod',
    now: '2026-07-15T12:00:00Z',
    positions: () => undefined,
  };

  test('is what a full reading gives', () => {
    const text = policyText({ packs: ['strict'] });
    const taken = parsePolicy(text, 'p.yaml', 'default', proofOf(text)).policy!;
    const read = parsePolicy(text, 'p.yaml', 'default', {}).policy!;
    expect(JSON.stringify(taken)).toBe(JSON.stringify(read));
    expect(scan([taken], plan, context)).toEqual(scan([read], plan, context));
    expect(scan([taken], plan, context)).toHaveLength(1);
  });

  test('is nothing to a text with one character changed', () => {
    const text = policyText();
    const broken = text.replace('after.Size >', 'aftr.Size >');
    expect(parsePolicy(broken, 'p.yaml', undefined, proofOf(text)).diagnostics.map(formatDiagnostic)).toEqual(
      [expect.stringContaining("there is no variable 'aftr'")],
    );
  });

  test('and does not hold, counts as broken', () => {
    const text = policyText();
    const { policy } = parsePolicy(text, 'p.yaml', undefined, proofOf(text, { deny: 'aftr.Size > 100' }));
    expect(scan([policy!], plan, context)).toMatchObject([
      { policy: 'small-disks', enforcement: 'overridable', code: 'policy-evaluation' },
    ]);
  });
});
