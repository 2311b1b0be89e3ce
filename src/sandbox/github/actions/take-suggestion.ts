import { notFound, refusal } from '../http/refusal.ts';
import { type Actor, requireRole } from '../model/actor.ts';
import type { PullRequestIssue } from '../model/pull-request.ts';
import type { World } from '../model/world.ts';
import { commitFile } from './contents.ts';

/** What a comment on a line proposes to put in its place: the text of its first `suggestion` block. */
export function suggestionIn(body: string): string | undefined {
  return /^(`{3,})suggestion\n([\s\S]*?)\n?^\1`*[ \t]*$/m.exec(body)?.[2];
}

/** Commits it to the pull request's branch: the 'Commit suggestion' button. Not where the line has changed since. */
export async function takeSuggestion(
  world: World,
  issue: PullRequestIssue,
  actor: Actor,
  commentId: number,
): Promise<void> {
  const { headRepository, headRef, headSha, reviews } = issue.pull;
  const review = reviews.find((r) => r.comments.some(({ id }) => id === commentId));
  const comment = review?.comments.find(({ id }) => id === commentId);
  const suggested = comment && suggestionIn(comment.body);
  if (!review || !comment || suggested === undefined) throw notFound();
  requireRole(world, headRepository, actor, 'write');
  const at = async (commit: string) => {
    const file = await headRepository.git.objects.read(`${commit}:${comment.path}`);
    return file ? { oid: file.oid, lines: file.data.toString().split('\n') } : undefined;
  };
  const [then, now] = [await at(review.commit), await at(headSha)];
  const place = comment.line - 1;
  if (!now || now.lines[place] === undefined || now.lines[place] !== then?.lines[place])
    throw refusal(422, 'This suggestion is outdated');
  await commitFile(world, headRepository, actor, {
    branch: headRef,
    path: comment.path,
    content: Buffer.from(now.lines.toSpliced(place, 1, suggested).join('\n')),
    message: `Update ${comment.path.split('/').at(-1)}`,
    sha: now.oid,
  });
}
