import { isAncestor, resolveCommit } from '../git/commits.ts';
import { noCommit, updateRef } from '../git/store.ts';
import { refusal } from '../http/refusal.ts';
import type { Actor } from '../model/actor.ts';
import type { Repository } from '../model/repository.ts';
import type { World } from '../model/world.ts';
import { pushObstacle } from './push-allowed.ts';
import { refMoved } from './ref-moved.ts';

/** Makes a branch or tag, or moves it to another commit; backwards or sideways only by force. */
export function moveRef(
  world: World,
  repository: Repository,
  actor: Actor,
  ref: string,
  sha: string,
  options: { readonly force: boolean },
): Promise<void> {
  return repository.git.exclusive(async () => {
    const { git } = repository;
    if (!/^[0-9a-f]{40}$/.test(sha) || !(await resolveCommit(git, sha))) {
      throw refusal(422, 'Object does not exist');
    }
    const before = git.refs.get(ref);
    if (before && !options.force && !(await isAncestor(git, before, sha))) {
      throw refusal(422, 'Update is not a fast forward');
    }
    requireUnprotected(world, repository, actor, ref, sha);
    const protection = repository.protections.get(ref.replace('refs/heads/', ''));
    if (protection && !protection.allowForcePushes && before && !(await isAncestor(git, before, sha))) {
      throw refusal(422, 'Cannot force-push to this branch');
    }
    await refMoved(world, repository, actor, await updateRef(git, ref, sha, before));
  });
}

/** Deletes a branch or tag. */
export function deleteRef(world: World, repository: Repository, actor: Actor, ref: string): Promise<void> {
  return repository.git.exclusive(async () => {
    if (!/^refs\/(heads|tags)\//.test(ref) || !repository.git.refs.has(ref)) {
      throw refusal(422, 'Reference does not exist');
    }
    requireUnprotected(world, repository, actor, ref, noCommit);
    await refMoved(world, repository, actor, await updateRef(repository.git, ref, noCommit));
  });
}

function requireUnprotected(
  world: World,
  repository: Repository,
  actor: Actor,
  ref: string,
  sha: string,
): void {
  if (!ref.startsWith('refs/heads/')) return;
  const obstacle = pushObstacle(world, repository, actor, ref.slice('refs/heads/'.length), sha);
  if (obstacle) throw refusal(422, obstacle);
}
