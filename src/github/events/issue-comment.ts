import { parseCommand } from '../../approval/command.ts';
import type { EventPayload, WebhookEvent } from './event.ts';

interface IssueCommentPayload extends EventPayload {
  readonly issue: { readonly number: number; readonly pull_request?: unknown };
  readonly comment: {
    readonly id: number;
    readonly body: string;
    readonly user?: { readonly type: string } | null;
  };
}

/** A comment that commands. An edited one never does: what it said when others answered it cannot be known. */
export const issueCommentEvent: WebhookEvent<IssueCommentPayload> = {
  name: 'issue_comment',
  jobs({ action, issue, comment }, place) {
    if (!issue.pull_request) return [];
    const at = { ...place, number: issue.number, comment: comment.id };
    const isBot = comment.user?.type === 'Bot';
    // Edited or deleted afterwards, by whomever: what it said before does not count any more.
    if (action === 'edited' || action === 'deleted') return isBot ? [] : [{ kind: 'retract', payload: at }];
    const command = action === 'created' ? parseCommand(comment.body) : undefined;
    if (!command) return [];
    // Bots command nothing, and answering them could go on for ever; but an approval of theirs is told not to count.
    if (isBot && (command.kind !== 'command' || command.verb !== 'approve')) return [];
    return [{ kind: 'comment', payload: at }];
  },
};
