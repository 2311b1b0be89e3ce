import { type Statement, settingsSubject } from '../approval/approval.ts';
import { digestOf } from '../base/canonical-json.ts';
import { renderChecks } from '../review/checks.ts';
import { renderComment, reviewMarker } from '../review/comment.ts';
import type { Review } from '../review/review.ts';
import type { PullRequestRecord, Shown } from '../state/pull-requests.ts';
import { withOthers } from './overlaps.ts';
import type { PullRequest, Repository } from './repository.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/**
 * Shows a review: the one comment, edited in place, then the three checks; and remembers what was shown, since an
 * approval counts for that and for nothing else. Returns the record as it is now.
 */
export async function publishReview(
  workflow: PullRequestWorkflow,
  repository: Repository,
  pullRequest: PullRequest,
  review: Review,
  earlier: PullRequestRecord | undefined,
  change: Changed = {},
): Promise<PullRequestRecord> {
  const shown = await withOthers(workflow, repository, review);
  const next = await publishComment(workflow, repository, pullRequest, shown, earlier, change);
  if (!(await speaksOverAnother(workflow, repository, pullRequest, shown)))
    await repository.publishChecks(pullRequest.headSha, renderChecks(shown));
  // Last, so that a process that dies before everything is shown is followed by one that shows it all again.
  await workflow.pullRequests.put(next);
  return next;
}

/**
 * Checks belong to a commit, and anybody may propose somebody's commit once more from a fork: that it is not planned
 * there would make the checks of the pull request red whose commit it is.
 */
async function speaksOverAnother(
  { pullRequests }: Pick<PullRequestWorkflow, 'pullRequests'>,
  { fullName }: Repository,
  { number, headSha, fromFork }: PullRequest,
  { stacks }: Review,
): Promise<boolean> {
  if (!fromFork || stacks.some((s) => s.plan)) return false;
  const others = await pullRequests.openReviews(fullName, number);
  return others.some(
    ({ headSha: sha, stacks: shown, settings }) =>
      sha === headSha && (shown.some((s) => s.plan) || settings?.gate !== undefined),
  );
}

type Changed = Partial<
  Pick<
    PullRequestRecord,
    'phase' | 'statements' | 'deployments' | 'plannableFork' | 'paths' | 'labels' | 'trace'
  >
>;

/** The comment alone. The record that it returns is still to be kept. */
export async function publishComment(
  workflow: PullRequestWorkflow,
  repository: Repository,
  { number, headSha, baseRef }: Pick<PullRequest, 'number' | 'headSha' | 'baseRef'>,
  review: Review,
  earlier: PullRequestRecord | undefined,
  change: Changed = {},
): Promise<PullRequestRecord> {
  const record = earlier?.writing ? await asItStands(repository, earlier) : earlier;
  const deferred = review.stacks.flatMap((s) => (s.deferred ? [s.stack] : []));
  const shows = { headSha, digests: digestsOf(review), ...(deferred.length > 0 ? { deferred } : {}) };
  const known = record?.commentId ?? (await repository.findComment(number, reviewMarker));
  const text = renderComment(review);
  if (record) {
    const since = workflow.clock.now().toISOString();
    await workflow.pullRequests.put({ ...record, writing: { digest: textDigest(text), since, shows } });
  }
  const comment = await repository.writeComment(number, known, text);
  const seen = await workflow.pullRequests.pushers(repository.fullName, number);
  // Kept, because stored webhooks are forgotten in time.
  const pushers = [...new Set([...(record?.pushers ?? []), ...seen])].sort();
  return {
    repository: repository.fullName,
    number,
    headSha,
    baseRef,
    statements: record?.statements ?? [],
    phase: record?.phase ?? 'open',
    ...(record?.plannableFork === undefined ? {} : { plannableFork: record.plannableFork }),
    ...(record?.deployments === undefined ? {} : { deployments: record.deployments }),
    ...(record?.paths === undefined ? {} : { paths: record.paths }),
    ...(record?.labels === undefined ? {} : { labels: record.labels }),
    ...(record?.rollbacks === undefined ? {} : { rollbacks: record.rollbacks }),
    ...(record?.unlocked === undefined ? {} : { unlocked: record.unlocked }),
    ...(record?.suggested === undefined ? {} : { suggested: record.suggested }),
    ...(record?.analysed === undefined ? {} : { analysed: record.analysed }),
    ...(record?.trace === undefined ? {} : { trace: record.trace }),
    ...(pushers.length > 0 ? { pushers } : {}),
    ...change,
    commentId: comment.id,
    written: { at: comment.at, digest: textDigest(comment.body) },
    review,
    shown: withShown(record?.shown ?? [], { at: comment.at, ...shows }),
  };
}

