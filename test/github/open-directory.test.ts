import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAcmePeople } from '../provider/slipway/access/acme-people.ts';
import { publishedKeys } from '../provider/slipway/access/published-keys.ts';

let acme: Awaited<ReturnType<typeof startAcmePeople>>;
beforeAll(async () => {
  acme = await startAcmePeople();
});
afterAll(() => acme.stop());

test.each([
  ['author', true, 'is a collaborator'],
  ['operator', true, 'owns the organisation'],
  ['stranger', false, 'can read it because everybody can'],
  ['nobody-has-this', false, 'is nobody'],
])('%s has access: %s, who %s', async (login, has) => {
  expect(await acme.directory().hasAccess(login)).toBe(has);
});

test.each([
  { team: '@acme/infra', members: ['reviewer', 'operator'], why: 'with those of the team below it' },
  { team: '@acme/nobody', members: [], why: 'which is empty' },
  { team: '@acme/none', members: undefined, why: 'which is not there' },
  { team: '@other/infra', members: undefined, why: 'which is of another organisation' },
])('$team has $members, $why', async ({ team, members }) => {
  expect(await acme.directory().members(team)).toEqual(members);
});

test('keys are those that a person publishes, in pages', async () => {
  expect(await acme.directory().keys('author')).toEqual([publishedKeys.ed25519.key]);
  expect(await acme.directory().keys('nobody-has-this')).toEqual([]);
  const many = Array.from({ length: 130 }, (_, i) => `ssh-ed25519 ${i}`);
  acme.github.setPublishedKeys('stranger', many);
  expect(await acme.directory().keys('stranger')).toEqual(many);
});

test('what is asked twice in a plan is asked once and answered alike', async () => {
  const directory = acme.directory();
  const [before] = [await directory.keys('author'), await directory.hasAccess('author')];
  acme.github.setPublishedKeys('author', []);
  const asked = acme.github.requests.count();
  expect([await directory.keys('author'), await directory.hasAccess('author')]).toEqual([before, true]);
  expect(acme.github.requests.count()).toBe(asked);
  expect(await acme.directory().keys('author')).toEqual([]);
  acme.github.setPublishedKeys('author', [publishedKeys.ed25519.key]);
});

test('what GitHub refuses is told with what to do', async () => {
  const { installationId } = acme.app;
  await acme.github.setSuspended(installationId, true);
  try {
    await expect(acme.directory().keys('author')).rejects.toMatchObject({
      code: 'people-unknown',
      message: expect.stringMatching(
        /^GitHub answered with \d+ when it was asked which keys author publishes$/,
      ),
    });
  } finally {
    await acme.github.setSuspended(installationId, false);
  }
});
