import { type Command, parseCommand, type Verb, verbs } from '../approval/command.ts';
import { linkWork } from '../base/trace.ts';
import { renderReply } from '../review/reply.ts';
import { findEnvironment, type Settings } from '../settings/settings.ts';
import { apply, refuseSettled, retry, rollback, unlock } from './answer-aftermath.ts';
import { approve, override } from './answer-approval.ts';
import { help } from './answer-help.ts';
import { type Answer, type FollowUp, type Hearing, refused, refuseStranger } from './hearing.ts';
import { shownBefore } from './publish-review.ts';
import { settingsToJudge } from './read-settings.ts';
import type { Comment, Repository } from './repository.ts';
import type { PullRequestWorkflow } from './workflow.ts';

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
  linkWork(record?.trace);
  const settings = await settingsToJudge(repository, pullRequest, record);
  if (!settings)
    return say(repository, comment, {
      reply: {
        kind: 'refused',
        reason: 'the settings file on the base branch has errors; the comment says which.',
      },
    });
  if (isTalk(command, settings)) return [];
  const named = after(command);
  const answer = await answerTo(command, {
    workflow,
    repository,
    pullRequest,
    settings,
    record,
    comment,
    ...named,
  });
  if (command.kind === 'command' && command.verb !== 'help' && isDone(answer)) {
    const { reason: _, ...about } = named;
    await workflow.audit.add(`comment ${repository.fullName} ${comment.id}`, {
      event: 'commanded',
      repository: repository.fullName,
      pullRequest: number,
      by: comment.login,
      command: command.verb,
      comment: comment.id,
      ...about,
    });
  }
  return say(repository, comment, answer);
}

/** Whether it was done, or is about to be, and not answered with why it is not. */
function isDone({ reaction }: Answer): boolean {
  return reaction === '+1' || reaction === 'eyes';
}

/** Somebody who writes 'approve it' means no environment. */
function isTalk(command: Command, settings: Settings): boolean {
  if (command.kind === 'unknown' || command.verb === 'override' || !command.plain) return false;
  return !findEnvironment(settings, command.environment ?? '');
}

/** What stands after the verb. */
function after(command: Command): Pick<Hearing, 'environment' | 'policy' | 'reason'> {
  if (command.kind === 'unknown') return {};
  if (command.verb !== 'override')
    return command.environment === undefined ? {} : { environment: command.environment };
  const { kind: _, verb: __, ...rest } = command;
  return rest;
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
  if (environment !== undefined && verbs[command.verb].takes !== 'environment') {
    const { verb } = command;
    return refused(`${verb} takes no environment: it is for all of them. Comment /slipway ${verb} alone.`);
  }
  if (record?.phase === 'settled' && !['help', 'rollback', 'unlock'].includes(command.verb))
    return (
      refuseSettled(record) ?? refused('this pull request is merged and applied. Changes take a new one.')
    );
  if (comment.edited && command.verb !== 'approve')
    return refused('an edited comment is no command. Write a new one.');
  return answers[command.verb](hearing);
}

const answers: Readonly<Record<Verb, (hearing: Hearing) => Promise<Answer>>> = {
  approve,
  override,
  plan,
  apply,
  retry,
  rollback,
  unlock,
  cancel,
  help,
};

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

/** The process that applies it, whichever that is, looks for this between two resources. */
async function cancel(hearing: Hearing): Promise<Answer> {
  const { workflow, repository, pullRequest, record, comment } = hearing;
  const stranger = await refuseStranger(hearing);
  if (stranger) return stranger;
  if (!pullRequest.merged || record?.phase === 'failed')
    return refused('nothing of this pull request is being applied.');
  await workflow.pullRequests.cancel(repository.fullName, pullRequest.number, comment.login);
  return { reaction: 'eyes' };
}

function environmentNames(settings: Settings): readonly string[] {
  return settings.environments.map((e) => e.name);
}
