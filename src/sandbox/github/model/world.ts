/**
 * Everything that the GitHub on this machine knows, as plain data. In: nothing but the functions of `actions/` change
 * it. Out: `render/` turns it into the API's objects. It speaks no HTTP, and git only through each repository's store.
 */
import type { Clock } from '../../../base/clock.ts';
import type { Announce } from '../webhooks/announcement.ts';
import type { Account, Team } from './account.ts';
import type { App, Installation, Token } from './app.ts';
import { fullName, type Repository } from './repository.ts';

export interface World {
  /** Where repositories are kept on disk. */
  readonly directory: string;
  readonly clock: Clock;
  /** The server's address, without a slash at the end. */
  url: string;
  /** By lower-case login. */
  readonly accounts: Map<string, Account>;
  readonly teams: Team[];
  /** By lower-case full name. */
  readonly repositories: Map<string, Repository>;
  /** Names that repositories had, by lower-case full name: they lead to them until another one takes the name. */
  readonly formerNames: Map<string, Repository>;
  readonly apps: Map<number, App>;
  readonly installations: Map<number, Installation>;
  readonly tokens: Map<string, Token>;
  /** Tells the Apps that listen what has happened. */
  readonly announce: Announce;
  newId(): number;
}

/** Now, to the second, as the API writes times. */
export function timestamp(world: World): string {
  return wholeSeconds(world.clock.now());
}

/** A date as the API writes it: ISO 8601, UTC, no fraction. */
export function wholeSeconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** The account with this login, whatever the case of its letters. */
export function findAccount(world: World, login: string): Account | null {
  return world.accounts.get(login.toLowerCase()) ?? null;
}

/** The repository named `owner/name`, whatever the case; or that was, until another one took the name. */
export function findRepository(world: World, name: string): Repository | null {
  const key = name.toLowerCase();
  return world.repositories.get(key) ?? world.formerNames.get(key) ?? null;
}

/** The repositories that an account owns, oldest first. */
export function repositoriesOf(world: World, owner: Account): Repository[] {
  return [...world.repositories.values()].filter((repository) => repository.owner.id === owner.id);
}

/** The forks of a repository. */
export function forksOf(world: World, repository: Repository): Repository[] {
  return [...world.repositories.values()].filter((other) => other.parent?.id === repository.id);
}

/** Where a repository lies below the world's directory. One that is renamed stays where it is. */
export function repositoryDirectory({ formerNames }: World, owner: string, name: string): string {
  const taken = formerNames.get(`${owner}/${name}`.toLowerCase());
  return `${owner}/${name}${taken ? `+${taken.id}` : ''}.git`;
}

/** Registers a repository under its name. */
export function putRepository(world: World, repository: Repository): void {
  world.repositories.set(fullName(repository).toLowerCase(), repository);
}
