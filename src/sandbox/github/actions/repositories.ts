import { join } from 'node:path';
import { commitFiles, type FileEdits } from '../git/commit-files.ts';
import { cloneStore, createStore, type GitStore } from '../git/store.ts';
import { refusal } from '../http/refusal.ts';
import type { Account, Team } from '../model/account.ts';
import type { Actor } from '../model/actor.ts';
import { fullName, type Repository } from '../model/repository.ts';
import type { Role } from '../model/role.ts';
import { findRepository, putRepository, repositoryDirectory, timestamp, type World } from '../model/world.ts';
import { renderAccount } from '../render/account.ts';
import { renderRepository } from '../render/repository.ts';
import { renderTeam } from '../render/team.ts';
import { signatureOf } from './identity.ts';
import { announceCoverage } from './installations.ts';

/** What a new repository is. */
export interface NewRepository {
  readonly owner: Account;
  readonly name: string;
  readonly description?: string;
  readonly private?: boolean;
  readonly defaultBranch?: string;
  /** What the first commit holds, by path; no commit is made when there are none. */
  readonly files?: FileEdits;
}

/** Makes a repository with, in its first commit, the files given. */
export async function createRepository(
  world: World,
  actor: Actor,
  content: NewRepository,
): Promise<Repository> {
  const defaultBranch = content.defaultBranch ?? 'main';
  requireFree(world, content.owner, content.name);
  const directory = join(world.directory, repositoryDirectory(world, content.owner.login, content.name));
  const git = await createStore(directory, defaultBranch);
  if (content.files && Object.keys(content.files).length > 0) {
    const signature = signatureOf(world, actor.account);
    const { files } = content;
    await commitFiles(git, {
      branch: defaultBranch,
      message: 'Initial commit',
      files,
      author: signature,
      committer: signature,
    });
  }
  const repository = makeRepository(world, { ...content, defaultBranch, parent: null }, git);
  await announceCreated(world, repository, actor);
  return repository;
}

/** Copies a repository to another owner, with all its branches. */
export async function forkRepository(world: World, parent: Repository, actor: Actor): Promise<Repository> {
  const owner = actor.account;
  const known = findRepository(world, `${owner.login}/${parent.name}`);
  if (known?.parent === parent) return known;
  requireFree(world, owner, parent.name);
  const directory = join(world.directory, repositoryDirectory(world, owner.login, parent.name));
  const git = await cloneStore(parent.git, directory);
  const { name, defaultBranch } = parent;
  const fork = makeRepository(world, { owner, name, private: parent.private, defaultBranch, parent }, git);
  await announceCreated(world, fork, actor);
  return fork;
}

function requireFree(world: World, owner: Account, name: string): void {
  if (!/^[\w.-]+$/.test(name) || name.endsWith('.git'))
    throw refusal(422, `Repository name is invalid: ${name}`);
  if (world.repositories.has(`${owner.login}/${name}`.toLowerCase())) {
    throw refusal(422, 'Repository creation failed: name already exists on this account');
  }
}

function makeRepository(
  world: World,
  content: NewRepository & { readonly defaultBranch: string; readonly parent: Repository | null },
  git: GitStore,
): Repository {
  const now = timestamp(world);
  const repository: Repository = {
    id: world.newId(),
    owner: content.owner,
    name: content.name,
    private: content.private ?? false,
    description: content.description ?? null,
    defaultBranch: content.defaultBranch,
    parent: content.parent,
    createdAt: now,
    git,
    updatedAt: now,
    pushedAt: now,
    deleteBranchOnMerge: false,
    issues: new Map(),
    labels: new Map(),
    collaborators: new Map(),
    teamGrants: new Map(),
    checkSuites: [],
    checkRuns: [],
    statuses: [],
    deployments: [],
    environments: new Map(),
    protections: new Map(),
    mergeQueue: [],
    codeScanning: { enabled: false, analyses: [] },
  };
  putRepository(world, repository);
  return repository;
}

async function announceCreated(world: World, repository: Repository, actor: Actor): Promise<void> {
  await announceCoverage(world, repository, actor);
  await world.announce('repository', { repository, sender: actor.account }, () => ({
    action: 'created' as const,
  }));
}

/** Gives a repository another name. The old one goes on leading to it until another repository takes it. */
export async function renameRepository(
  world: World,
  repository: Repository,
  actor: Actor,
  name: string,
): Promise<void> {
  requireFree(world, repository.owner, name);
  const from = repository.name;
  moveName(world, repository, () => {
    repository.name = name;
  });
  await world.announce('repository', { repository, sender: actor.account }, () => ({
    action: 'renamed' as const,
    changes: { repository: { name: { from } } },
  }));
}

/** Gives a repository to another owner. Installations on the old one cover it no longer. */
export async function transferRepository(
  world: World,
  repository: Repository,
  actor: Actor,
  owner: Account,
): Promise<void> {
  requireFree(world, owner, repository.name);
  const from = repository.owner;
  moveName(world, repository, () => {
    repository.owner = owner;
  });
  const by = from.type === 'Organization' ? 'organization' : 'user';
  await announceCoverage(world, repository, actor);
  await world.announce('repository', { repository, sender: actor.account }, () => ({
    action: 'transferred' as const,
    changes: { owner: { from: { [by]: renderAccount(world, from) } } },
  }));
}

function moveName(world: World, repository: Repository, change: () => void): void {
  const former = fullName(repository).toLowerCase();
  world.repositories.delete(former);
  change();
  putRepository(world, repository);
  world.formerNames.set(former, repository);
}

/** Lets an account into a repository, in a role. */
export async function addCollaborator(
  world: World,
  repository: Repository,
  actor: Actor,
  account: Account,
  role: Role,
): Promise<void> {
  repository.collaborators.set(account.login.toLowerCase(), { account, role });
  await world.announce('member', { repository, sender: actor.account }, () => ({
    action: 'added' as const,
    member: renderAccount(world, account),
    changes: { permission: { to: role === 'admin' ? ('admin' as const) : ('write' as const) } },
  }));
}

/** Lets a team into a repository, in a role. */
export async function grantTeam(
  world: World,
  repository: Repository,
  actor: Actor,
  team: Team,
  role: Role,
): Promise<void> {
  repository.teamGrants.set(team.id, { team, role });
  const audience = { organisation: team.organisation, sender: actor.account };
  await world.announce('team', audience, () => ({
    action: 'added_to_repository' as const,
    team: renderTeam(world, team),
    repository: renderRepository(world, repository),
  }));
}
