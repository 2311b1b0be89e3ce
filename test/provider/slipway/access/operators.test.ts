import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { applyStack } from '../../../../src/workflow/apply-stack.ts';
import { driftStack } from '../../../../src/workflow/drift-stack.ts';
import { planStack, type StackSource } from '../../../../src/workflow/plan-stack.ts';
import { readLive } from '../../../../src/workflow/read-live.ts';
import { readPolicies } from '../../../../src/workflow/read-policies.ts';
import { judgeLive } from '../../../../src/workflow/scan-live.ts';
import type { Workflow } from '../../../../src/workflow/workflow.ts';
import { openRunningWorld, type RunningWorld } from '../../../workflow/running-world.ts';
import { startAcmePeople } from './acme-people.ts';
import { publishedKeys } from './published-keys.ts';

const author = `${publishedKeys.ed25519.key} author`;
const reviewer = `${publishedKeys['ecdsa 256'].key} reviewer`;
const infra = "{ Users: [Author], Teams: ['@acme/infra'] }";

/** A door that lets in whom it is told: what an instance's user data is in the cloud. */
const template = (properties: string) => `
${properties.includes('Team}') ? "Parameters: { Team: { Type: String, Default: '@acme/infra' } }" : ''}
Resources:
  Operators:
    Type: Slipway::Access::Operators
    Properties: ${properties}
  Door:
    Type: Acme::Door
    Properties:
      Name: front
      Code: !Join ["\\n", !GetAtt Operators.AuthorizedKeys]
${properties.includes('Other') ? '  Other: { Type: Acme::Door, Properties: { Name: other } }' : ''}
`;

let acme: Awaited<ReturnType<typeof startAcmePeople>>;
let world: RunningWorld;
let count = 0;
beforeAll(async () => {
  [acme, world] = await Promise.all([startAcmePeople(), openRunningWorld()]);
  acme.github.createUser('joiner');
});
afterAll(() => Promise.all([acme.stop(), world.close()]));
beforeEach(async () => {
  acme.github.setPublishedKeys('author', [publishedKeys.ed25519.key]);
  acme.github.setPublishedKeys('reviewer', [publishedKeys['ecdsa 256'].key]);
  acme.github.setPublishedKeys('operator', []);
  await acme.github.addTeamMember('acme', 'infra', 'reviewer');
});

function open(more: Partial<Workflow> = {}) {
  const workflow = { ...world.workflow, directory: () => acme.directory(), ...more };
  const environment = { name: 'prod', after: [], approvals: [] };
  const file = `infra/doors${++count}.yaml`;
  const stack = `acme/shop:${file}@prod`;
  const source = (properties: string | undefined): StackSource => {
    const text = properties === undefined ? undefined : template(properties);
    return { stack, environment, file, text, packs: [] };
  };
  return {
    plan: (properties: string | undefined) => planStack(workflow, source(properties)),
    async apply(properties: string | undefined) {
      const { status } = await applyStack(workflow, {
        source: source(properties),
        cause: {},
        permit: () => true,
      });
      expect(status).toBe('succeeded');
    },
    drift: () => driftStack(workflow, { stack, environment }),
    /** What the daily scan of what runs finds by the policies that are shipped. */
    async scan(properties: string) {
      const policies = await readPolicies();
      const asked = { ...source(properties), packs: ['default'] };
      const judging = { ...workflow, policies: () => policies };
      return judgeLive(judging, await readLive(judging, asked), asked).findings;
    },
  };
}

test('the plan shows every key before anything is there, and machines get exactly these', async () => {
  const { plan, apply } = open();
  const planned = await plan(infra);
  const [door, operators] = planned.plan!.changes;
  expect(operators?.after).toMatchObject({
    Users: ['author'],
    AuthorizedKeys: [author, reviewer],
    Published: [author, reviewer],
    AuthorizedPrincipals: ['author', 'operator', 'reviewer'],
    RevokedKeys: [],
  });
  expect(door?.after?.Code).toBe(`${author}\n${reviewer}`);
  expect(planned.diagnostics).toMatchObject([
    {
      severity: 'warning',
      code: 'people-left-out',
      summary: 'Operators: operator publishes no key that could be trusted',
      where: { file: expect.stringMatching(/^infra/), line: 4 },
    },
  ]);
  await apply(infra);
  expect(world.doors.get('front')?.Code).toBe(`${author}\n${reviewer}`);
  const again = await plan(infra);
  expect(again.plan?.changes.map(({ action, drift }) => [action, drift])).toEqual([
    ['none', []],
    ['none', []],
  ]);
  await apply(undefined);
  expect(world.doors.size).toBe(0);
});

