import type { Statement } from '../approval/approval.ts';
import { type Command, parseCommand, type Verb } from '../approval/command.ts';
import { mayCommand } from '../approval/people.ts';
import { type Reply, renderReply } from '../review/reply.ts';
import { findEnvironment, type Settings } from '../settings/settings.ts';
import type { PullRequestRecord } from '../state/pull-requests.ts';
import { begunAgain } from './apply-merge.ts';
import { teamsOf } from './gate.ts';
import { ifIntact, shownBefore, withStatement } from './publish-review.ts';
import { readSettings } from './read-settings.ts';
import { redecide } from './redecide.ts';
import type { Comment, PullRequest, Repository } from './repository.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/** Work that a use case asks for after itself: to be done as a job of its own. */
export type FollowUp = 'review' | 'merge';

/** Everything that answering one command needs. */
interface Hearing {
  readonly workflow: PullRequestWorkflow;
  readonly repository: Repository;
  readonly pullRequest: PullRequest;
  readonly settings: Settings;
  readonly record: PullRequestRecord | undefined;
  readonly comment: Comment;
  readonly environment: string | undefined;
}

/** What to answer, and what to do next. No reply: the comment was understood, and what follows says so. */
interface Answer {
  readonly reply?: Reply;
  readonly reaction?: '+1' | '-1' | 'eyes' | 'confused';
  readonly followUp?: FollowUp;
}

/**
 * Answers a comment that commands. The comment is read again from GitHub: what the webhook said may have been
 * edited or deleted since.
 */
export async function hearComment(
  workflow: PullRequestWorkflow,
  repository: Repository,
  number: number,
  commentId: number,
): Promise<readonly FollowUp[]> {
  const comment = await repository.comment(commentId);
  if (!comment || comment.pullRequest !== number) return [];
  const command = parseCommand(comment.body);
  return command ? hear(workflow, repository, comment, command) : [];
}

/** The same for `/slipway cancel`, beside what is going on: it is no other command, whatever it says by now. */
export async function hearCancel(
  workflow: PullRequestWorkflow,
  repository: Repository,
  number: number,
  commentId: number,
): Promise<void> {
  const comment = await repository.comment(commentId);
  if (!comment || comment.pullRequest !== number) return;
  const command = parseCommand(comment.body);
  if (command?.kind === 'command' && command.verb === 'cancel')
    await hear(workflow, repository, comment, command);
}

async function hear(
  workflow: PullRequestWorkflow,
  repository: Repository,
  comment: Comment,
  command: Command,
): Promise<readonly FollowUp[]> {
  const number = comment.pullRequest;
  const [pullRequest, record] = await Promise.all([
    repository.pullRequest(number),
    workflow.pullRequests.get(repository.fullName, number),
  ]);
  const { settings } = await readSettings(repository, pullRequest);
  if (!settings)
    return say(repository, comment, {
      reply: {
        kind: 'refused',
        reason: 'the settings file on the base branch has errors; the comment says which.',
      },
    });
  const answer = await answerTo(command, {
    workflow,
    repository,
    pullRequest,
    settings,
    record,
    comment,
    environment: command.kind === 'command' ? command.environment : undefined,
  });
  return say(repository, comment, answer);
}

async function say(repository: Repository, comment: Comment, answer: Answer): Promise<readonly FollowUp[]> {
  // The one comment says why a bot's approval does not count; a reply might be answered in turn.
  if (comment.isBot) return [];
  if (answer.reaction) await repository.react(comment.id, answer.reaction);
  if (answer.reply) {
    await repository.writeComment(comment.pullRequest, undefined, renderReply(answer.reply));
  }
  return answer.followUp ? [answer.followUp] : [];
}

async function answerTo(command: Command, hearing: Hearing): Promise<Answer> {
  if (command.kind === 'unknown')
    return { reply: { kind: 'unknown-command', command }, reaction: 'confused' };
  const { pullRequest, record, settings, environment, comment } = hearing;
  if (pullRequest.state === 'closed' && !pullRequest.merged)
    return refused('this pull request is closed. Reopen it first.');
  if (!pullRequest.isDefaultBase)
    return refused(`what is merged into ${pullRequest.baseRef} is not applied, so it is not planned either.`);
  if (environment !== undefined && !findEnvironment(settings, environment)) {
    return {
      reply: { kind: 'unknown-environment', name: environment, environments: environmentNames(settings) },
    };
  }
  if (record?.phase === 'settled' && command.verb !== 'help')
    return refused('this pull request is merged and applied. Changes take a new one.');
  if (comment.edited && command.verb !== 'approve')
    return refused('an edited comment is no command. Write a new one.');
  return answers[command.verb](hearing);
}

const answers: Readonly<Record<Verb, (hearing: Hearing) => Promise<Answer>>> = {
  approve,
  plan,
  apply: applyAgain,
  retry: applyAgain,
  cancel,
  help: async ({ settings }) => ({ reply: { kind: 'help', environments: environmentNames(settings) } }),
};

