import { parseCommand } from '../../approval/command.ts';
import type { EventPayload, WebhookEvent } from './event.ts';

interface IssueCommentPayload extends EventPayload {
  readonly issue: { readonly number: number; readonly pull_request?: unknown };
  readonly comment: { readonly id: number; readonly body: string };
}

/** A comment that commands. An edited one never does: what it said when others answered it cannot be known. */
export const issueCommentEvent: WebhookEvent<IssueCommentPayload> = {
  name: 'issue_comment',
  jobs({ action, issue, comment, sender }, place) {
    if (!issue.pull_request || sender?.type === 'Bot') return [];
    const at = { ...place, number: issue.number, comment: comment.id };
    // Edited or deleted afterwards: what it said before does not count any more.
    if (action === 'edited' || action === 'deleted') return [{ kind: 'retract', payload: at }];
    if (action !== 'created' || !parseCommand(comment.body)) return [];
    return [{ kind: 'comment', payload: at }];
  },
};