/**
 * The record with what the comment has shown until now; undefined where the comment does not stand as Slipway wrote
 * it. Anyone with write permission can edit it on GitHub, and what a reviewer approves is what they read there: an
 * approval of an altered text is an approval of nothing.
 */
export async function ifIntact(
  repository: Repository,
  record: PullRequestRecord,
): Promise<PullRequestRecord | undefined> {
  const { commentId, written, writing, shown, ...rest } = record;
  const comment = commentId === undefined ? undefined : await repository.comment(commentId);
  if (!comment) return undefined;
  const digest = textDigest(comment.body);
  if (comment.updatedAt === written?.at && digest === written.digest) return record;
  if (digest !== writing?.digest) return undefined;
  // A process died between the writing and its record. Who edited the text meanwhile and put it back has moved
  // `updatedAt`: what was said before that counts for nothing, for nobody knows what stood there.
  const same = showsSame(shown.at(-1), writing.shows);
  const since = Math.min(Date.parse(writing.since), Date.parse(comment.updatedAt));
  const from = wholeSeconds(since - (same ? 0 : clockSkewMs));
  return {
    ...rest,
    commentId: comment.id,
    written: { at: comment.updatedAt, digest },
    shown: [
      ...shown.filter(({ at }) => at < from),
      { at: from, headSha: '', digests: {} },
      { at: comment.updatedAt, ...writing.shows },
    ],
  };
}

/** The same where it may have been altered: then nothing that it has shown counts any more. */
export async function asItStands(
  repository: Repository,
  record: PullRequestRecord,
): Promise<PullRequestRecord> {
  const { writing: _, ...rest } = record;
  return (await ifIntact(repository, record)) ?? { ...rest, shown: [] };
}

/** So far may our clock be ahead of GitHub's. */
const clockSkewMs = 60_000;

/** As GitHub writes times. */
function wholeSeconds(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Forms of a line's end do not count: GitHub changes them on the way. */
function textDigest(body: string): string {
  return digestOf(body.replaceAll('\r\n', '\n').trim());
}

/** Stack id → digest of the plan that the review shows, and that of other settings. */
export function digestsOf({ stacks, settings }: Review): Readonly<Record<string, string>> {
  return Object.fromEntries([
    ...stacks.flatMap((s) => (s.plan ? [[s.stack, s.plan.digest]] : [])),
    ...(settings?.gate ? [[settingsSubject, settings.gate.change.digest]] : []),
  ]);
}

/** A comment that is edited for another reason than a new plan has shown the same since it first did. */
function withShown(earlier: readonly Shown[], now: Shown): readonly Shown[] {
  return showsSame(earlier.at(-1), now) ? earlier : [...earlier, now];
}

function showsSame(one: Omit<Shown, 'at'> | undefined, other: Omit<Shown, 'at'>): boolean {
  const same = (key: 'digests' | 'deferred') => JSON.stringify(one?.[key]) === JSON.stringify(other[key]);
  return same('digests') && same('deferred') && one?.headSha === other.headSha;
}

/**
 * What somebody can have seen who spoke at `at`: the latest that was shown before that second. GitHub tells time
 * in whole seconds, so what was shown within the same one may have come after the words, and does not count.
 */
export function shownBefore(shown: readonly Shown[], at: string): Shown | undefined {
  return shown.findLast((s) => s.at < at);
}

/** The statements with this one added, in place of an earlier account of the same comment or review. */
export function withStatement(statements: readonly Statement[], added: Statement): readonly Statement[] {
  return [...statements.filter((s) => s.kind !== added.kind || s.id !== added.id), added];
}
