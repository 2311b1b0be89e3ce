import { commitFiles } from '../git/commit-files.ts';
import type { Signature } from '../git/commits.ts';
import { branchTip } from '../git/store.ts';
import { notFound, refusal } from '../http/refusal.ts';
import type { Actor } from '../model/actor.ts';
import type { Repository } from '../model/repository.ts';
import type { World } from '../model/world.ts';
import { signatureOf, webFlow } from './identity.ts';
import { pushObstacle } from './push-allowed.ts';
import { refMoved } from './ref-moved.ts';

/** One file to write (or, with null, to remove) in a commit of its own. */
export interface FileCommit {
  readonly branch: string;
  readonly path: string;
  readonly content: Buffer | null;
  readonly message: string;
  /** The blob that is being replaced; must be given, and be right, when the file exists. */
  readonly sha?: string;
  readonly author?: Signature;
}

/** The commit that is going to be made has no checks yet, whatever its id will be. */
const notYetMade = '';

/** Writes or removes one file, as the contents API and the web editor do. Answers the commit's id. */
export function commitFile(
  world: World,
  repository: Repository,
  actor: Actor,
  change: FileCommit,
): Promise<{ readonly commit: string; readonly created: boolean }> {
  return repository.git.exclusive(async () => {
    const { branch, path, content } = change;
    const tip = branchTip(repository.git, branch);
    if (!tip && repository.git.refs.size > 0) throw refusal(404, `Branch ${branch} not found`);
    const existing = tip ? await repository.git.objects.read(`${tip}:${path}`) : null;
    if (!existing && content === null) throw notFound();
    if (existing && change.sha === undefined) {
      throw refusal(422, 'Invalid request.\n\n"sha" wasn\'t supplied.');
    }
    if (change.sha !== undefined && existing?.oid !== change.sha) {
      throw refusal(409, `${path} does not match ${change.sha}`);
    }
    const obstacle = pushObstacle(world, repository, actor, branch, notYetMade);
    if (obstacle) throw refusal(409, `Repository rule violations found\n\n${obstacle}`);
    const moved = await commitFiles(repository.git, {
      branch,
      message: change.message,
      files: { [path]: content },
      author: change.author ?? signatureOf(world, actor.account),
      committer: webFlow(world),
    });
    await refMoved(world, repository, actor, moved);
    return { commit: moved.after, created: !existing };
  });
}
