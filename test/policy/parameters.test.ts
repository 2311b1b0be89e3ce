import { describe, expect, test } from 'vitest';
import { formatDiagnostic } from '../../src/base/diagnostic.ts';
import { checkParameters } from '../../src/policy/parameters.ts';
import { parsePolicy } from '../../src/policy/parse-policy.ts';
import { scan } from '../../src/policy/scan.ts';
import { testPolicy } from '../../src/policy/test-policy.ts';
import { changeOf, planOf, policyOf, policyText } from './policy-text.ts';

const parameters = {
  most: { default: 100, description: 'GiB that a disk may have.' },
  kinds: { default: ['gp3'], description: 'Kinds of disks.' },
};
const sized = {
  parameters,
  deny: 'after.Size > parameters.most',
  message: '${{ after.Size }} GiB are more than ${{ parameters.most }}',
};
const disk = (Size: number) => ({ type: 'Test::Disk', properties: { Size } });

test.each<[string, object | undefined, string[]]>([
  ['the default', undefined, ['200 GiB are more than 100']],
  ['what is given', { 'small-disks': { most: 150 } }, ['200 GiB are more than 150']],
  ['what is given, which allows it', { 'small-disks': { most: 500 } }, []],
  ['the default where another one is given', { 'small-disks': { kinds: [] } }, ['200 GiB are more than 100']],
  ['the default where another policy is given one', { other: { most: 500 } }, ['200 GiB are more than 100']],
])('a policy goes by %s', (_, given, messages) => {
  const plan = planOf(changeOf({ Size: 200 }));
  const found = scan([policyOf(sized)], plan, {
    stack: plan.stack,
    environment: 'prod',
    now: '2026-07-15T12:00:00Z',
    positions: () => undefined,
    ...(given ? { parameters: given as never } : {}),
  });
  expect(found.map((finding) => finding.message)).toEqual(messages);
});

test('an example can give them values of its own', () => {
  const examples = { pass: [disk(1), { ...disk(200), parameters: { most: 300 } }], fail: [disk(200)] };
  expect(testPolicy(policyOf({ ...sized, examples })).map((result) => result.reason)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

describe('values that a policy cannot take are told', () => {
  test.each<[string, Record<string, Record<string, never>> | object, string, string, string]>([
    [
      'a policy that there is not',
      { 'smal-disks': { most: 1 } },
      'smal-disks',
      'There is no policy smal-disks',
      "Did you mean 'small-disks'?",
    ],
    [
      'a parameter that there is not',
      { 'small-disks': { mots: 1 } },
      'small-disks.mots',
      'has no parameter mots',
      "Did you mean 'most'?",
    ],
    [
      'a text for a number',
      { 'small-disks': { most: '1' } },
      'small-disks.most',
      'is a number, not a text',
      'Its default is 100.',
    ],
    [
      'a text for a list',
      { 'small-disks': { kinds: 'gp3' } },
      'small-disks.kinds',
      'is a list of texts, not a text',
      'Its default is ["gp3"].',
    ],
    [
      'true for a number',
      { 'small-disks': { most: true } },
      'small-disks.most',
      'is a number, not true or false',
      '',
    ],
  ])('%s', (_, given, path, summary, remedy) => {
    const [problem, ...more] = checkParameters([policyOf(sized)], given as never);
    expect(more).toEqual([]);
    expect(problem?.path.join('.')).toBe(path);
    expect(problem?.summary).toContain(summary);
    expect(problem?.remedy).toContain(remedy);
  });

  test('and so are mistakes of the policy itself', () => {
    const said = (changes: object) =>
      parsePolicy(policyText({ ...sized, ...changes }), 'p.yaml')
        .diagnostics.map(formatDiagnostic)
        .join('\n');
    expect(said({ deny: 'after.Size > parameters.mots' })).toContain("did you mean 'most'?");
    expect(said({ parameters: {}, deny: 'after.Size > parameters.most' })).toContain(
      "no variable 'parameters'",
    );
    expect(said({ parameters: { most: { defualt: 1, description: 'x' } } })).toContain(
      "Did you mean 'default'?",
    );
    expect(said({ parameters: { most: { default: { a: 1 }, description: 'x' } } })).toContain(
      'must be a text, a number',
    );
    const examples = { pass: [{ ...disk(1), parameters: { mots: 1 } }], fail: [disk(200)] };
    expect(said({ examples })).toMatch(
      /^p\.yaml:\d+:\d+: error: The policy small-disks has no parameter mots/,
    );
  });
});
