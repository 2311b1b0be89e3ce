import { invalid } from '../http/refusal.ts';
import type { Account } from '../model/account.ts';
import type { Actor } from '../model/actor.ts';
import type { Issue } from '../model/issue.ts';
import type { PullRequest } from '../model/pull-request.ts';
import type { Repository } from '../model/repository.ts';
import { timestamp, type World } from '../model/world.ts';
import { renderIssue } from '../render/issue.ts';
import { ensureLabel } from './labels.ts';
import { requireBodyFits } from './limits.ts';

/** The next number for an issue or a pull request: they share one row of numbers. */
function nextNumber(repository: Repository): number {
  return Math.max(0, ...repository.issues.keys()) + 1;
}

/** Puts a new issue, or the conversation half of a new pull request, into the model. */
export function putIssue(
  world: World,
  repository: Repository,
  actor: Actor,
  content: { readonly title: string; readonly body: string | null; readonly pull: PullRequest | null },
): Issue {
  if (content.title.trim() === '')
    throw invalid({ resource: 'Issue', field: 'title', code: 'missing_field' });
  if (content.title.length > 256) {
    const message = 'title is too long (maximum is 256 characters)';
    throw invalid({ resource: 'Issue', field: 'title', code: 'custom', message });
  }
  requireBodyFits('Issue', content.body);
  const now = timestamp(world);
  const issue: Issue = {
    id: world.newId(),
    number: nextNumber(repository),
    author: actor.account,
    app: actor.installation?.app ?? null,
    createdAt: now,
    pull: content.pull,
    comments: [],
    reactions: [],
    labels: [],
    assignees: [],
    title: content.title,
    body: content.body,
    state: 'open',
    stateReason: null,
    locked: false,
    updatedAt: now,
    closedAt: null,
    closedBy: null,
  };
  repository.issues.set(issue.number, issue);
  return issue;
}

/** Opens an issue. */
export async function openIssue(
  world: World,
  repository: Repository,
  actor: Actor,
  content: {
    readonly title: string;
    readonly body?: string | null;
    readonly labels?: readonly string[];
    readonly assignees?: readonly Account[];
  },
): Promise<Issue> {
  const issue = putIssue(world, repository, actor, {
    title: content.title,
    body: content.body ?? null,
    pull: null,
  });
  issue.labels.push(...(content.labels ?? []).map((name) => ensureLabel(world, repository, name)));
  issue.assignees.push(...(content.assignees ?? []));
  await world.announce('issues', { repository, sender: actor.account }, () => ({
    action: 'opened' as const,
    issue: { ...renderIssue(world, repository, issue), state: 'open' as const, closed_at: null },
  }));
  return issue;
}

/** Fields of an issue that can be edited. */
export interface IssueEdit {
  readonly title?: string;
  readonly body?: string | null;
  readonly state?: 'open' | 'closed';
  readonly stateReason?: 'completed' | 'not_planned' | 'reopened' | null;
  readonly labels?: readonly string[];
  readonly assignees?: readonly Account[];
}

/** Edits, closes or reopens an issue that is not a pull request. */
export async function editIssue(
  world: World,
  repository: Repository,
  issue: Issue,
  actor: Actor,
  edit: IssueEdit,
): Promise<void> {
  const before = { title: issue.title, body: issue.body, state: issue.state };
  changeIssue(world, repository, issue, actor, edit);
  const audience = { repository, sender: actor.account };
  const rendered = () => renderIssue(world, repository, issue);
  if (before.state === 'open' && issue.state === 'closed') {
    await world.announce('issues', audience, () => ({
      action: 'closed' as const,
      issue: { ...rendered(), state: 'closed' as const, closed_at: issue.closedAt! },
    }));
  } else if (before.state === 'closed' && issue.state === 'open') {
    await world.announce('issues', audience, () => ({
      action: 'reopened' as const,
      issue: { ...rendered(), state: 'open' as const },
    }));
  }
  if (before.title !== issue.title || before.body !== issue.body) {
    await world.announce('issues', audience, () => ({
      action: 'edited' as const,
      issue: rendered(),
      changes: {
        ...(before.title === issue.title ? {} : { title: { from: before.title } }),
        ...(before.body === issue.body ? {} : { body: { from: before.body ?? '' } }),
      },
    }));
  }
}

/** Makes the edit, for issues and pull requests alike, without announcing it. */
export function changeIssue(
  world: World,
  repository: Repository,
  issue: Issue,
  actor: Actor,
  edit: IssueEdit,
): void {
  if (edit.body !== undefined) requireBodyFits('Issue', edit.body);
  if (edit.title !== undefined) issue.title = edit.title;
  if (edit.body !== undefined) issue.body = edit.body;
  if (edit.labels) {
    issue.labels.splice(0, Infinity, ...edit.labels.map((name) => ensureLabel(world, repository, name)));
  }
  if (edit.assignees) issue.assignees.splice(0, Infinity, ...edit.assignees);
  if (edit.state === 'closed' && issue.state === 'open') {
    issue.state = 'closed';
    issue.closedAt = timestamp(world);
    issue.closedBy = actor.account;
    issue.stateReason = issue.pull ? null : (edit.stateReason ?? 'completed');
  } else if (edit.state === 'open' && issue.state === 'closed') {
    issue.state = 'open';
    issue.closedAt = null;
    issue.closedBy = null;
    issue.stateReason = issue.pull ? null : 'reopened';
  }
  issue.updatedAt = timestamp(world);
}
