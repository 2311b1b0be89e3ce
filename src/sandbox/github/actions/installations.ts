import type { Actor } from '../model/actor.ts';
import { coversRepository, type Installation } from '../model/app.ts';
import { fullName, type Repository } from '../model/repository.ts';
import { repositoriesOf, timestamp, type World } from '../model/world.ts';
import { renderAccount } from '../render/account.ts';
import { nodeId } from '../render/addresses.ts';
import { renderInstallation } from '../render/app.ts';

/** A repository, in the five fields that installation events have of it. */
function renderCovered(repository: Repository) {
  return {
    id: repository.id,
    node_id: nodeId('Repository', repository.id),
    name: repository.name,
    full_name: fullName(repository),
    private: repository.private,
  };
}

/** Announces that an App was installed. */
export async function announceInstalled(
  world: World,
  installation: Installation,
  actor: Actor,
): Promise<void> {
  await world.announce('installation', { sender: actor.account, installation }, () => ({
    action: 'created' as const,
    installation: renderInstallation(world, installation),
    repositories: coveredBy(world, installation).map(renderCovered),
  }));
}

function coveredBy(world: World, installation: Installation): Repository[] {
  return repositoriesOf(world, installation.account).filter((one) => coversRepository(installation, one));
}

/** Announces a new repository to the installations that cover all of its owner's. */
export async function announceCoverage(world: World, repository: Repository, actor: Actor): Promise<void> {
  for (const installation of world.installations.values()) {
    if (!coversRepository(installation, repository)) continue;
    await announceRepositories(world, installation, actor, [repository], []);
  }
}

/** Chooses the repositories that an installation covers, and announces the difference. */
export async function selectRepositories(
  world: World,
  installation: Installation,
  actor: Actor,
  chosen: readonly Repository[],
): Promise<void> {
  const before = coveredBy(world, installation);
  installation.repositories = new Set(chosen.map((repository) => repository.id));
  const added = chosen.filter((repository) => !before.includes(repository));
  const removed = before.filter((repository) => !chosen.includes(repository));
  await announceRepositories(world, installation, actor, added, removed);
}

async function announceRepositories(
  world: World,
  installation: Installation,
  actor: Actor,
  added: readonly Repository[],
  removed: readonly Repository[],
): Promise<void> {
  const audience = { sender: actor.account, installation };
  const common = () => ({
    installation: renderInstallation(world, installation),
    repository_selection: installation.repositories === 'all' ? ('all' as const) : ('selected' as const),
    requester: null,
  });
  if (added.length > 0) {
    await world.announce('installation_repositories', audience, () => ({
      ...common(),
      action: 'added' as const,
      repositories_added: added.map(renderCovered),
      repositories_removed: [] as [],
    }));
  }
  if (removed.length > 0) {
    await world.announce('installation_repositories', audience, () => ({
      ...common(),
      action: 'removed' as const,
      repositories_added: [] as [],
      repositories_removed: removed.map(renderCovered),
    }));
  }
}

/** Takes an App off an account: its tokens die, and it is told. */
export async function uninstall(world: World, installation: Installation, actor: Actor): Promise<void> {
  await world.announce('installation', { sender: actor.account, installation }, () => ({
    action: 'deleted' as const,
    installation: renderInstallation(world, installation),
    repositories: coveredBy(world, installation).map(renderCovered),
  }));
  world.installations.delete(installation.id);
  for (const [secret, token] of world.tokens) {
    if (token.kind === 'installation' && token.installation === installation) world.tokens.delete(secret);
  }
}

/** Suspends an installation, or lets it work again. While it is suspended its tokens are refused. */
export async function setSuspended(
  world: World,
  installation: Installation,
  actor: Actor,
  suspended: boolean,
): Promise<void> {
  installation.suspendedAt = suspended ? timestamp(world) : null;
  const audience = { sender: actor.account, installation };
  await world.announce('installation', audience, () => {
    const rendered = renderInstallation(world, installation);
    const repositories = coveredBy(world, installation).map(renderCovered);
    if (installation.suspendedAt === null) {
      const resumed = { ...rendered, suspended_by: null, suspended_at: null };
      return { action: 'unsuspend' as const, installation: resumed, repositories };
    }
    const by = renderAccount(world, actor.account);
    const halted = { ...rendered, suspended_by: by, suspended_at: installation.suspendedAt };
    return { action: 'suspend' as const, installation: halted, repositories };
  });
}