describe('drift says who, and the next plan takes them in or out', () => {
  const other = publishedKeys['another ed25519'];
  test.each([
    {
      what: 'a key that is changed',
      change: async () => acme.github.setPublishedKeys('author', [other.key]),
      lines: [`${other.key} author`, reviewer],
    },
    {
      what: 'a member who leaves the team',
      change: () => acme.github.removeTeamMember('acme', 'infra', 'reviewer'),
      lines: [author],
    },
    {
      what: 'a member who joins a team below',
      change: () => acme.github.addTeamMember('acme', 'network', 'joiner'),
      lines: [author, `${other.key} joiner`, reviewer],
    },
  ])('$what', async ({ change, lines }) => {
    acme.github.setPublishedKeys('joiner', [other.key]);
    const { plan, apply, drift } = open();
    await apply(infra);
    expect((await drift()).drifted).toEqual([]);
    await change();
    const people = ['author', 'operator', 'reviewer'];
    const loginsOf = (delivered: readonly string[]) => delivered.map((line) => line.split(' ')[2]!);
    const now = [...new Set([...loginsOf(lines), 'operator'])].sort();
    const changed = (path: string, before: readonly string[], after: readonly string[]) =>
      JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
    const drifts = [...changed('People', people, now), ...changed('Published', [author, reviewer], lines)];
    expect((await drift()).drifted).toMatchObject([
      { logicalId: 'Operators', vanished: false, differences: drifts },
    ]);
    const planned = await plan(infra);
    const [door, operators] = planned.plan!.changes;
    expect(operators).toMatchObject({
      action: 'update',
      differences: [
        ...changed('AuthorizedKeys', [author, reviewer], lines),
        ...changed('AuthorizedPrincipals', people, now),
        ...changed(
          'RevokedKeys',
          [],
          [author, reviewer].filter((line) => !lines.includes(line)),
        ),
      ],
      drift: drifts,
    });
    expect(door).toMatchObject({
      action: 'update',
      differences: [{ path: 'Code', after: lines.join('\n') }],
    });
    await apply(infra);
    expect(world.doors.get('front')?.Code).toBe(lines.join('\n'));
    expect((await drift()).drifted).toEqual([]);
    await apply(undefined);
    await acme.github.removeTeamMember('acme', 'network', 'joiner');
  });

  test('a digest is of the keys: another key is another plan', async () => {
    const { plan } = open();
    const { digest } = (await plan(infra)).plan!;
    expect((await plan(infra)).plan?.digest).toBe(digest);
    acme.github.setPublishedKeys('author', [other.key]);
    expect((await plan(infra)).plan?.digest).not.toBe(digest);
  });
});

test('the daily scan of what runs finds who has left, and nothing while nobody has', async () => {
  const { apply, scan } = open();
  await apply(infra);
  expect(await scan(infra)).toEqual([]);
  await acme.github.addTeamMember('acme', 'infra', 'joiner');
  expect(await scan(infra)).toEqual([]);
  await acme.github.removeTeamMember('acme', 'infra', 'joiner');
  await acme.github.removeTeamMember('acme', 'infra', 'reviewer');
  expect(await scan(infra)).toMatchObject([
    {
      policy: 'operators-have-left',
      logicalId: 'Operators',
      message: `Machines may still trust who has left or withdrawn a key: reviewer, ${reviewer}`,
    },
  ]);
  await apply(infra);
  expect(await scan(infra)).toEqual([]);
  await apply(undefined);
});

