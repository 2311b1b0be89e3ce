import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Acme, refusalOf, startAcme } from './acme.ts';

let acme: Acme;
beforeAll(async () => {
  acme = await startAcme();
  const { github } = acme;
  await github.createTeam('acme', 'infra', ['reviewer']);
  await github.createTeam('acme', 'network', ['author'], { parent: 'infra' });
  await github.createRepository({ owner: 'acme', name: 'vault', private: true, files: { a: 'a' } });
  await github.grantTeam('acme/vault', 'acme', 'infra', 'maintain');
});
afterAll(() => acme.stop());

describe('teams', () => {
  test('count the members of the teams below them', async () => {
    const slipway = acme.asApp();
    const members = async (team_slug: string) => {
      const { data } = await slipway.teams.listMembersInOrg({ org: 'acme', team_slug });
      return data.map(({ login }) => login);
    };
    expect(await members('infra')).toEqual(['reviewer', 'author']);
    expect(await members('network')).toEqual(['author']);
    const of = { org: 'acme', team_slug: 'infra' };
    const { data } = await slipway.teams.getMembershipForUserInOrg({ ...of, username: 'Author' });
    expect(data.state).toBe('active');
    const stranger = slipway.teams.getMembershipForUserInOrg({ ...of, username: 'stranger' });
    expect((await refusalOf(stranger))?.status).toBe(404);
  });

  test('say which is above them', async () => {
    const { data } = await acme.asApp().teams.getByName({ org: 'acme', team_slug: 'network' });
    expect([data.parent?.slug, data.members_count]).toEqual(['infra', 1]);
  });

  test('are not there for who is not in the organisation', async () => {
    const call = acme.as('stranger').teams.getByName({ org: 'acme', team_slug: 'infra' });
    expect((await refusalOf(call))?.status).toBe(404);
  });
});

test.each([
  { who: 'operator', repo: 'shop', permission: 'admin', why: 'owns the organisation' },
  { who: 'author', repo: 'shop', permission: 'write', why: 'is a collaborator' },
  { who: 'stranger', repo: 'shop', permission: 'read', why: 'the repository is public' },
  { who: 'reviewer', repo: 'vault', permission: 'write', why: 'is in a team that maintains it' },
  { who: 'author', repo: 'vault', permission: 'write', why: 'is in a team below that one' },
  { who: 'stranger', repo: 'vault', permission: 'none', why: 'nothing lets them in' },
])('$who has $permission in $repo: $why', async ({ who, repo, permission }) => {
  const call = { owner: 'acme', repo, username: who };
  const { data } = await acme.asApp().repos.getCollaboratorPermissionLevel(call);
  expect(data.permission).toBe(permission);
});

test('membership of the organisation is told to those in it', async () => {
  const { data } = await acme.as('author').orgs.getMembershipForUser({ org: 'acme', username: 'operator' });
  expect([data.role, data.state]).toEqual(['admin', 'active']);
});
