import { randomBytes } from 'node:crypto';
import { refusal } from '../http/refusal.ts';
import type { Account, Team, TeamMember } from '../model/account.ts';
import type { Actor } from '../model/actor.ts';
import { findAccount, timestamp, type World } from '../model/world.ts';
import { renderAccount, renderOrganisation } from '../render/account.ts';
import { renderTeam } from '../render/team.ts';

/** Makes a user, an organisation or a bot. */
export function createAccount(
  world: World,
  type: Account['type'],
  login: string,
  details: { readonly name?: string; readonly email?: string } = {},
): Account {
  if (findAccount(world, login)) throw refusal(422, `The login ${login} is taken`);
  const id = world.newId();
  const account: Account = {
    id,
    login,
    type,
    name: details.name ?? login,
    email: details.email ?? `${id}+${login}@users.noreply.localhost`,
    createdAt: timestamp(world),
    keys: [],
    members: new Map(),
  };
  world.accounts.set(login.toLowerCase(), account);
  return account;
}

/** Makes a token by which a person uses the API and git. */
export function createUserToken(world: World, account: Account): string {
  const secret = `ghp_${randomBytes(27).toString('base64url').replace(/[-_]/g, 'x')}`;
  world.tokens.set(secret, { kind: 'user', account });
  return secret;
}

/** Has an account publish exactly these SSH keys. Those that it has published before keep their numbers. */
export function setPublishedKeys(world: World, account: Account, keys: readonly string[]): void {
  const before = new Map(account.keys.map((one) => [one.key, one]));
  account.keys.splice(
    0,
    account.keys.length,
    ...keys.map((key) => before.get(key) ?? { id: world.newId(), key }),
  );
}

/** Takes an account into an organisation. */
export async function addOrganisationMember(
  world: World,
  organisation: Account,
  actor: Actor,
  account: Account,
  role: 'admin' | 'member',
): Promise<void> {
  organisation.members.set(account.login.toLowerCase(), { account, role });
  await world.announce('organization', { organisation, sender: actor.account }, () => ({
    action: 'member_added' as const,
    membership: {
      url: `${renderOrganisation(world, organisation).url}/memberships/${account.login}`,
      state: 'active',
      role,
      organization_url: renderOrganisation(world, organisation).url,
      user: renderAccount(world, account),
    },
    organization: renderOrganisation(world, organisation),
  }));
}

/** Makes a team; its members become members of the organisation. */
export async function createTeam(
  world: World,
  organisation: Account,
  actor: Actor,
  content: { readonly slug: string; readonly members: readonly Account[]; readonly parent: Team | null },
): Promise<Team> {
  const team: Team = {
    id: world.newId(),
    organisation,
    slug: content.slug.toLowerCase(),
    name: content.slug,
    parent: content.parent,
    createdAt: timestamp(world),
    members: new Map(),
  };
  world.teams.push(team);
  await world.announce('team', { organisation, sender: actor.account }, () => ({
    action: 'created' as const,
    team: renderTeam(world, team),
  }));
  for (const account of content.members) await addTeamMember(world, team, actor, account, 'member');
  return team;
}

/** Takes an account into a team. */
export async function addTeamMember(
  world: World,
  team: Team,
  actor: Actor,
  account: Account,
  role: TeamMember['role'],
): Promise<void> {
  const login = account.login.toLowerCase();
  if (!team.organisation.members.has(login)) {
    await addOrganisationMember(world, team.organisation, actor, account, 'member');
  }
  team.members.set(login, { account, role });
  await announceMembership(world, team, actor, account, 'added');
}

/** Takes an account out of a team. */
export async function removeTeamMember(
  world: World,
  team: Team,
  actor: Actor,
  account: Account,
): Promise<void> {
  if (!team.members.delete(account.login.toLowerCase())) return;
  await announceMembership(world, team, actor, account, 'removed');
}

async function announceMembership(
  world: World,
  team: Team,
  actor: Actor,
  account: Account,
  action: 'added' | 'removed',
): Promise<void> {
  await world.announce('membership', { organisation: team.organisation, sender: actor.account }, () => ({
    action,
    scope: 'team' as const,
    member: renderAccount(world, account),
    team: renderTeam(world, team),
  }));
}
