import type { Account } from '../model/account.ts';
import type { Repository } from '../model/repository.ts';
import { timestamp, type World } from '../model/world.ts';
import type { Announce, EventBody } from '../webhooks/announcement.ts';

/** Something that happened to an issue or a pull request. `id` says in which order, among all ids of the world. */
export interface Happening {
  readonly id: number;
  readonly at: string;
  readonly actor: Account;
  readonly what:
    | { readonly kind: 'closed' | 'reopened' | 'merged' | 'ready' | 'queued' | 'dequeued' }
    | { readonly kind: 'asked'; readonly whom: string }
    | { readonly kind: 'pushed'; readonly before: string; readonly after: string }
    | { readonly kind: 'retitled'; readonly from: string; readonly to: string }
    | { readonly kind: 'retargeted'; readonly from: string; readonly to: string }
    | { readonly kind: 'labelled' | 'unlabelled'; readonly label: string };
}

/** Who changed a text last, and how often it was changed. */
export interface Edits {
  readonly times: number;
  readonly last: Account;
  readonly at: string;
}

/**
 * What neither the model nor the API keeps and a timeline needs. It is heard from the same announcements that Apps
 * get as webhooks, whether or not an App listens.
 */
export interface History {
  /** An `announce` that also takes note. */
  listen(announce: Announce): Announce;
  of(repository: Repository, number: number): readonly Happening[];
  /** Of a comment, a review, or (by the issue's own id) a description. */
  editsOf(id: number): Edits | null;
}

type Heard = 'pull_request' | 'issues' | 'issue_comment' | 'pull_request_review';
const heard: readonly string[] = [
  'pull_request',
  'issues',
  'issue_comment',
  'pull_request_review',
] satisfies Heard[];

/** Makes the history of a world, empty. */
export function makeHistory(world: () => World): History {
  const happenings = new Map<string, Happening[]>();
  const edits = new Map<number, Edits>();
  const keyOf = (repository: Repository, number: number) => `${repository.id}#${number}`;

  function note(repository: Repository, actor: Account, body: EventBody<Heard>): void {
    const at = timestamp(world());
    const edited = editedId(repository, body);
    if (edited !== null) edits.set(edited, { times: (edits.get(edited)?.times ?? 0) + 1, last: actor, at });
    const number = numberOf(body);
    const what = number === null ? null : whatHappened(body);
    if (number === null || what === null) return;
    const key = keyOf(repository, number);
    const list = happenings.get(key) ?? [];
    happenings.set(key, [...list, { id: world().newId(), at, actor, what }]);
  }

  return {
    listen: (announce) => async (name, audience, body) => {
      const { repository, sender } = audience;
      if (!repository || !heard.includes(name)) return announce(name, audience, body);
      const about = await body();
      note(repository, sender, about as unknown as EventBody<Heard>);
      await announce(name, audience, () => about);
    },
    of: (repository, number) => happenings.get(keyOf(repository, number)) ?? [],
    editsOf: (id) => edits.get(id) ?? null,
  };
}

/** What an `edited` event says of the fields that a timeline shows. */
interface Changes {
  readonly title?: { readonly from: string };
  readonly base?: { readonly ref: { readonly from: string } };
}

/** The issue or pull request that an event is a happening of; null for events about comments and reviews. */
function numberOf(body: EventBody<Heard>): number | null {
  if ('comment' in body || 'review' in body) return null;
  return 'pull_request' in body ? body.pull_request.number : body.issue.number;
}

/** The id of the text that an event says was edited. */
function editedId(repository: Repository, body: EventBody<Heard>): number | null {
  if (body.action !== 'edited' || !('body' in body.changes)) return null;
  if ('comment' in body) return body.comment.id;
  if ('review' in body) return body.review.id;
  // A pull request's own id differs from that of the issue that it also is.
  return repository.issues.get(numberOf(body)!)?.id ?? null;
}

function whatHappened(
  body: EventBody<'pull_request' | 'issues'> | EventBody<Heard>,
): Happening['what'] | null {
  switch (body.action) {
    case 'closed': {
      const merged = 'pull_request' in body && 'merged' in body.pull_request && body.pull_request.merged;
      return { kind: merged ? 'merged' : 'closed' };
    }
    case 'reopened':
      return { kind: 'reopened' };
    case 'ready_for_review':
      return { kind: 'ready' };
    case 'enqueued':
      return { kind: 'queued' };
    case 'dequeued':
      return { kind: 'dequeued' };
    case 'review_requested':
      return {
        kind: 'asked',
        whom: 'requested_team' in body ? body.requested_team.slug : (body.requested_reviewer?.login ?? ''),
      };
    case 'synchronize':
      return { kind: 'pushed', before: body.before, after: body.after };
    case 'labeled':
      return body.label ? { kind: 'labelled', label: body.label.name } : null;
    case 'unlabeled':
      return body.label ? { kind: 'unlabelled', label: body.label.name } : null;
    case 'edited': {
      const changes = body.changes as Changes;
      const now = 'pull_request' in body ? body.pull_request : 'issue' in body ? body.issue : null;
      if (changes.title && now) return { kind: 'retitled', from: changes.title.from, to: now.title ?? '' };
      if (changes.base && now && 'base' in now) {
        return { kind: 'retargeted', from: changes.base.ref.from, to: now.base.ref };
      }
      return null;
    }
    default:
      return null;
  }
}
