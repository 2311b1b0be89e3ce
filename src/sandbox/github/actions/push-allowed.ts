import { noCommit } from '../git/store.ts';
import { type Actor, actorRole } from '../model/actor.ts';
import { requiredCheckState } from '../model/checks-on-commit.ts';
import type { Repository } from '../model/repository.ts';
import type { World } from '../model/world.ts';

/**
 * Why a branch's protection refuses that an actor moves it without a pull request, in GitHub's words; null when it
 * does not. `after` is the commit that the branch would point at.
 */
export function pushObstacle(
  world: World,
  repository: Repository,
  actor: Actor,
  branch: string,
  after: string,
): string | null {
  const protection = repository.protections.get(branch);
  if (!protection) return null;
  if (after === noCommit) return protection.allowDeletions ? null : 'Cannot delete this protected branch';
  if (!protection.enforceAdmins && actorRole(world, repository, actor) === 'admin') return null;
  if (protection.requiredReviews) return 'Changes must be made through a pull request.';
  const missing = (protection.requiredStatusChecks?.checks ?? []).filter(
    ({ context, appId }) => requiredCheckState(repository, after, context, appId) !== 'passing',
  );
  if (missing.length === 0) return null;
  if (missing.length === 1) return `Required status check "${missing[0]!.context}" is expected.`;
  return `${missing.length} of ${protection.requiredStatusChecks!.checks.length} required status checks are expected.`;
}
