import { settingsToJudge } from './read-settings.ts';
import { redecide } from './redecide.ts';
import type { Repository } from './repository.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/** A comment that was edited or deleted says nothing any more: an approval that it gave is taken back. */
export async function retractComment(
  workflow: PullRequestWorkflow,
  repository: Repository,
  number: number,
  commentId: number,
): Promise<void> {
  const record = await workflow.pullRequests.get(repository.fullName, number);
  const said = record?.statements.find((s) => s.kind === 'comment' && s.id === commentId);
  if (!record || !said || record.phase === 'settled') return;
  const pullRequest = await repository.pullRequest(number);
  if (!pullRequest.isDefaultBase) return;
  const settings = await settingsToJudge(repository, pullRequest, record);
  const statements = record.statements.map((s) => (s === said ? { ...s, edited: true } : s));
  if (!settings) {
    await workflow.pullRequests.put({ ...record, statements });
    return;
  }
  await redecide(workflow, repository, pullRequest, settings, { ...record, statements });
}
