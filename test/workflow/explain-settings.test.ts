import { expect, test } from 'vitest';
import { defaultSettings, settingsFile } from '../../src/settings/settings.ts';
import { explainSettings } from '../../src/workflow/explain-settings.ts';
import { readPolicies } from '../../src/workflow/read-policies.ts';
import type { ChangedFile, Repository } from '../../src/workflow/repository.ts';

const policies = await readPolicies();
const changed: ChangedFile = { path: settingsFile, status: 'modified' };

function explain(files: readonly ChangedFile[], text: string | undefined, before = true) {
  const repository = {
    fullName: 'acme/shop',
    readFiles: async () => new Map(text === undefined ? [] : [[settingsFile, text]]),
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
    { state, policies: () => policies },
    repository,
    'abc',
    files,
    before ? defaultSettings : undefined,
  );
}

test('a pull request that does not change the settings is told nothing', async () => {
  expect(await explain([{ path: 'infra/web.yaml', status: 'modified' }], '')).toBeUndefined();
});

test('of the stacks, only those of the repository that exist are spoken of', async () => {
  const proposed = await explain([changed], 'templates: ["stacks/*.yaml"]\n');
  expect(proposed?.lines.at(-1)).toMatch(/these stacks any more, .*: infra\/web\.yaml\.$/);
});

test('taking the file away brings the defaults back', async () => {
  const proposed = await explain([{ ...changed, status: 'removed' }], undefined);
  expect(proposed).toMatchObject({ lines: ['Nothing changes in what they mean.'], diagnostics: [] });
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
    expect(await explain(files, 'templates: ["infra/*.yaml"]\n', false)).toMatchObject({
      mends,
      diagnostics: [],
    });
  },
);

test('what is wrong in the proposed file mends nothing, and says where', async () => {
  const proposed = await explain([changed], 'templats: []\n', false);
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
