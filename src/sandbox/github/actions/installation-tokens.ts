import { randomBytes } from 'node:crypto';
import type { Endpoints } from '@octokit/types';
import { includesLevel } from '../http/allow.ts';
import { refusal } from '../http/refusal.ts';
import { coversRepository, type Installation, type Level, type Permissions } from '../model/app.ts';
import type { Repository } from '../model/repository.ts';
import { repositoriesOf, type World, wholeSeconds } from '../model/world.ts';
import { renderRepository } from '../render/repository.ts';

type IssuedToken = Endpoints['POST /app/installations/{installation_id}/access_tokens']['response']['data'];

const lifetimeMs = 60 * 60 * 1000;

/** Gives an App a token for an installation, for an hour; narrowed to repositories and permissions where asked. */
export function issueInstallationToken(
  world: World,
  installation: Installation,
  asked: {
    readonly repositories: readonly string[] | null;
    readonly repositoryIds: readonly number[] | null;
    readonly permissions: Readonly<Record<string, string>> | null;
  },
): IssuedToken {
  if (installation.suspendedAt) throw refusal(403, 'This installation has been suspended');
  const chosen = chooseRepositories(world, installation, asked.repositories, asked.repositoryIds);
  const permissions = choosePermissions(installation, asked.permissions);
  const secret = `ghs_${randomBytes(27).toString('base64url').replace(/[-_]/g, 'x')}`;
  const expiresAt = new Date(world.clock.now().getTime() + lifetimeMs);
  world.tokens.set(secret, {
    kind: 'installation',
    installation,
    permissions,
    repositories: chosen ? new Set(chosen.map(({ id }) => id)) : 'all',
    expiresAt,
  });
  return {
    token: secret,
    expires_at: wholeSeconds(expiresAt),
    permissions: permissions as NonNullable<IssuedToken['permissions']>,
    repository_selection: chosen || installation.repositories !== 'all' ? 'selected' : 'all',
    ...(chosen ? { repositories: chosen.map((repository) => renderRepository(world, repository)) } : {}),
  };
}

function chooseRepositories(
  world: World,
  installation: Installation,
  names: readonly string[] | null,
  ids: readonly number[] | null,
): Repository[] | null {
  if (!names && !ids) return null;
  const covered = repositoriesOf(world, installation.account).filter((one) =>
    coversRepository(installation, one),
  );
  const find = (matches: (repository: Repository) => boolean): Repository => {
    const found = covered.find(matches);
    if (!found) {
      const message =
        'There is at least one repository that does not exist or is not accessible to the parent installation.';
      throw refusal(422, message);
    }
    return found;
  };
  return [
    ...(names ?? []).map((name) => find((one) => one.name.toLowerCase() === name.toLowerCase())),
    ...(ids ?? []).map((id) => find((one) => one.id === id)),
  ];
}

function choosePermissions(
  installation: Installation,
  asked: Readonly<Record<string, string>> | null,
): Permissions {
  const held = installation.app.permissions;
  if (!asked) return { metadata: 'read', ...held };
  for (const [name, level] of Object.entries(asked)) {
    if (name === 'metadata' && level === 'read') continue;
    if (!includesLevel(held[name], level as Level)) {
      throw refusal(422, 'The permissions requested are not granted to this installation.');
    }
  }
  return { metadata: 'read', ...(asked as Permissions) };
}