describe('keys that are not good enough', () => {
  test.each([
    ['rsa 1024', '{ Users: [author, reviewer], MinimumRsaBits: 2048 }', 'has 1024 bits, fewer than 2048'],
    ['rsa 2048', '{ Users: [author, reviewer] }', 'has 2048 bits, fewer than 3072'],
    ['rsa 2048', '{ Users: [author, reviewer], MinimumRsaBits: 2048 }', undefined],
    ['rsa 3072', '{ Users: [author, reviewer] }', undefined],
  ] as const)('%s under %s', async (name, properties, flaw) => {
    const { key, fingerprint } = publishedKeys[name];
    acme.github.setPublishedKeys('author', [key, publishedKeys.ed25519.key]);
    const { plan, diagnostics } = await open().plan(properties);
    const told = `Operators: a key of author's is left out: ssh-rsa ${fingerprint} ${flaw}`;
    expect(diagnostics.map(({ summary }) => summary)).toEqual(flaw === undefined ? [] : [told]);
    const lines = plan?.changes[1]?.after?.AuthorizedKeys;
    expect(lines).toEqual(flaw === undefined ? [author, `${key} author`, reviewer] : [author, reviewer]);
  });

  test('of a kind that nobody should trust, or that is none', async () => {
    acme.github.setPublishedKeys('author', [
      'ssh-dss AAAAB3NzaC1kc3MAAA==',
      `command="/bin/sh" ${publishedKeys['another ed25519'].key}`,
      `${publishedKeys.ed25519.key}\nssh-ed25519 AAAA`,
    ]);
    const { plan, diagnostics } = await open().plan('{ Users: [author] }');
    expect(diagnostics.map(({ summary }) => summary)).toEqual(
      Array(2).fill("Operators: a key of author's is left out: it is of a kind that is not trusted"),
    );
    expect(plan?.changes[1]?.after?.AuthorizedKeys).toEqual([author]);
  });
});

test('whoever has lost their access is left out though the template names them', async () => {
  acme.github.setPublishedKeys('stranger', [publishedKeys['another ed25519'].key]);
  const { plan, diagnostics } = await open().plan('{ Users: [author, stranger] }');
  expect(diagnostics[0]?.summary).toBe(
    'Operators: stranger has no access to the repository, and is left out',
  );
  expect(plan?.changes[1]?.after?.AuthorizedKeys).toEqual([author]);
});

test('options of the template stand before each key', async () => {
  const { plan } = await open().plan(
    `{ Users: [author], Options: [no-port-forwarding, 'from="10.0.0.0/8,192.0.2.1"'] }`,
  );
  expect(plan?.changes[1]?.after?.AuthorizedKeys).toEqual([
    `no-port-forwarding,from="10.0.0.0/8,192.0.2.1" ${author}`,
  ]);
});

test('a team may come from a parameter', async () => {
  const { plan } = await open().plan('{ Teams: [!Sub "${Team}"] }');
  expect(plan?.changes[1]?.after?.AuthorizedKeys).toEqual([reviewer]);
});

test.each([
  ['a team that is not there', "{ Teams: ['@acme/none'] }", 'has no team @acme/none'],
  ["a team of somebody else's", "{ Users: [author], Teams: ['@other/infra'] }", 'has no team @other/infra'],
  ['nobody at all', "{ Teams: ['@acme/nobody'] }", 'nobody would be trusted'],
  ['nobody with a key', '{ Users: [operator] }', 'nobody would be trusted'],
  ['neither people nor teams', '{ MinimumRsaBits: 3072 }', 'Users'],
  ['a login that is none', "{ Users: ['author x'] }", 'author x'],
  ['an option that begins a line', `{ Users: [author], Options: ["a\\nssh-ed25519"] }`, 'ssh-ed25519'],
  ['keys that the template makes up', '{ Users: [author], AuthorizedKeys: [x] }', 'AuthorizedKeys'],
  ['people whom the template makes up', '{ Users: [author], Published: [x] }', 'Published'],
  ['people who are not known yet', '{ Users: [!Ref Other] }', 'Users'],
  ['a parameter that is no team', '{ Teams: [!Sub "${Team} x"] }', 'Teams cannot be "@acme/infra x"'],
])('refused: %s', async (_what, properties, said) => {
  const { plan, diagnostics } = await open().plan(properties);
  expect(plan).toBeUndefined();
  expect(
    diagnostics
      .filter((d) => d.severity === 'error')
      .map((d) => d.summary)
      .join('\n'),
  ).toContain(said);
});

test('without a GitHub nothing is planned, and it is said why', async () => {
  const { plan, diagnostics } = await open({ directory: () => undefined }).plan(infra);
  expect(plan).toBeUndefined();
  expect(diagnostics).toMatchObject([
    { code: 'people-unknown', summary: expect.stringContaining('only the GitHub App can ask') },
  ]);
});
