import type { Statement } from '../approval/approval.ts';
import { linkWork } from '../base/trace.ts';
import { renderReply } from '../review/reply.ts';
import { isVotedOn } from '../review/review.ts';
import { altered, answerStatement } from './answer-approval.ts';
import { approvable } from './defer.ts';
import type { FollowUp } from './hearing.ts';
import { ifIntact, shownBefore, withStatement } from './publish-review.ts';
import { settingsToJudge } from './read-settings.ts';
import { redecide } from './redecide.ts';
import type { Repository } from './repository.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/**
 * GitHub's own review: 'approve' says yes to what was shown, 'request changes' no, a dismissal takes either back.
 * A review names the commit that was looked at, so it counts only for what was shown of that commit.
 */
export async function hearReview(
  workflow: PullRequestWorkflow,
  repository: Repository,
  number: number,
  reviewId: number,
): Promise<readonly FollowUp[]> {
  const [pullRequest, known, review] = await Promise.all([
    repository.pullRequest(number),
    workflow.pullRequests.get(repository.fullName, number),
    repository.review(number, reviewId),
  ]);
  linkWork(known?.trace);
  if (!known || !review || !isVotedOn(known.review) || !pullRequest.isDefaultBase) return [];
  if (review.state === 'commented' || review.state === 'pending') return [];
  if ((pullRequest.state === 'closed' && !pullRequest.merged) || known.phase === 'settled') return [];
  const settings = await settingsToJudge(repository, pullRequest, known);
  if (!settings) return [];

  const record = review.state === 'approved' ? await ifIntact(repository, known) : known;
  if (!record) {
    await redecide(workflow, repository, pullRequest, settings, { ...known, shown: [] });
    await repository.writeComment(number, undefined, renderReply({ kind: 'refused', reason: altered }));
    return [];
  }
  // What is of no commit is of a time in which nobody knows what was shown.
  const seen = shownBefore(
    record.shown.filter((s) => s.headSha === review.commit || s.headSha === ''),
    review.submittedAt,
  );
  const statement: Statement = {
    kind: 'review',
    id: review.id,
    login: review.login,
    isBot: review.isBot,
    at: review.submittedAt,
    edited: false,
    dismissed: review.state === 'dismissed',
    answer: review.state === 'changes_requested' ? 'no' : 'yes',
    digests: seen ? approvable(seen) : {},
  };
  const heard = { ...record, statements: withStatement(record.statements, statement) };
  const after = await redecide(workflow, repository, pullRequest, settings, heard);
  // The comment says why a bot's approval does not count; a reply might be answered in turn.
  if (review.state !== 'approved' || review.isBot) return [];
  const answer = answerStatement(after, statement, pullRequest);
  if (answer.reply) await repository.writeComment(number, undefined, renderReply(answer.reply));
  return answer.followUp ? [answer.followUp] : [];
}
