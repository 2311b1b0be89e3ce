import {
  addOrganisationMember,
  addTeamMember,
  createAccount,
  createTeam,
  createUserToken,
  removeTeamMember,
  setPublishedKeys,
} from './actions/accounts.ts';
import { selectRepositories, setSuspended, uninstall } from './actions/installations.ts';
import { installApp, registerApp } from './actions/register-app.ts';
import {
  addCollaborator,
  createRepository,
  forkRepository,
  grantTeam,
  renameRepository,
  transferRepository,
} from './actions/repositories.ts';
import type { FileEdits } from './git/commit-files.ts';
import { notFound, refusal } from './http/refusal.ts';
import type { Account, Team } from './model/account.ts';
import { type Actor, person } from './model/actor.ts';
import type { AppManifest, Installation } from './model/app.ts';
import type { BranchProtection, Repository } from './model/repository.ts';
import type { Role } from './model/role.ts';
import { findTeam } from './model/team.ts';
import { findAccount, findRepository, type World } from './model/world.ts';
import { cloneUrl } from './render/addresses.ts';

/** A person, with what they sign in with. */
export interface SeededUser {
  readonly login: string;
  readonly email: string;
  readonly token: string;
}

/** A repository that was made. `cloneUrl` is without credentials. */
export interface SeededRepository {
  readonly id: number;
  readonly fullName: string;
  readonly cloneUrl: string;
}

/** What an App needs to know of itself. */
export interface SeededApp {
  readonly appId: number;
  readonly slug: string;
  readonly privateKey: string;
  readonly installationId: number;
}

/** Fills the world without HTTP. Names are logins and `owner/name`. */
export interface Seeding {
  createUser(login: string, details?: { readonly name?: string; readonly email?: string }): SeededUser;
  /** What they publish from now on: `ssh-ed25519 AAAA...`. */
  setPublishedKeys(login: string, keys: readonly string[]): void;
  createOrganisation(
    login: string,
    people?: { readonly owners?: readonly string[]; readonly members?: readonly string[] },
  ): Promise<void>;
  createTeam(
    organisation: string,
    slug: string,
    members: readonly string[],
    options?: { readonly parent?: string },
  ): Promise<void>;
  addTeamMember(organisation: string, slug: string, login: string): Promise<void>;
  removeTeamMember(organisation: string, slug: string, login: string): Promise<void>;
  createRepository(content: {
    readonly owner: string;
    readonly name: string;
    readonly description?: string;
    readonly private?: boolean;
    readonly files?: FileEdits;
    readonly defaultBranch?: string;
    /** Whose commit the first one is; the owner's unless told. */
    readonly author?: string;
  }): Promise<SeededRepository>;
  fork(repository: string, login: string): Promise<SeededRepository>;
  addCollaborator(repository: string, login: string, role: Role): Promise<void>;
  grantTeam(repository: string, organisation: string, slug: string, role: Role): Promise<void>;
  protectBranch(repository: string, branch: string, protection: Partial<BranchProtection>): void;
  setCodeScanning(repository: string, enabled: boolean): void;
  /** Registers an App and installs it on all repositories of `account` (the first organisation unless told). */
  registerApp(content: {
    readonly manifest: AppManifest;
    readonly webhookUrl: string;
    readonly webhookSecret: string;
    readonly account?: string;
  }): Promise<SeededApp>;
  setWebhookUrl(appId: number, url: string): void;
  selectRepositories(installationId: number, repositories: readonly string[]): Promise<void>;
  setSuspended(installationId: number, suspended: boolean): Promise<void>;
  uninstall(installationId: number): Promise<void>;
  /** Installs an App that is registered already; gives the installation's id. */
  install(appId: number, account: string): Promise<number>;
  renameRepository(repository: string, name: string): Promise<void>;
  transferRepository(repository: string, owner: string): Promise<void>;
}

const unprotected: BranchProtection = {
  requiredStatusChecks: null,
  requiredReviews: null,
  enforceAdmins: false,
  requiredLinearHistory: false,
  allowForcePushes: false,
  allowDeletions: false,
  requiredConversationResolution: false,
};

