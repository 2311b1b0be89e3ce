/**
 * A conversation in the order in which it happened. In: an issue or a pull request. Out: one entry for each thing
 * said or done. All ids of a world come from one counter, so they tell the order where times, kept in whole seconds,
 * do not.
 */
import { html } from 'hono/html';
import { suggestionIn } from '../actions/take-suggestion.ts';
import { type Commit, commitsBetween, isAncestor } from '../git/commits.ts';
import { rollup } from '../model/checks-on-commit.ts';
import type { Deployment } from '../model/deployment.ts';
import type { Issue } from '../model/issue.ts';
import { isPullRequest, type PullRequestIssue, type Review } from '../model/pull-request.ts';
import { fullName, type Repository } from '../model/repository.ts';
import { authorOf } from './authors.ts';
import { rollupMark } from './check-mark.ts';
import { commentBox, commentPath } from './comment-box.ts';
import { deploymentState } from './deployment-state.ts';
import type { Happening } from './history.ts';
import { type IconName, icon } from './icons.ts';
import { branchLink, commitLink, nameOf } from './names.ts';
import { personChoice } from './people.ts';
import type { Html, MaybeHtml, PageContext } from './site.ts';
import { when } from './when.ts';

interface Entry {
  /** The id of what it shows; entries of one thing follow one another by their fractions. */
  readonly order: number;
  readonly shown: MaybeHtml;
}

/** The whole timeline, the description first. */
export async function timeline(c: PageContext, repository: Repository, issue: Issue): Promise<Html> {
  const entries: Entry[] = [
    { order: issue.id, shown: description(c, repository, issue) },
    ...issue.comments.map((comment) => ({
      order: comment.id,
      shown: commentBox(c, repository, issue.author, {
        id: comment.id,
        anchor: `issuecomment-${comment.id}`,
        author: comment.author,
        at: comment.createdAt,
        body: comment.body,
        minimised: comment.minimised,
        change: { to: commentPath(repository, comment.id), reactions: comment.reactions, deletes: true },
      }),
    })),
    ...(isPullRequest(issue) ? await pullEntries(c, repository, issue) : happenings(c, repository, issue)),
  ];
  return html`${entries.sort((one, other) => one.order - other.order).map((entry) => entry.shown)}`;
}

function description(c: PageContext, repository: Repository, issue: Issue): Html {
  return commentBox(c, repository, issue.author, {
    id: issue.id,
    anchor: `issue-${issue.id}`,
    author: issue.author,
    at: issue.createdAt,
    body: issue.body,
    verb: html`opened this`,
    change: {
      to: `/${fullName(repository)}/${issue.pull ? 'pull' : 'issues'}/${issue.number}`,
      reactions: issue.reactions,
      deletes: false,
      title: issue.title,
    },
  });
}

async function pullEntries(
  c: PageContext,
  repository: Repository,
  issue: PullRequestIssue,
): Promise<Entry[]> {
  const { pull } = issue;
  const { git } = repository;
  const range = await commitsBetween(git, pull.baseSha, pull.headSha);
  const ours = new Set(range.map((commit) => commit.oid));
  const pushes = c.var.site.history
    .of(repository, issue.number)
    .flatMap(({ id, what }) => (what.kind === 'pushed' ? [{ id, ...what }] : []));
  const first = pushes[0]?.before ?? pull.headSha;
  const entries: Entry[] = [
    { order: issue.id + 0.5, shown: commits(c, repository, await since(pull.baseSha, first), 'first') },
  ];
  for (const push of pushes) {
    const shown = commits(c, repository, await since(push.before, push.after), String(push.id));
    entries.push({ order: push.id + 0.5, shown });
  }
  const deployed = new Set([pull.headSha, pull.mergeCommitSha, ...pushes.map((push) => push.after)]);
  return [
    ...entries,
    ...happenings(c, repository, issue),
    ...(await forcePushes()),
    ...pull.reviews.map((review) => ({ order: review.id, shown: reviewBox(c, repository, issue, review) })),
    ...repository.deployments
      .filter((deployment) => deployed.has(deployment.sha))
      .map((deployment) => ({ order: deployment.id, shown: deploymentLine(c, repository, deployment) })),
  ];

  /** Commits that came with a push. Those that a later force-push took away again are not listed, as on GitHub. */
  async function since(before: string, after: string): Promise<Commit[]> {
    return (await commitsBetween(git, before, after)).filter((commit) => ours.has(commit.oid));
  }

  async function forcePushes(): Promise<Entry[]> {
    const found = await Promise.all(
      c.var.site.history.of(repository, issue.number).map(async (one): Promise<Entry | null> => {
        if (one.what.kind !== 'pushed' || (await isAncestor(git, one.what.before, one.what.after)))
          return null;
        const { before, after } = one.what;
        const words = html`force-pushed the ${branchLink(pull.headRepository, pull.headRef)} branch from ${commitLink(repository, before)} to ${commitLink(repository, after)}`;
        return { order: one.id, shown: happened(c, one, 'push', words) };
      }),
    );
    return found.filter((entry) => entry !== null);
  }
}

function commits(c: PageContext, repository: Repository, list: readonly Commit[], key: string): MaybeHtml {
  if (list.length === 0) return '';
  return html`<div class="happened commits" id="commits-${key}"><ul>${list.map(
    (commit) =>
      html`<li>${icon('commit')} ${authorOf(c.var.site.world, commit)} <a class="grow" href="/${fullName(repository)}/commit/${commit.oid}">${commit.message.split('\n')[0]}</a> ${rollupMark(rollup(repository, commit.oid))} ${commitLink(repository, commit.oid)}</li>`,
  )}</ul></div>`;
}

