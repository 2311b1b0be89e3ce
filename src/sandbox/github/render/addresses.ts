import type { Account } from '../model/account.ts';
import { fullName, type Repository } from '../model/repository.ts';
import type { World } from '../model/world.ts';

/** Address of the REST API, without a slash at the end. */
export function apiUrl(world: World): string {
  return `${world.url}/api/v3`;
}

/** A repository's address in the API. */
export function repositoryApiUrl(world: World, repository: Repository): string {
  return `${apiUrl(world)}/repos/${fullName(repository)}`;
}

/** A repository's address for people. */
export function repositoryUrl(world: World, repository: Repository): string {
  return `${world.url}/${fullName(repository)}`;
}

/** What `git clone` takes. */
export function cloneUrl(world: World, repository: Repository): string {
  return `${repositoryUrl(world, repository)}.git`;
}

/** An account's address for people. */
export function accountUrl(world: World, account: Account): string {
  if (account.type === 'Bot') return `${world.url}/apps/${account.login.replace(/\[bot\]$/, '')}`;
  return `${world.url}/${account.login}`;
}

/** The id by which GraphQL knows an object: its kind and number. */
export function nodeId(kind: string, id: number | string): string {
  return Buffer.from(`${kind}:${id}`).toString('base64url');
}

/** The kind and number in a {@link nodeId}; null when it is none. */
export function parseNodeId(id: string): { readonly kind: string; readonly id: number } | null {
  const parts = /^([A-Za-z]+):(\d+)$/.exec(Buffer.from(id, 'base64url').toString());
  return parts ? { kind: parts[1]!, id: Number(parts[2]) } : null;
}
