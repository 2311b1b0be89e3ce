import type { Account } from './account.ts';
import type { App } from './app.ts';
import type { PullRequest } from './pull-request.ts';

/** An issue, or the conversation half of a pull request (then `pull` is there). */
export interface Issue {
  readonly id: number;
  readonly number: number;
  readonly author: Account;
  readonly app: App | null;
  readonly createdAt: string;
  readonly pull: PullRequest | null;
  readonly comments: Comment[];
  readonly reactions: Reaction[];
  readonly labels: Label[];
  readonly assignees: Account[];
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  stateReason: 'completed' | 'not_planned' | 'reopened' | null;
  locked: boolean;
  updatedAt: string;
  closedAt: string | null;
  closedBy: Account | null;
}

/** A comment in the conversation of an issue or a pull request. */
export interface Comment {
  readonly id: number;
  readonly author: Account;
  readonly app: App | null;
  readonly createdAt: string;
  readonly reactions: Reaction[];
  body: string;
  updatedAt: string;
  /** Why it was hidden, as `minimizeComment` says it (`OUTDATED`), or null. */
  minimised: string | null;
}

export interface Label {
  readonly id: number;
  readonly name: string;
  readonly color: string;
  readonly description: string;
}

export const reactionContents = [
  '+1',
  '-1',
  'laugh',
  'confused',
  'heart',
  'hooray',
  'rocket',
  'eyes',
] as const;
export type ReactionContent = (typeof reactionContents)[number];

export interface Reaction {
  readonly id: number;
  readonly author: Account;
  readonly content: ReactionContent;
  readonly createdAt: string;
}
