import type { Endpoints } from '@octokit/types';
import type { PullRequestReview as WebhookReview } from '@octokit/webhooks-types';
import type { PullRequestIssue, Review } from '../model/pull-request.ts';
import type { Repository } from '../model/repository.ts';
import { associationOf } from '../model/role.ts';
import type { World } from '../model/world.ts';
import { renderAccount } from './account.ts';
import { nodeId, repositoryApiUrl } from './addresses.ts';
import { issueUrl } from './issue.ts';

/** A review, as REST answers it. */
export function renderReview(
  world: World,
  repository: Repository,
  issue: PullRequestIssue,
  review: Review,
): Endpoints['GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}']['response']['data'] {
  const html = `${issueUrl(world, repository, issue)}#pullrequestreview-${review.id}`;
  const pullUrl = `${repositoryApiUrl(world, repository)}/pulls/${issue.number}`;
  return {
    id: review.id,
    node_id: nodeId('PullRequestReview', review.id),
    user: renderAccount(world, review.author),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pullUrl,
    author_association: associationOf(repository, review.author),
    _links: { html: { href: html }, pull_request: { href: pullUrl } },
    ...(review.state === 'PENDING' ? {} : { submitted_at: review.submittedAt }),
    commit_id: review.commit,
  };
}

/** The same review in a webhook payload, where its state is in small letters. */
export function renderWebhookReview(
  world: World,
  repository: Repository,
  issue: PullRequestIssue,
  review: Review,
): WebhookReview {
  const rendered = renderReview(world, repository, issue, review);
  return {
    id: review.id,
    node_id: rendered.node_id,
    user: renderAccount(world, review.author),
    body: review.body === '' ? null : review.body,
    commit_id: review.commit,
    submitted_at: review.submittedAt,
    state: review.state.toLowerCase() as WebhookReview['state'],
    html_url: rendered.html_url,
    pull_request_url: rendered.pull_request_url,
    author_association: associationOf(repository, review.author),
    _links: { html: rendered._links.html, pull_request: rendered._links.pull_request },
  };
}
