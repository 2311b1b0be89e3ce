import { html } from 'hono/html';
import { mergeMethods, mergePullRequest, updatePullRequestBranch } from '../actions/merge-pull-request.ts';
import { enqueue } from '../actions/merge-queue.ts';
import { markReady } from '../actions/pull-requests.ts';
import { deleteRef } from '../actions/refs.ts';
import { revertPullRequest } from '../actions/revert-pull-request.ts';
import { reviewEvents, submitReview } from '../actions/reviews.ts';
import { takeSuggestion } from '../actions/take-suggestion.ts';
import { refusal } from '../http/refusal.ts';
import { type Actor, requireRole } from '../model/actor.ts';
import { latestReviews } from '../model/merge-state.ts';
import type { PullRequestIssue } from '../model/pull-request.ts';
import { fullName, type Repository } from '../model/repository.ts';
import { commentForm } from './comment-form.ts';
import { act, type Form, type Refused } from './form.ts';
import { icon } from './icons.ts';
import { mergeBox } from './merge-box.ts';
import { avatar, labelsOf, nameOf } from './names.ts';
import { actorIn } from './people.ts';
import { pullPage } from './pull-frame.ts';
import { reviewForm } from './review-form.ts';
import {
  type Html,
  type MaybeHtml,
  type PageApp,
  type PageContext,
  pullRequestIn,
  repositoryIn,
} from './site.ts';
import { timeline } from './timeline.ts';

type Deed = (
  c: PageContext,
  repository: Repository,
  issue: PullRequestIssue,
  actor: Actor,
  form: Form,
) => Promise<unknown>;

/** What the forms of a pull request do, by the last part of the address that they post to. */
const deeds: Readonly<Record<string, Deed>> = {
  review: (c, repository, issue, actor, form) => {
    const { world } = c.var.site;
    const event = reviewEvents.find((one) => one === form.event);
    if (!event) throw refusal(422, 'Choose whether to comment, to approve, or to request changes.');
    requireRole(world, repository, actor, 'read');
    return submitReview(world, repository, issue, actor, { event, body: form.body ?? '' });
  },
  merge: (c, repository, issue, actor, form) => {
    if (form.method === 'queue') return enqueue(c.var.site.world, repository, issue, actor);
    const method = mergeMethods.find((one) => one === form.method) ?? 'merge';
    return mergePullRequest(c.var.site.world, repository, issue, actor, {
      method,
      ...(form.sha ? { sha: form.sha } : {}),
    });
  },
  suggestion: (c, _repository, issue, actor, form) =>
    takeSuggestion(c.var.site.world, issue, actor, Number(form.comment)),
  'update-branch': (c, repository, issue, actor) =>
    updatePullRequestBranch(c.var.site.world, repository, issue, actor),
  ready: (c, repository, issue, actor) => {
    requireRole(c.var.site.world, repository, actor, 'read');
    return markReady(c.var.site.world, repository, issue, actor);
  },
  'delete-branch': (c, _repository, { pull }, actor) => {
    requireRole(c.var.site.world, pull.headRepository, actor, 'write');
    return deleteRef(c.var.site.world, pull.headRepository, actor, `refs/heads/${pull.headRef}`);
  },
};

/** `/:owner/:repo/pull/:number`: the conversation, and everything that can be done with a pull request. */
export function conversation(app: PageApp): void {
  app.get('/:owner/:repo/pull/:number{\\d+}', (c) => conversationPage(c));
  revertForm(app);
  for (const [name, deed] of Object.entries(deeds)) {
    app.post(`/:owner/:repo/pull/:number{\\d+}/${name}`, (c) => {
      const repository = repositoryIn(c);
      const issue = pullRequestIn(c, repository);
      return act(
        c,
        async (form) => {
          await deed(c, repository, issue, actorIn(c, form.as ?? ''), form);
          return `/${fullName(repository)}/pull/${issue.number}`;
        },
        (refused) => conversationPage(c, refused),
      );
    });
  }
}

/** The button of a merged one, which goes on to the pull request that it opens. */
function revertForm(app: PageApp): void {
  app.post('/:owner/:repo/pull/:number{\\d+}/revert', (c) => {
    const repository = repositoryIn(c);
    const issue = pullRequestIn(c, repository);
    return act(
      c,
      async ({ as = '' }) => {
        const made = await revertPullRequest(c.var.site.world, repository, issue, actorIn(c, as));
        return `/${fullName(repository)}/pull/${made.number}`;
      },
      (refused) => conversationPage(c, refused),
    );
  });
}

/** The page itself, also after a form was refused. */
export async function conversationPage(c: PageContext, refused?: Refused): Promise<Response> {
  const repository = repositoryIn(c);
  const issue = pullRequestIn(c, repository);
  return pullPage(
    c,
    repository,
    issue,
    'conversation',
    html`<div class="columns"><div>
<div class="timeline" id="timeline" data-live-list>${await timeline(c, repository, issue)}</div>
${await mergeBox(c, repository, issue)}
${commentForm(c, repository, issue, refused?.form)}
${issue.state === 'open' ? reviewForm(c, repository, issue, refused?.form) : ''}
</div>${sidebar(issue)}</div>`,
    refused?.message,
  );
}

function sidebar(issue: PullRequestIssue): Html {
  const { pull } = issue;
  const latest = latestReviews(issue);
  const commented = pull.reviews.filter(
    (review) => !latest.some((one) => one.author.id === review.author.id),
  );
  const waiting = pull.requestedReviewers.filter(
    (one) => !latest.some((review) => review.author.id === one.id),
  );
  const reviewers = [
    ...latest.map((review) => reviewer(review.author, review.state)),
    ...[...new Map(commented.map((review) => [review.author.id, review.author])).values()].map((one) =>
      reviewer(one, 'COMMENTED'),
    ),
    ...waiting.map((one) => reviewer(one, 'WAITING')),
  ];
  const none = html`<p class="quiet">None yet</p>`;
  return html`<aside id="sidebar" data-live>
<h2>Reviewers</h2>${reviewers.length === 0 && pull.requestedTeams.length === 0 ? none : html`<ul class="plain">${reviewers}${pull.requestedTeams.map((team) => html`<li>@${team.organisation.login}/${team.slug} ${icon('dot')}</li>`)}</ul>`}
<h2>Assignees</h2>${issue.assignees.length === 0 ? none : html`<ul class="plain">${issue.assignees.map((one) => html`<li>${avatar(one)} ${nameOf(one)}</li>`)}</ul>`}
<h2>Labels</h2>${issue.labels.length === 0 ? none : html`<p>${labelsOf(issue.labels)}</p>`}
</aside>`;
}

function reviewer(account: PullRequestIssue['author'], state: string): Html {
  const signs: Readonly<Record<string, MaybeHtml>> = {
    APPROVED: html`<span class="mark good" title="Approved">${icon('check')}</span>`,
    CHANGES_REQUESTED: html`<span class="mark bad" title="Requested changes">${icon('cross')}</span>`,
    WAITING: html`<span class="mark busy" title="Awaiting review">${icon('dot')}</span>`,
  };
  return html`<li>${avatar(account)} ${nameOf(account)} ${signs[state] ?? html`<span class="mark quiet" title="Left comments">${icon('comment')}</span>`}</li>`;
}
