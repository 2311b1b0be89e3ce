import { parseCommand } from '../approval/command.ts';
import type { Heard, KnownPullRequest } from '../state/heard.ts';
import type { QueueEntry } from './merge-queue.ts';

/** A pull request as GitHub lists it. */
export interface ListedPullRequest {
  readonly number: number;
  readonly headSha: string;
  /** ISO 8601; undefined while it is not merged. */
  readonly mergedAt: string | undefined;
  readonly updatedAt: string;
  /** Their names. */
  readonly labels: readonly string[];
  readonly isDefaultBase: boolean;
}

/** A repository's lists, as GitHub gives them now. */
export interface PullRequestLists {
  /** All that are open. */
  open(): Promise<readonly ListedPullRequest[]>;
  /** The latest that were closed or merged. */
  recentlyClosed(): Promise<readonly ListedPullRequest[]>;
  /** Comments of a pull request that were written or edited since, ISO 8601. */
  comments(number: number, since: string): Promise<readonly ListedComment[]>;
  reviews(number: number): Promise<readonly ListedReview[]>;
  /** The merge queue of the default branch, in its order; empty where there is none. */
  queue(): Promise<readonly QueueEntry[]>;
}

export interface ListedComment {
  readonly id: number;
  readonly isBot: boolean;
  readonly body: string;
  readonly createdAt: string;
  readonly edited: boolean;
}

export interface ListedReview {
  readonly id: number;
  /** As GitHub says it: `APPROVED`, `CHANGES_REQUESTED`, `DISMISSED`, ... */
  readonly state: string;
  readonly submittedAt: string;
}

/** A job that nothing has asked for, although it is needed. */
export interface Missed {
  readonly kind:
    | 'review'
    | 'merge'
    | 'settle'
    | 'close'
    | 'comment'
    | 'retract'
    | 'hear-review'
    | 'labels'
    | 'merge-group';
  readonly number: number;
  /** Of the comment or review that it is about. */
  readonly id?: number;
  /** The commit of a merge queue that it is about. */
  readonly sha?: string;
  /** The same for the same thing, so that what is found again by the next sweep is not done again. */
  readonly mark: string;
}

export interface SweepOptions {
  /** Before the repository was known, what happened in it is none of our business. */
  readonly knownSince: Date | undefined;
  /** What happened after this may still be on its way as a webhook. */
  readonly before: Date;
  /** When each pull request was last changed of those whose comments were read, kept from sweep to sweep. */
  readonly read: Map<string, string>;
}

/**
 * Compares a repository's pull requests with what is stored of them. Late and lost webhooks, and an App that was away
 * for longer than GitHub keeps them, leave nothing stuck: what is open has its newest commit planned, what was merged
 * is seen to, and approvals count, or are taken back, although nobody told. An approval is bound to what was shown when
 * it was given, so it may be heard late; other commands mean now, and whoever gave one sees that nothing answers.
 *
 * Two calls where nothing has changed, which cost nothing of the rate limit, and one more where there is a merge queue;
 * two more for each pull request that has changed and waits for approval.
 */
export async function findMissed(
  heard: Heard,
  repository: string,
  lists: PullRequestLists,
  options: SweepOptions,
): Promise<readonly Missed[]> {
  // In this order: what is closed in between is in both lists rather than in none.
  const [open, closed] = [await lists.open(), await lists.recentlyClosed()];
  const known = new Map((await heard.known(repository)).map((k) => [k.number, k]));
  const voters = [...open, ...closed].filter((p) => {
    const k = known.get(p.number);
    return p.isDefaultBase && k?.phase === 'open' && k.isVotedOn;
  });
  const unheard: Missed[] = [];
  for (const pull of voters)
    unheard.push(...(await unheardVotes(heard, repository, lists, pull, known.get(pull.number)!, options)));
  return [
    ...(await unplanned(heard, repository, open, known, options)),
    ...gone(repository, open, known),
    ...(await unseen(heard, repository, closed, known, options)),
    ...unheard,
    ...relabelled(repository, voters, known, options),
    ...(await unplannedGroups(heard, repository, lists, options)),
  ];
}

/** Open, and its newest commit is neither shown nor asked for. */
async function unplanned(
  heard: Heard,
  repository: string,
  open: readonly ListedPullRequest[],
  known: ReadonlyMap<number, KnownPullRequest>,
  { before }: SweepOptions,
): Promise<readonly Missed[]> {
  const behind = open.filter((p) => {
    if (new Date(p.updatedAt) >= before) return false;
    const k = known.get(p.number);
    // Closed and opened again: its approvals are forgotten, so it is planned anew.
    return p.isDefaultBase && (k?.headSha !== p.headSha || k.phase === 'settled');
  });
  const told = await heard.heads(
    repository,
    behind.map((p) => p.headSha),
  );
  return behind
    .filter((p) => !told.has(p.headSha) || known.get(p.number)?.phase === 'settled')
    .map((p) => {
      const after = known.get(p.number)?.updatedAt ?? '';
      return { kind: 'review', number: p.number, mark: `${repository}#${p.number} ${p.headSha} ${after}` };
    });
}