const looks: Readonly<Record<Exclude<Happening['what']['kind'], 'pushed'>, IconName>> = {
  closed: 'stop',
  reopened: 'again',
  merged: 'merged',
  ready: 'eye',
  queued: 'clock',
  dequeued: 'clock',
  asked: 'eye',
  retitled: 'pencil',
  retargeted: 'branch',
  labelled: 'tag',
  unlabelled: 'tag',
};

function happenings(c: PageContext, repository: Repository, issue: Issue): Entry[] {
  return c.var.site.history.of(repository, issue.number).flatMap((one) => {
    const { what } = one;
    if (what.kind === 'pushed') return [];
    return [{ order: one.id, shown: happened(c, one, looks[what.kind], wordsOf(repository, issue, what)) }];
  });
}

function wordsOf(
  repository: Repository,
  issue: Issue,
  what: Exclude<Happening['what'], { kind: 'pushed' }>,
): Html {
  switch (what.kind) {
    case 'merged':
      return html`merged commit ${commitLink(repository, issue.pull?.mergeCommitSha ?? '')} into ${branchLink(repository, issue.pull?.baseRef ?? '')}`;
    case 'closed':
      return issue.stateReason === 'not_planned' ? html`closed this as not planned` : html`closed this`;
    case 'reopened':
      return html`reopened this`;
    case 'ready':
      return html`marked this as ready for review`;
    case 'queued':
      return html`added this to the merge queue`;
    case 'dequeued':
      return html`took this out of the merge queue`;
    case 'asked':
      return html`requested a review from <b>${what.whom}</b>`;
    case 'retitled':
      return html`changed the title <del>${what.from}</del> <b>${what.to}</b>`;
    case 'retargeted':
      return html`changed the base branch from <code>${what.from}</code> to <code>${what.to}</code>`;
    case 'labelled':
      return html`added the label <b>${what.label}</b>`;
    case 'unlabelled':
      return html`removed the label <b>${what.label}</b>`;
  }
}

function happened(c: PageContext, { id, actor, at, what }: Happening, sign: IconName, words: Html): Html {
  return html`<div class="happened ${what.kind}" id="event-${id}"><span class="badge">${icon(sign)}</span><p>${nameOf(actor)} ${words} <span class="quiet">${when(c.var.site.world, at)}</span></p></div>`;
}

const verdicts: Readonly<
  Record<Review['state'], { readonly sign: IconName; readonly words: string; readonly kind: string }>
> = {
  APPROVED: { sign: 'check', words: 'approved these changes', kind: 'approved' },
  CHANGES_REQUESTED: { sign: 'cross', words: 'requested changes', kind: 'refused' },
  COMMENTED: { sign: 'eye', words: 'reviewed', kind: 'reviewed' },
  DISMISSED: { sign: 'skip', words: 'reviewed; the review was dismissed', kind: 'dismissed' },
  PENDING: { sign: 'clock', words: 'began a review', kind: 'reviewed' },
};

function reviewBox(c: PageContext, repository: Repository, issue: PullRequestIssue, review: Review): Html {
  const { sign, words, kind } = verdicts[review.state];
  const anchor = `pullrequestreview-${review.id}`;
  const line = html`<div class="happened ${kind}" id="${review.body === '' ? anchor : `${anchor}-verdict`}"><span class="badge">${icon(sign)}</span><p>${nameOf(review.author)} ${words} <span class="quiet">at ${commitLink(repository, review.commit)} ${when(c.var.site.world, review.submittedAt)}</span></p></div>`;
  const { id, author, submittedAt: at, body } = review;
  const said =
    body === ''
      ? ''
      : commentBox(c, repository, issue.author, {
          id,
          anchor,
          author,
          at,
          body,
          verb: html`left a review`,
        });
  const onLines = review.comments.map((comment) => {
    const box = commentBox(c, repository, issue.author, {
      id: comment.id,
      anchor: `discussion_r${comment.id}`,
      author,
      at,
      body: comment.body,
      verb: html`on <code>${comment.path}:${comment.line}</code>`,
    });
    if (issue.state !== 'open' || suggestionIn(comment.body) === undefined) return box;
    return html`${box}<form class="pad bar" method="post" action="/${fullName(repository)}/pull/${issue.number}/suggestion">
<input type="hidden" name="comment" value="${comment.id}"><span class="grow"></span>${personChoice(c, { first: issue.author })}<button class="button">Commit suggestion</button></form>`;
  });
  return html`${line}${said}${onLines}`;
}

function deploymentLine(c: PageContext, repository: Repository, deployment: Deployment): Html {
  const { environment, creator, updatedAt, id } = deployment;
  const newest = deployment.statuses.at(-1);
  return html`<div class="happened deployed" id="deployment-${id}"><span class="badge">${icon('rocket')}</span><p>${nameOf(creator)} deployed ${commitLink(repository, deployment.sha)} to <a href="/${fullName(repository)}/deployments#environment-${encodeURIComponent(environment)}"><b>${environment}</b></a> ${deploymentState(deployment)} <span class="quiet">${newest?.description ?? ''} ${when(c.var.site.world, updatedAt)}</span></p></div>`;
}
