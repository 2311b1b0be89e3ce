import { describe, expect, test } from 'vitest';
import { SlipwayError } from '../../src/base/error.ts';
import { parsePolicy } from '../../src/policy/parse-policy.ts';
import type { PolicySet, PolicyText } from '../../src/state/policy-sets.ts';
import { lookAtPolicies } from '../../src/workflow/look-at-policies.ts';
import { policiesInForce } from '../../src/workflow/policies-in-force.ts';
import type { PolicyRepository } from '../../src/workflow/policy-files.ts';
import { type PolicySource, parsePolicySource, sourceName } from '../../src/workflow/policy-source.ts';
import { policyText } from '../policy/organisation-policy.ts';

const [one, two] = ['1'.repeat(40), '2'.repeat(40)];
const source: PolicySource = { owner: 'acme', repo: 'policies', ref: 'main', folder: '' };
const pinned = { ...source, ref: one };
const own = [parsePolicy(policyText('shipped-policy'), 'policies/default/shipped-policy.yaml').policy!];
const good = { 'network/no-default-vpc.yaml': policyText('no-default-vpc') };
const broken = { 'network/no-default-vpc.yaml': policyText('no-default-vpc', 'after.CidrBlock ==') };

describe('where the policies are', () => {
  test.for([
    ['acme/policies@main', { ref: 'main', folder: '' }],
    ['acme/policies@release/1.x', { ref: 'release/1.x', folder: '' }],
    ['acme/policies@refs/tags/v1', { ref: 'refs/tags/v1', folder: '' }],
    [`acme/policies@${one}:org/rules/`, { ref: one, folder: 'org/rules' }],
  ] as const)('%s', ([text, rest]) => {
    expect(parsePolicySource(text)).toEqual({ owner: 'acme', repo: 'policies', ...rest });
  });

  test.for([
    'acme/policies',
    'policies@main',
    'acme/policies@',
    'acme/policies@main:',
    'acme/policies@main:../secrets',
    'acme/policies@main..other',
    'acme/policies@main~1',
    'acme/policies@a b',
    'https://github.com/acme/policies@main',
    'acme/policies@main:a//b',
  ])('%s is nowhere', (text) => {
    expect(parsePolicySource(text)).toBeUndefined();
  });
});

type Files = Readonly<Record<string, string>>;

/** A repository whose branch `main` is at the last of these commits. */
function repositoryOf(commits: Readonly<Record<string, Files>>, refs?: readonly string[]): PolicyRepository {
  return {
    commitsOf: async () => refs ?? [Object.keys(commits).at(-1)!],
    list: async (commit, folder) =>
      Object.entries(commits[commit] ?? {})
        .filter(([path]) => folder === '' || path.startsWith(`${folder}/`))
        .map(([path, text]) => ({ path, bytes: text.length })),
    readFiles: async (commit, paths) => new Map(paths.map((path) => [path, commits[commit]![path]!])),
  };
}

/** What is kept, and a process that judges by it. */
function world(where = source) {
  let kept: { set: PolicySet; files: readonly PolicyText[] } | undefined;
  const inForce = policiesInForce(own, where, {
    get: async () => kept?.set,
    files: async () => kept?.files ?? [],
  });
  return {
    inForce,
    ids: () => inForce.policies().map(({ id }) => id),
    async look(repository: PolicyRepository | undefined) {
      const found = await lookAtPolicies(own, where, async () => repository, kept?.set);
      if (found) kept = { set: found.found, files: found.files ?? kept?.files ?? [] };
      await inForce.refresh();
      return found;
    },
  };
}

function problemOf(judge: () => unknown): string {
  try {
    judge();
  } catch (error) {
    if (error instanceof SlipwayError)
      return [error.problem.summary, ...(error.problem.diagnostics ?? []).map((d) => d.summary)].join('\n');
  }
  throw new Error('nothing was thrown');
}

