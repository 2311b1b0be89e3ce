import { describe, expect, test } from 'vitest';
import { settingsFile } from '../../src/settings/settings.ts';
import { explainSettings } from '../../src/workflow/explain-settings.ts';
import { readPolicies } from '../../src/workflow/read-policies.ts';
import { type BaseSettings, settingsOf } from '../../src/workflow/read-settings.ts';
import type { ChangedFile, Repository } from '../../src/workflow/repository.ts';

const policies = await readPolicies();
const clock = { now: () => new Date('2026-11-22T10:00:00Z'), sleep: async () => {} };
const base = settingsOf(new Map()).settings!;
const changed: ChangedFile = { path: settingsFile, status: 'modified' };

function explain(
  files: readonly ChangedFile[],
  text: string | undefined,
  before: BaseSettings | 'broken' = base,
  owners = '',
) {
  const repository = {
    fullName: 'acme/shop',
    readFiles: async () =>
      new Map([['CODEOWNERS', owners], ...(text === undefined ? [] : [[settingsFile, text] as const])]),
  } as unknown as Repository;
  const state = {
    stacks: async () => [
      {
        id: 'acme/shop:infra/web.yaml@default',
        environment: 'default',
        file: 'infra/web.yaml',
        status: 'applied',
      },
      {
        id: 'acme/shop:infra/old.yaml@default',
        environment: 'default',
        file: 'infra/old.yaml',
        status: 'destroyed',
      },
      {
        id: 'acme/shop2:infra/its.yaml@default',
        environment: 'default',
        file: 'infra/its.yaml',
        status: 'applied',
      },
    ],
  } as never;
  return explainSettings(
    { state, policies: () => policies, clock },
    repository,
    'abc',
    files,
    before === 'broken' ? undefined : before,
  );
}

test('a pull request that does not change the settings is told nothing', async () => {
  expect(await explain([{ path: 'infra/web.yaml', status: 'modified' }], '')).toBeUndefined();
});

test('an exception that is over on the day it is proposed is warned of', async () => {
  const exception = (until: string) =>
    `environments: { default: { allow: [{ policy: required-tags-owner, resource: Web, until: ${until}, reason: old, by: me }] } }`;
  const warned = async (until: string) =>
    (await explain([changed], exception(until)))?.lines.join('\n') ?? '';
  expect(await warned('2026-11-21')).toContain('Warning: that day is over already');
  expect(await warned('2026-11-22')).toContain('is added, until 2026-11-22 (looser)');
});

test('of the stacks, only those of the repository that exist are spoken of', async () => {
  const proposed = await explain([changed], 'templates: ["stacks/*.yaml"]\n');
  expect(proposed?.lines.at(-1)).toMatch(/these stacks any more, .*: infra\/web\.yaml\.$/);
});

test('taking the file away brings the defaults back', async () => {
  const proposed = await explain([{ ...changed, status: 'removed' }], undefined);
  expect(proposed).toMatchObject({ lines: ['Nothing changes in what they mean.'], diagnostics: [] });
  expect(proposed?.change).toBeUndefined();
});

