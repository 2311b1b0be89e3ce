import { describe, expect, test } from 'vitest';
import { readGuardReport } from '../../src/scanner/guard-report.ts';

const clause = (path: string, custom_message = '', error_message = 'not equal') => ({
  Clause: {
    Binary: {
      messages: { custom_message, error_message },
      check: { Resolved: { from: { path }, to: { path: '' } } },
    },
  },
});
const rule = (name: string, checks: unknown[], custom_message: string | null = null) => ({
  Rule: { name, messages: { custom_message, error_message: null }, checks },
});
const report = (...not_compliant: unknown[]) =>
  readGuardReport(JSON.stringify([{ not_compliant, not_applicable: [], compliant: ['OTHER'] }]));

describe('a rule that does not hold', () => {
  test('says what and how to mend it, at the property', () => {
    const says = '\n   [CT.EC2.PR.11]: Require what is right\n   [FIX]: Do this,\n   and that.\n  ';
    expect(
      report(rule('r', [rule('check', [clause('/Resources/Vpc/Properties/Tags/0/Key')], says)])),
    ).toEqual({
      kind: 'done',
      hits: [
        {
          rule: 'r',
          title: '[CT.EC2.PR.11]: Require what is right',
          message: 'not equal',
          remedy: 'Do this,\nand that.',
          level: 'error',
          logicalId: 'Vpc',
          path: 'Tags[0].Key',
        },
      ],
    });
  });

  test('is told once for each place', () => {
    const [a, b] = ['/Resources/A/Properties/X', '/Resources/B/Properties/X'];
    expect(report(rule('r', [clause(a), clause(a, '', 'missing'), clause(b)]))).toMatchObject({
      hits: [{ logicalId: 'A', message: 'not equal missing' }, { logicalId: 'B' }],
    });
  });

  test('is told at the resource where the property is not there', () => {
    const missing = {
      Block: {
        messages: { custom_message: '', error_message: 'is missing [L:1,C:2]' },
        unresolved: { traversed_to: { path: '/Resources/Vpc', value: { Type: 'x' } } },
      },
    };
    expect(report(rule('r', [missing]))).toMatchObject({
      hits: [{ logicalId: 'Vpc', message: 'is missing' }],
    });
  });

  test('is told also where nothing says why', () => {
    expect(report(rule('r', []))).toMatchObject({
      hits: [{ rule: 'r', message: 'The rule r does not hold' }],
    });
    expect(report({ surprise: true })).toMatchObject({ hits: [{ rule: '' }] });
  });
});

test.each([
  ['no report', 'Segmentation fault'],
  ['another one', '{"not_compliant": []}'],
  ['one without rules', JSON.stringify([{ not_compliant: [], not_applicable: [], compliant: [] }])],
])('%s has judged nothing', (_, text) => {
  expect(readGuardReport(text).kind).toBe('failed');
});