describe("the organisation's policies", () => {
  test('are in force beside those of Slipway, in the pack of their folder, and named after their repository', async () => {
    const { look, ids, inForce } = world();
    await look(repositoryOf({ [one]: good }));
    expect(ids()).toEqual(['shipped-policy', 'no-default-vpc']);
    expect(inForce.policies()[1]).toMatchObject({
      packs: ['network'],
      file: 'acme/policies:network/no-default-vpc.yaml',
    });
    expect([inForce.standing(), inForce.notices()]).toEqual(['ok', []]);
  });

  test('are waited for: nothing is judged before they were read', async () => {
    const { inForce } = world();
    await inForce.refresh();
    expect(inForce.standing()).toBe('unread');
    expect(problemOf(inForce.policies)).toBe(`The policies of ${sourceName(source)} have not been read yet`);
  });

  test('block everything where they are broken and were never good, with repository, file and line', async () => {
    const { look, inForce } = world();
    await look(repositoryOf({ [one]: broken }));
    expect(inForce.standing()).toBe('broken');
    expect(problemOf(inForce.policies)).toMatch(
      /^acme\/policies network\/no-default-vpc\.yaml:\d+:\d+: The expression in deny is not valid/m,
    );
  });

  test('stay in force while their branch is broken, which is told with every plan, until it is mended', async () => {
    const { look, ids, inForce } = world();
    await look(repositoryOf({ [one]: good }));
    await look(repositoryOf({ [two]: broken }));
    expect([inForce.standing(), ids()]).toEqual(['earlier', ['shipped-policy', 'no-default-vpc']]);
    expect(inForce.notices()).toMatchObject([
      {
        severity: 'warning',
        summary: `The policies of acme/policies@main cannot be used since ${two.slice(0, 12)}: those of ${one.slice(0, 12)} are still in force`,
      },
    ]);
    await look(repositoryOf({ ['3'.repeat(40)]: good }));
    expect([inForce.standing(), inForce.notices()]).toEqual(['ok', []]);
  });

  test('stay in force while the App is kept from their repository', async () => {
    const { look, ids, inForce } = world();
    await look(repositoryOf({ [one]: good }));
    await look(undefined);
    expect([inForce.standing(), ids().length]).toEqual(['earlier', 2]);
    expect(inForce.notices()[0]?.detail).toContain('Slipway is not installed on it');
  });

  test('are not read again where nothing has moved, and not even asked for where they are pinned', async () => {
    const moving = world();
    await moving.look(repositoryOf({ [one]: good }));
    expect(await moving.look({ ...repositoryOf({ [one]: good }), list: never })).toBeUndefined();
    const fixed = world(pinned);
    await fixed.look(repositoryOf({ [one]: good }));
    expect(await fixed.look({ commitsOf: never, list: never, readFiles: never })).toBeUndefined();
    expect(fixed.ids()).toHaveLength(2);
  });

  test('may be right with another version of Slipway, so what is broken is looked at again', async () => {
    const { look, inForce } = world();
    await look(repositoryOf({ [one]: broken }));
    expect(await look(repositoryOf({ [one]: broken }))).toBeUndefined();
    await look(repositoryOf({ [one]: good }));
    expect(inForce.standing()).toBe('ok');
  });

  test.for<[string, Files, string]>([
    [
      'a policy with the id of one of Slipway',
      { 'a.yaml': policyText('shipped-policy') },
      'acme/policies a.yaml:1:1: The id shipped-policy is used by policies/default/shipped-policy.yaml of Slipway',
    ],
    [
      'two of the same id',
      { 'a.yaml': policyText('no-default-vpc'), 'b/b.yaml': policyText('no-default-vpc') },
      'acme/policies b/b.yaml:1:1: The id no-default-vpc is used by a.yaml too',
    ],
    [
      'no policy at all',
      { 'README.md': '# Policies' },
      'acme/policies: There is no policy in the repository',
    ],
    [
      'only files of tools',
      { '.github/x.yaml': 'a: 1', '.lint.yml': 'a: 1', 'a/b/deep.yaml': 'a: 1' },
      'There is no policy in the repository',
    ],
    ['too much', { 'a.yaml': ' '.repeat(2_000_001) }, 'There are more than 500 files or 2 MB of policies'],
  ])('are broken where there is %s', async ([, files, problem]) => {
    const { look, inForce } = world();
    await look(repositoryOf({ [one]: files }));
    expect(problemOf(inForce.policies)).toContain(problem);
  });

  test.for([
    ['no such branch', [], 'There is no branch and no tag main'],
    ['a branch and a tag of the name', [one, two], 'There is a branch and a tag main'],
  ] as const)('are nowhere where there is %s', async ([, refs, problem]) => {
    const { look, inForce } = world();
    await look(repositoryOf({ [one]: good }, refs));
    expect(problemOf(inForce.policies)).toContain(`acme/policies: ${problem}`);
  });
});

function never(): never {
  throw new Error('nobody should ask');
}
