import { resolveCommit } from '../git/commits.ts';
import { refusal } from '../http/refusal.ts';
import type { Actor } from '../model/actor.ts';
import type { CommitStatus } from '../model/check.ts';
import type { Repository } from '../model/repository.ts';
import { timestamp, type World } from '../model/world.ts';

/** Sets a status of a commit. */
export async function createStatus(
  world: World,
  repository: Repository,
  actor: Actor,
  content: Pick<CommitStatus, 'sha' | 'context' | 'state' | 'description' | 'targetUrl'>,
): Promise<CommitStatus> {
  if (!(await resolveCommit(repository.git, content.sha))) {
    throw refusal(422, `No commit found for SHA: ${content.sha}`);
  }
  const status = { ...content, id: world.newId(), creator: actor.account, createdAt: timestamp(world) };
  repository.statuses.push(status);
  return status;
}
