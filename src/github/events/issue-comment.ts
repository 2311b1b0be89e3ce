import { parseCommand } from '../../approval/command.ts';
import type { EventPayload, WebhookEvent } from './event.ts';

interface IssueCommentPayload extends EventPayload {
  readonly sender?: { readonly login?: string; readonly type: string };
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
  jobs({ action, issue, comment, sender }, place) {
    if (!issue.pull_request) return [];
    const at = { ...place, number: issue.number, comment: comment.id };
    const isBot = comment.user?.type === 'Bot';
    // Edited or deleted afterwards, by whomever: what it said before does not count any more.
    if (action === 'edited' || action === 'deleted') {
      if (!isBot) return [{ kind: 'retract', payload: at }];
      // A bot's comment that a person changed may be the plan: it is shown again as it is.
      return sender?.type === 'Bot' ? [] : [{ kind: 'review', payload: { ...place, number: issue.number } }];
    }
    const command = action === 'created' ? parseCommand(comment.body) : undefined;
    if (!command) return [];
    // Bots command nothing, and answering them could go on for ever; but an approval of theirs is told not to count.
    if (isBot && (command.kind !== 'command' || command.verb !== 'approve')) return [];
    // It must not wait for the very apply that it is to stop, as other comments do.
    const isCancel = command.kind === 'command' && command.verb === 'cancel';
    return [{ kind: isCancel ? 'cancel' : 'comment', payload: at }];
  },
};