describe('what has to be approved', () => {
  const owned = 'environments: { default: { approvals: [{ from: [codeowners] }] } }\n';
  const ownedBase = (owners: string) =>
    settingsOf(
      new Map([
        [settingsFile, owned],
        ['CODEOWNERS', owners],
      ]),
    ).settings!;

  test('is all that they mean, and nothing of how it is written', async () => {
    const text = 'operators: ["@acme/infra"]\n';
    const one = await explain([changed], text);
    const same = await explain([changed], `# who commands\noperators:\n  - "@acme/infra"\n`);
    expect(one?.change).toMatchObject({ files: [settingsFile] });
    expect(same?.change?.digest).toBe(one?.change?.digest);
    const other = await explain([changed], 'operators: ["@acme/web"]\n');
    expect(other?.change?.digest).not.toBe(one?.change?.digest);
  });

  test('is refused where it cannot be shown to its end', async () => {
    const many = Array.from({ length: 60 }, (_, i) => `  e${i}: {}`).join('\n');
    const long = `environments:\n  dev: { approvals: [{ from: [write], when: "author != '${'x'.repeat(1_900)}'" }] }\n`;
    const rules = Array.from({ length: 9 }, (_, i) =>
      long.replace('environments:\n', '').replace('dev', `e${i}`),
    );
    for (const text of [`environments:\n${many}\n`, `environments:\n${rules.join('')}`]) {
      const proposed = await explain([changed], text);
      expect(proposed?.change).toBeUndefined();
      expect(proposed?.diagnostics).toMatchObject([{ severity: 'error', code: 'settings-too-large' }]);
    }
    expect((await explain([changed], long))?.change).toBeDefined();
  });

  test('changes with what they replace', async () => {
    const text = 'operators: ["@acme/infra"]\n';
    const one = await explain([changed], text);
    const other = await explain([changed], text, ownedBase(''));
    expect(other?.change?.digest).not.toBe(one?.change?.digest);
  });

  test('is CODEOWNERS as well, where the settings ask for owners', async () => {
    const file: ChangedFile = { path: 'CODEOWNERS', status: 'modified' };
    const proposed = await explain([file], owned, ownedBase('* @acme/infra'), '* @author');
    expect(proposed).toMatchObject({
      change: { files: ['CODEOWNERS'] },
      lines: ['infra/web.yaml is owned by @author instead of @acme/infra.'],
    });
    const unasked = await explain([file], undefined, base, '* @author');
    expect(unasked?.lines).toEqual(['CODEOWNERS changes, for which no rule asks.']);
    expect(unasked?.change).toBeUndefined();
    const commented = await explain([file], owned, ownedBase('* @acme/infra'), '# all\n* @acme/infra');
    expect(commented?.change).toBeUndefined();
  });

  test('is all of settings that can be read again', async () => {
    expect((await explain([changed], owned, 'broken'))?.change).toMatchObject({ files: [settingsFile] });
  });
});

test.for([
  { what: 'the file alone', files: [changed], mends: true },
  {
    what: 'another file besides',
    files: [changed, { path: 'a.txt', status: 'added' as const }],
    mends: false,
  },
  {
    what: 'a template that becomes the file',
    files: [{ ...changed, status: 'renamed' as const, previousPath: 'infra/web.yaml' }],
    mends: false,
  },
])(
  'broken settings that are right again, by a change of $what: passes is $mends',
  async ({ files, mends }) => {
    expect(await explain(files, 'templates: ["infra/*.yaml"]\n', 'broken')).toMatchObject({
      mends,
      diagnostics: [],
    });
  },
);

test('what is wrong in the proposed file mends nothing, and says where', async () => {
  const proposed = await explain([changed], 'templats: []\n', 'broken');
  expect(proposed).toMatchObject({ mends: false, lines: [] });
  expect(proposed?.diagnostics[0]?.where).toMatchObject({ file: settingsFile, line: 1 });
});

const rest = 'environments:\n  dev:\n';
const exception = 'resource: Web, until: 2030-01-01, reason: for now, by: operator';

test.each([
  ['a pack', `policies: [default, aws-fsb]\n`, 'There is no policy pack aws-fsb', 'Did you mean aws-fsbp?'],
  [
    'a parameter',
    `${rest}    policy-parameters: { allowed-regions: { region: [eu-west-1] } }\n`,
    'The policy allowed-regions has no parameter region',
    "Did you mean 'regions'?",
  ],
  [
    'a policy that may be overridden',
    `${rest}    overrides: [{ policies: [no-public-remote-acces], from: [write] }]\n`,
    'There is no policy no-public-remote-acces',
    'Did you mean no-public-remote-access?',
  ],
  [
    'a policy with an exception',
    `${rest}    allow: [{ policy: imdsv2-require, ${exception} }]\n`,
    'There is no policy imdsv2-require',
    'Did you mean imdsv2-required?',
  ],
])(
  '%s that there is not would stop every plan after the merge, and is an error before it',
  async (_, text, summary, remedy) => {
    const proposed = await explain([changed], text);
    expect(proposed?.diagnostics).toEqual([
      expect.objectContaining({ severity: 'error', summary: expect.stringContaining(summary), remedy }),
    ]);
    expect(proposed?.diagnostics[0]?.where?.file).toBe(settingsFile);
  },
);
