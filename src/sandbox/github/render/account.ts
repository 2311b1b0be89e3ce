/**
 * The API's objects, each built in one place and used by REST answers and webhook payloads alike. In: the model.
 * Out: plain objects of the types that GitHub publishes. Nothing here changes anything.
 */
import type { Endpoints } from '@octokit/types';
import type { Organization, User } from '@octokit/webhooks-types';
import type { Account } from '../model/account.ts';
import { repositoriesOf, type World } from '../model/world.ts';
import { accountUrl, apiUrl, nodeId } from './addresses.ts';

/** A user, an organisation or a bot, in the short form that is everywhere. */
export function renderAccount(world: World, account: Account) {
  // A bot's login has brackets, which are not allowed in an address as they are.
  const login = encodeURIComponent(account.login);
  const url = `${apiUrl(world)}/users/${login}`;
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId(account.type, account.id),
    avatar_url: `${world.url}/avatars/${login}`,
    gravatar_id: '',
    url,
    html_url: accountUrl(world, account),
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.type,
    site_admin: false,
  } satisfies User;
}

/** An account as its own page in the API shows it. */
export function renderProfile(
  world: World,
  account: Account,
): Endpoints['GET /users/{username}']['response']['data'] {
  return {
    ...renderAccount(world, account),
    name: account.name,
    company: null,
    blog: null,
    location: null,
    email: account.email,
    hireable: null,
    bio: null,
    public_repos: repositoriesOf(world, account).filter((repository) => !repository.private).length,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: account.createdAt,
    updated_at: account.createdAt,
  };
}

/** An organisation, in the form that webhook payloads have. */
export function renderOrganisation(world: World, account: Account): Organization {
  const url = `${apiUrl(world)}/orgs/${account.login}`;
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId('Organization', account.id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${world.url}/avatars/${account.login}`,
    description: account.name,
  };
}
