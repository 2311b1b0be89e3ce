import { describe, expect, test } from 'vitest';
import { readSarif } from '../../src/scanner/sarif.ts';
import type { Hit } from '../../src/scanner/scanner.ts';

const name = 'template.yaml';
const run = (results: unknown, rules: unknown = [], more: object = {}) => ({
  tool: { driver: { name: 'tool', rules } },
  results,
  ...more,
});
const log = (...runs: unknown[]) => JSON.stringify({ version: '2.1.0', runs });
const at = (startLine: number, uri = name) => [
  { physicalLocation: { artifactLocation: { uri }, region: { startLine, startColumn: 3 } } },
];
const scan = (text: string) => readSarif(text, name).scanned;
const hits = (...runs: unknown[]): readonly Hit[] => {
  const scanned = scan(log(...runs));
  if (scanned.kind === 'failed') throw new Error(scanned.reason);
  return scanned.hits;
};
const one = { ruleId: 'E1', message: { text: 'wrong' } };

describe('of a result', () => {
  test('rule, message and place are read, and the words of its rule', () => {
    const rules = [
      {
        id: 'E1',
        shortDescription: { text: 'Be right' },
        help: { text: 'Mend it' },
        helpUri: 'https://rules',
      },
    ];
    expect(hits(run([{ ...one, level: 'error', locations: at(4) }], rules))).toEqual([
      {
        rule: 'E1',
        title: 'E1: Be right',
        message: 'wrong',
        remedy: 'Mend it\nSee https://rules',
        level: 'error',
        at: { line: 4, column: 3 },
      },
    ]);
  });

  test.each<[string, object, object, Partial<Hit>]>([
    ['a warning where nobody says', {}, {}, { level: 'warning' }],
    [
      "its rule's level where it has none",
      {},
      { defaultConfiguration: { level: 'note' } },
      { level: 'note' },
    ],
    ['a note where it is none', { level: 'none' }, {}, { level: 'note' }],
    ['critical from 9', {}, { properties: { 'security-severity': '9.1' } }, { severity: 'critical' }],
    ['high from 7', {}, { properties: { 'security-severity': 7 } }, { severity: 'high' }],
    [
      'its own before that of its rule',
      { properties: { 'security-severity': '2.0' } },
      { properties: { 'security-severity': '9.1' } },
      { severity: 'low' },
    ],
    [
      'a message of the rule, with its arguments',
      { message: { id: 'm', arguments: ['port 22'] } },
      { messageStrings: { m: { text: '{0} is open, not {1}' } } },
      { message: 'port 22 is open, not {1}' },
    ],
    ['a case of its rule', { ruleId: 'E1/a' }, { name: 'Ports' }, { rule: 'E1/a', title: 'E1/a: Ports' }],
    ['a rule by its index', { ruleId: undefined, ruleIndex: 0 }, {}, { rule: 'E1' }],
  ])('%s', (_, result, rule, expected) => {
    expect(hits(run([{ ...one, ...result }], [{ id: 'E1', ...rule }]))).toMatchObject([expected]);
  });

  test.each<[string, object, number]>([
    ['what passes is none', { kind: 'pass' }, 0],
    ['what does not apply is none', { kind: 'notApplicable' }, 0],
    ['what is to be reviewed is one', { kind: 'review' }, 1],
    ['what the operator suppresses is none', { suppressions: [{ kind: 'external' }] }, 0],
    ['what the template itself suppresses is one all the same', { suppressions: [{ kind: 'inSource' }] }, 1],
  ])('%s', (_, result, count) => {
    expect(hits(run([{ ...one, ...result }]))).toHaveLength(count);
  });

  test('a place in another file is none in the template', () => {
    expect(hits(run([{ ...one, locations: at(4, 'rules/e1.py') }]))[0]).not.toHaveProperty('at');
    expect(hits(run([{ ...one, locations: at(4, `/tmp/x/${name}`) }]))[0]).toHaveProperty('at');
  });
});

describe('what cannot be read has judged nothing', () => {
  test.each<[string, string, string]>([
    ['nothing', '', 'it wrote nothing'],
    ['text', 'Traceback (most recent call last)', 'is not valid JSON'],
    ['other JSON', '[]', 'expected object'],
    ['another version', JSON.stringify({ version: '1.0.0', runs: [] }), 'version'],
    ['no run', log(), 'runs'],
    ['a run without a tool', log({ results: [] }), 'runs.0.tool'],
    ['results of another shape', log(run([{ ruleId: 'E1', message: 'wrong' }])), '0.message'],
    [
      'a tool that did not succeed',
      log(
        run([], [], {
          invocations: [
            { executionSuccessful: false, toolExecutionNotifications: [{ message: { text: 'no rules' } }] },
          ],
        }),
      ),
      'no rules',
    ],
    ['more than anybody reads', log(run(Array.from({ length: 2_001 }, () => one))), '2,001 things'],
  ])('%s', (_, text, reason) => {
    expect(scan(text)).toMatchObject({ kind: 'failed', reason: expect.stringContaining(reason) });
  });

  test('a run without results found nothing', () => {
    expect(hits(run(null))).toEqual([]);
  });
});
