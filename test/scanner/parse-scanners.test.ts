import { describe, expect, test } from 'vitest';
import { parseScanners } from '../../src/scanner/parse-scanners.ts';

const parse = (text: string) => parseScanners(text, 'scanners.yaml');
const lint = '{ id: cfn-lint, kind: sarif, command: [cfn-lint]';

test('what is left out has its default', () => {
  expect(parse(`scanners: [${lint}, timeout: 2m, rules: { E1: ignore } }]`).scanners).toEqual([
    {
      id: 'cfn-lint',
      kind: 'sarif',
      command: ['cfn-lint'],
      timeout: 120_000,
      enforcement: 'advisory',
      severity: { error: 'high', warning: 'medium', note: 'low' },
      rules: { E1: 'ignore' },
      environment: {},
      untouched: 'advise',
    },
  ]);
});

test('no scanner is none', () => {
  expect(parse('').scanners).toEqual([]);
});

describe('every mistake is told with its line, and leaves no scanner', () => {
  test.each([
    [
      'a key that there is not',
      `scanners:\n  - ${lint}, enforcment: mandatory }`,
      '2',
      'Unknown key scanners[0].enforcment',
      'Did you mean enforcement?',
    ],
    [
      'a key of another kind',
      `scanners:\n  - ${lint}, files: [rules] }`,
      '2',
      'Unknown key scanners[0].files',
      undefined,
    ],
    [
      'a level that there is not',
      `scanners:\n  - ${lint}, severity: { errors: high } }`,
      '2',
      'Unknown key scanners[0].severity.errors',
      'Did you mean error?',
    ],
    ['a key beside scanners', 'scanner: []', '1', 'Unknown key scanner', 'Did you mean scanners?'],
    [
      'a kind that there is not',
      'scanners:\n  - { id: a, kind: sarfi }',
      '2',
      'scanners[0].kind must be sarif, cfn-guard or rego',
      undefined,
    ],
    [
      'a weight that there is not',
      `scanners:\n  - ${lint}, rules: { E1: off } }`,
      '2',
      'scanners[0].rules.E1 must be advisory, overridable, mandatory or ignore',
      undefined,
    ],
    [
      'a time that is none',
      `scanners:\n  - ${lint}, timeout: 30 }`,
      '2',
      'scanners[0].timeout must be text',
      'Write it in quotes',
    ],
    [
      'a time without a unit',
      `scanners:\n  - ${lint}, timeout: "0s" }`,
      '2',
      'scanners[0].timeout must be a time such as 30s or 2m',
      undefined,
    ],
    [
      'a result in another folder',
      `scanners:\n  - ${lint}, output: ../x }`,
      '2',
      'scanners[0].output must be the name of a file, without a folder',
      undefined,
    ],
    [
      'an id that no command could name',
      'scanners:\n  - { id: "a/b", kind: sarif, command: [x] }',
      '2',
      'scanners[0].id must be lower-case words joined by hyphens',
      undefined,
    ],
    [
      'the same id twice',
      `scanners:\n  - ${lint} }\n  - ${lint} }`,
      '3',
      'Two scanners have the id cfn-lint',
      'Give one another id',
    ],
    [
      'Rego from nowhere',
      'scanners:\n  - { id: a, kind: rego }',
      '2',
      'scanners[0] must have a bundle or a url, and not both',
      undefined,
    ],
    [
      'an address that is none',
      'scanners:\n  - { id: a, kind: rego, url: "file:///etc/passwd" }',
      '2',
      'scanners[0].url must be an address such as http://127.0.0.1:8181/v1/data/slipway/deny',
      undefined,
    ],
    ['no command', 'scanners:\n  - { id: a, kind: sarif }', '2', 'scanners[0].command is missing', undefined],
    ['no YAML', 'scanners: [', '1', 'Flow sequence', undefined],
  ])('%s', (_, text, line, summary, remedy) => {
    const { scanners, diagnostics } = parse(text);
    expect(scanners).toBeUndefined();
    const [first] = diagnostics;
    expect(first).toMatchObject({ code: 'scanner-invalid', summary: expect.stringContaining(summary) });
    expect(first?.where).toMatchObject({ file: 'scanners.yaml', line: Number(line) });
    if (remedy !== undefined) expect(first?.remedy).toBe(remedy);
  });
});