async function approve(hearing: Hearing): Promise<Answer> {
  const { workflow, repository, pullRequest, settings, comment, environment } = hearing;
  if (!hearing.record || hearing.record.review.stacks.length === 0)
    return refused('there is no plan to approve.');
  const record = await ifIntact(repository, hearing.record);
  if (!record) {
    await redecide(workflow, repository, pullRequest, settings, { ...hearing.record, shown: [] });
    return refused(altered);
  }
  const seen = shownBefore(record.shown, comment.createdAt);
  if (!seen) {
    return refused(
      'the plan was shown in the very second of this comment. Read it, then comment approve again.',
    );
  }
  const statement: Statement = {
    kind: 'comment',
    id: comment.id,
    login: comment.login,
    isBot: comment.isBot,
    at: comment.createdAt,
    edited: comment.edited,
    dismissed: false,
    answer: 'yes',
    digests: seen.digests,
    ...(environment === undefined ? {} : { environment }),
  };
  const heard = { ...record, statements: withStatement(record.statements, statement) };
  const after = await redecide(workflow, repository, pullRequest, settings, heard);
  return answerStatement(after, statement, pullRequest);
}

/** Why an approval of an edited plan comment does not count. */
export const altered =
  'somebody edited the plan comment. It stands again as Slipway wrote it: read it, then approve again.';

/** Counts somewhere: a thumb. Counts nowhere: the reason. */
export function answerStatement(
  record: PullRequestRecord,
  statement: Statement,
  pullRequest: PullRequest,
): Answer {
  const decisions = record.review.stacks.flatMap((s) => (s.decision ? [s.decision] : []));
  const followUp: FollowUp | undefined =
    pullRequest.merged && record.phase !== 'settled' && decisions.some((d) => d.allowed)
      ? 'merge'
      : undefined;
  const rejections = decisions.flatMap((d) =>
    d.rejected.filter((r) => r.statement.kind === statement.kind && r.statement.id === statement.id),
  );
  const counted = decisions.some((d) => d.rules.some((rule) => rule.by.includes(statement.login)));
  if (counted || rejections.length === 0) return { reaction: '+1', ...(followUp ? { followUp } : {}) };
  return { reply: { kind: 'not-counted', rejected: rejections }, reaction: '-1' };
}

async function plan(hearing: Hearing): Promise<Answer> {
  const { workflow, pullRequest, record, comment } = hearing;
  const stranger = await refuseStranger(hearing);
  if (stranger) return stranger;
  if (pullRequest.merged) return { reaction: 'eyes', followUp: 'merge' };
  if (pullRequest.fromFork && record) {
    const seen = shownBefore(record.shown, comment.createdAt);
    if (seen?.headSha !== pullRequest.headSha)
      return refused('the newest commit came after what you can have read. Read it, then ask again.');
    await workflow.pullRequests.put({ ...record, plannableFork: pullRequest.headSha });
  }
  return { reaction: 'eyes', followUp: 'review' };
}

async function applyAgain(hearing: Hearing): Promise<Answer> {
  const stranger = await refuseStranger(hearing);
  if (stranger) return stranger;
  if (!hearing.pullRequest.merged)
    return refused('this pull request is not merged. What is approved is applied by the merge.');
  await hearing.workflow.pullRequests.uncancel(hearing.repository.fullName, hearing.pullRequest.number);
  // Before its job begins, for a cancel that comes in between.
  await begunAgain(hearing.workflow, hearing.record);
  return { reaction: 'eyes', followUp: 'merge' };
}

/** The process that applies it, whichever that is, looks for this between two resources. */
async function cancel(hearing: Hearing): Promise<Answer> {
  const { workflow, repository, pullRequest, record, comment, environment } = hearing;
  const stranger = await refuseStranger(hearing);
  if (stranger) return stranger;
  if (environment !== undefined)
    return refused('cancel takes no environment: it stops all of them. Comment /slipway cancel alone.');
  if (!pullRequest.merged || record?.phase === 'failed')
    return refused('nothing of this pull request is being applied.');
  await workflow.pullRequests.cancel(repository.fullName, pullRequest.number, comment.login);
  return { reaction: 'eyes' };
}

function refused(reason: string): Answer {
  return { reply: { kind: 'refused', reason }, reaction: 'confused' };
}

function environmentNames(settings: Settings): readonly string[] {
  return settings.environments.map((e) => e.name);
}

async function refuseStranger({ repository, settings, comment }: Hearing): Promise<Answer | undefined> {
  const person = await repository.person(comment.login, teamsOf(settings));
  if (mayCommand(person, settings.operators)) return undefined;
  return {
    reply: { kind: 'forbidden', login: comment.login, operators: settings.operators },
    reaction: '-1',
  };
}
