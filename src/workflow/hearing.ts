import { mayCommand } from '../approval/people.ts';
import type { Reply } from '../review/reply.ts';
import type { PullRequestRecord } from '../state/pull-requests.ts';
import { onlyTeams } from './gate.ts';
import type { BaseSettings } from './read-settings.ts';
import type { Comment, PullRequest, Repository } from './repository.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/** Work that a use case asks for after itself: to be done as a job of its own. */
export type FollowUp = 'review' | 'merge' | 'settle' | 'overlap';

/** Everything that answering one command needs. */
export interface Hearing {
  readonly workflow: PullRequestWorkflow;
  readonly repository: Repository;
  readonly pullRequest: PullRequest;
  readonly settings: BaseSettings;
  readonly record: PullRequestRecord | undefined;
  readonly comment: Comment;
  /** What stands after the verb. */
  readonly environment?: string;
  readonly policy?: string;
  readonly reason?: string;
}

/** What to answer, and what to do next. No reply: the comment was understood, and what follows says so. */
export interface Answer {
  readonly reply?: Reply;
  readonly reaction?: '+1' | '-1' | 'eyes' | 'confused';
  readonly followUp?: FollowUp;
}

/** Understood and not done, with a sentence that says why and what to do. */
export function refused(reason: string): Answer {
  return { reply: { kind: 'refused', reason }, reaction: 'confused' };
}

/** Whether who comments is one of the settings' operators. */
export async function isOperator({
  repository,
  settings,
  comment,
}: Pick<Hearing, 'repository' | 'settings' | 'comment'>): Promise<boolean> {
  const person = await repository.person(comment.login, onlyTeams(settings.operators));
  return mayCommand(person, settings.operators);
}

/** What somebody is told who is none. */
export async function refuseStranger(hearing: Hearing): Promise<Answer | undefined> {
  if (await isOperator(hearing)) return undefined;
  const { comment, settings } = hearing;
  return {
    reply: { kind: 'forbidden', login: comment.login, operators: settings.operators },
    reaction: '-1',
  };
}