/** Stored as open, and not open any more. Which of the two it is, the jobs see for themselves. */
function gone(
  repository: string,
  open: readonly ListedPullRequest[],
  known: ReadonlyMap<number, KnownPullRequest>,
): readonly Missed[] {
  const listed = new Set(open.map((p) => p.number));
  return [...known.values()]
    .filter((k) => k.phase === 'open' && !k.merged && !listed.has(k.number))
    .flatMap(({ number, updatedAt }) =>
      (['merge', 'close'] as const).map((kind) => ({
        kind,
        number,
        mark: `${repository}#${number} ${kind} ${updatedAt}`,
      })),
    );
}

/** Merged, and never heard of at all. */
async function unseen(
  heard: Heard,
  repository: string,
  closed: readonly ListedPullRequest[],
  known: ReadonlyMap<number, KnownPullRequest>,
  { knownSince, before }: SweepOptions,
): Promise<readonly Missed[]> {
  const merged = closed.filter(
    ({ number, mergedAt, isDefaultBase }) =>
      isDefaultBase &&
      mergedAt !== undefined &&
      knownSince !== undefined &&
      new Date(mergedAt) > knownSince &&
      new Date(mergedAt) < before &&
      !known.has(number),
  );
  const told = await heard.merges(
    repository,
    merged.map((p) => p.number),
  );
  return merged
    .filter((p) => !told.has(p.number))
    .map(({ number }) => ({ kind: 'merge', number, mark: `${repository}#${number} merge` }));
}

/** Labels that were given or taken off, by which some rules decide. */
function relabelled(
  repository: string,
  voters: readonly ListedPullRequest[],
  known: ReadonlyMap<number, KnownPullRequest>,
  { before }: SweepOptions,
): readonly Missed[] {
  const sorted = (labels: readonly string[]) => JSON.stringify([...labels].sort());
  return voters
    .filter(({ number, labels, updatedAt }) => {
      const seen = known.get(number)?.labels;
      return seen && sorted(seen) !== sorted(labels) && new Date(updatedAt) < before;
    })
    .map(({ number, labels }) => ({
      kind: 'labels',
      number,
      mark: `${repository}#${number} labels ${sorted(labels)}`,
    }));
}

/** Commits that a merge queue waits for, of which nobody told: they were there at the last sweep, too. */
async function unplannedGroups(
  heard: Heard,
  repository: string,
  lists: PullRequestLists,
  { read }: SweepOptions,
): Promise<readonly Missed[]> {
  if (!(await heard.hasQueue(repository))) return [];
  const entries = (await lists.queue()).flatMap(({ number, headSha: sha }) =>
    sha === undefined ? [] : [{ number, sha }],
  );
  const told = await heard.groups(
    repository,
    entries.map(({ sha }) => sha),
  );
  return entries
    .filter(({ sha }) => !told.has(sha))
    .filter(({ sha }) => {
      const at = `${repository} queue ${sha}`;
      const isOld = read.has(at);
      read.set(at, sha);
      return isOld;
    })
    .map(({ number, sha }) => ({ kind: 'merge-group', number, sha, mark: `${repository} queue ${sha}` }));
}

/** Approvals that nobody told of, and those that were taken back without a word. */
async function unheardVotes(
  heard: Heard,
  repository: string,
  lists: PullRequestLists,
  pull: ListedPullRequest,
  known: KnownPullRequest,
  { before, read }: SweepOptions,
): Promise<readonly Missed[]> {
  const { number } = pull;
  const at = `${repository}#${number}`;
  if (known.shownSince === undefined || read.get(at) === pull.updatedAt) return [];
  // What is not listed was deleted, so the list has to go back to the first that counts.
  const since = [known.shownSince, ...known.statements.map((s) => s.at)].sort()[0]!;
  const [comments, reviews] = await Promise.all([lists.comments(number, since), lists.reviews(number)]);
  const isOld = (when: string) => new Date(when) < before;
  const statement = (kind: string, id: number) =>
    known.statements.find((s) => s.kind === kind && s.id === id);
  const votes = comments.filter((c) => {
    const command = parseCommand(c.body);
    const isVote = command?.kind === 'command' && command.verb === 'approve';
    return isVote && !c.isBot && !c.edited && !statement('comment', c.id);
  });
  const told = await heard.comments(
    repository,
    votes.map((c) => c.id),
  );
  const missed = votes.filter((c) => !told.has(c.id));
  const said = new Map(comments.map((c) => [c.id, c]));
  const takenBack = known.statements.filter(
    (s) => s.kind === 'comment' && !s.edited && (said.get(s.id)?.edited ?? true),
  );
  const changed = reviews.filter(({ id, state }) => {
    const earlier = statement('review', id);
    if (state === 'DISMISSED') return earlier !== undefined && !earlier.dismissed;
    return earlier === undefined && (state === 'APPROVED' || state === 'CHANGES_REQUESTED');
  });
  const waits = [...missed.map((c) => c.createdAt), ...changed.map((r) => r.submittedAt)].some(
    (t) => !isOld(t),
  );
  // What may still come is looked at again, though nothing changes until then.
  if (!waits) read.set(at, pull.updatedAt);
  return [
    ...missed
      .filter((c) => isOld(c.createdAt))
      .map(({ id }): Missed => ({ kind: 'comment', number, id, mark: `${at} comment ${id}` })),
    ...takenBack.map(({ id }): Missed => ({ kind: 'retract', number, id, mark: `${at} retract ${id}` })),
    ...changed
      .filter((r) => isOld(r.submittedAt))
      .map(
        ({ id, state }): Missed => ({ kind: 'hear-review', number, id, mark: `${at} review ${id} ${state}` }),
      ),
  ];
}