/** Seeding of a world. Everything is done in the name of the owner of what it is done to. */
export function seedingOf(world: World): Seeding {
  const account = (login: string): Account => {
    const found = findAccount(world, login);
    if (!found) throw refusal(404, `There is no account ${login}`);
    return found;
  };
  const repository = (name: string): Repository => {
    const found = findRepository(world, name);
    if (!found) throw refusal(404, `There is no repository ${name}`);
    return found;
  };
  const team = (organisation: string, slug: string): Team => {
    const found = findTeam(world, account(organisation), slug);
    if (!found) throw refusal(404, `There is no team ${organisation}/${slug}`);
    return found;
  };
  const installation = (id: number): Installation => {
    const found = world.installations.get(id);
    if (!found) throw notFound();
    return found;
  };
  const seeded = (made: Repository): SeededRepository => ({
    id: made.id,
    fullName: `${made.owner.login}/${made.name}`,
    cloneUrl: cloneUrl(world, made),
  });
  const inNameOf = (owner: Account): Actor => {
    const admin = [...owner.members.values()].find((member) => member.role === 'admin');
    return person(admin?.account ?? owner);
  };

  return {
    createUser(login, details) {
      const made = createAccount(world, 'User', login, details);
      return { login, email: made.email, token: createUserToken(world, made) };
    },
    setPublishedKeys: (login, keys) => setPublishedKeys(world, account(login), keys),
    async createOrganisation(login, people = {}) {
      const made = createAccount(world, 'Organization', login);
      for (const owner of people.owners ?? []) {
        await addOrganisationMember(world, made, person(made), account(owner), 'admin');
      }
      for (const member of people.members ?? []) {
        await addOrganisationMember(world, made, person(made), account(member), 'member');
      }
    },
    async createTeam(organisation, slug, members, options = {}) {
      const owner = account(organisation);
      await createTeam(world, owner, inNameOf(owner), {
        slug,
        members: members.map(account),
        parent: options.parent === undefined ? null : team(organisation, options.parent),
      });
    },
    async addTeamMember(organisation, slug, login) {
      const actor = inNameOf(account(organisation));
      await addTeamMember(world, team(organisation, slug), actor, account(login), 'member');
    },
    async removeTeamMember(organisation, slug, login) {
      await removeTeamMember(
        world,
        team(organisation, slug),
        inNameOf(account(organisation)),
        account(login),
      );
    },
    async createRepository({ owner, author, ...content }) {
      const actor = author === undefined ? inNameOf(account(owner)) : person(account(author));
      return seeded(await createRepository(world, actor, { ...content, owner: account(owner) }));
    },
    async fork(name, login) {
      return seeded(await forkRepository(world, repository(name), person(account(login))));
    },
    async addCollaborator(name, login, role) {
      const to = repository(name);
      await addCollaborator(world, to, inNameOf(to.owner), account(login), role);
    },
    async grantTeam(name, organisation, slug, role) {
      const to = repository(name);
      await grantTeam(world, to, inNameOf(to.owner), team(organisation, slug), role);
    },
    protectBranch(name, branch, protection) {
      repository(name).protections.set(branch, { ...unprotected, ...protection });
    },
    setCodeScanning(name, enabled) {
      repository(name).codeScanning.enabled = enabled;
    },
    async registerApp(content) {
      const first = [...world.accounts.values()].find((one) => one.type === 'Organization');
      const target = content.account === undefined ? first : account(content.account);
      if (!target) throw refusal(422, 'There is no organisation to install the App on');
      const { app, privateKey } = await registerApp(world, target, content);
      const installed = await installApp(world, app, target, inNameOf(target));
      return { appId: app.id, slug: app.slug, privateKey, installationId: installed.id };
    },
    setWebhookUrl(appId, url) {
      const app = world.apps.get(appId);
      if (!app) throw notFound();
      app.webhookUrl = url;
    },
    async selectRepositories(id, names) {
      const of = installation(id);
      await selectRepositories(world, of, inNameOf(of.account), names.map(repository));
    },
    async setSuspended(id, suspended) {
      await setSuspended(world, installation(id), inNameOf(installation(id).account), suspended);
    },
    async install(appId, on) {
      const app = world.apps.get(appId);
      if (!app) throw notFound();
      return (await installApp(world, app, account(on), inNameOf(account(on)))).id;
    },
    async renameRepository(name, to) {
      await renameRepository(world, repository(name), inNameOf(repository(name).owner), to);
    },
    async transferRepository(name, to) {
      await transferRepository(world, repository(name), inNameOf(account(to)), account(to));
    },
    async uninstall(id) {
      await uninstall(world, installation(id), inNameOf(installation(id).account));
    },
  };
}
