import { requestReviews } from '../actions/review-requests.ts';
import { dismissReview, editReview, reviewEvents, submitReview } from '../actions/reviews.ts';
import { type Call, created, ok, onRepository, type RouteTable } from '../http/call.ts';
import { fieldsOf, present } from '../http/fields.ts';
import { invalid, notFound } from '../http/refusal.ts';
import type { PullRequestIssue, Review } from '../model/pull-request.ts';
import { findTeam } from '../model/team.ts';
import { findAccount } from '../model/world.ts';
import { renderListedPullRequest } from '../render/pull-request.ts';
import { renderReview } from '../render/review.ts';
import { pullRequestIn } from './pulls.ts';

/** Reviews of a pull request. */
export const reviewRoutes: RouteTable = {
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews': {
    access: onRepository('pull_requests', 'read'),
    handle(call) {
      const { world, repository } = call;
      const issue = pullRequestIn(call);
      return ok(
        call.page(issue.pull.reviews).map((review) => renderReview(world, repository, issue, review)),
      );
    },
  },
  'POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews': {
    access: onRepository('pull_requests', 'write', 'read'),
    async handle(call) {
      const { world, repository, actor } = call;
      const issue = pullRequestIn(call);
      const body = fieldsOf(call, 'PullRequestReview');
      const review = await submitReview(world, repository, issue, actor, {
        event: body.oneOf('event', reviewEvents),
        body: body.optionalText('body') ?? '',
        ...present({ commit: body.optionalText('commit_id') }),
        comments: (body.objects('comments') ?? []).map((comment) => {
          // Where the old side of a line is not told apart, a comment on it would be shown on another.
          comment.optionalOneOf('side', ['RIGHT']);
          return { path: comment.text('path'), line: comment.integer('line'), body: comment.text('body') };
        }),
      });
      return ok(renderReview(world, repository, issue, review));
    },
  },
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}': {
    access: onRepository('pull_requests', 'read'),
    handle(call) {
      const { issue, review } = reviewIn(call);
      return ok(renderReview(call.world, call.repository, issue, review));
    },
  },
  'POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers': {
    access: onRepository('pull_requests', 'write'),
    async handle(call) {
      const { world, repository, actor } = call;
      const issue = pullRequestIn(call);
      const body = fieldsOf(call, 'PullRequest');
      const unknown = (field: string) => invalid({ resource: 'PullRequest', field, code: 'invalid' });
      const people = (body.texts('reviewers') ?? []).map((login) => {
        const account = findAccount(world, login);
        if (!account || account === issue.author) throw unknown('reviewers');
        return account;
      });
      const teams = (body.texts('team_reviewers') ?? []).map((slug) => {
        const team = findTeam(world, repository.owner, slug);
        if (!team) throw unknown('team_reviewers');
        return team;
      });
      await requestReviews(world, repository, issue, actor, { people, teams });
      return created(renderListedPullRequest(world, repository, issue));
    },
  },
  'PUT /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}': {
    access: onRepository('pull_requests', 'write', 'read'),
    async handle(call) {
      const { world, repository, actor } = call;
      const { issue, review } = reviewIn(call);
      await editReview(
        world,
        repository,
        issue,
        review,
        actor,
        fieldsOf(call, 'PullRequestReview').text('body'),
      );
      return ok(renderReview(world, repository, issue, review));
    },
  },
  'PUT /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/dismissals': {
    access: onRepository('pull_requests', 'write'),
    async handle(call) {
      const { world, repository, actor } = call;
      const { issue, review } = reviewIn(call);
      fieldsOf(call, 'PullRequestReview').text('message');
      await dismissReview(world, repository, issue, review, actor);
      return ok(renderReview(world, repository, issue, review));
    },
  },
};

function reviewIn(call: Call): { readonly issue: PullRequestIssue; readonly review: Review } {
  const issue = pullRequestIn(call);
  const id = call.number('review_id');
  const review = issue.pull.reviews.find((one) => one.id === id);
  if (!review) throw notFound();
  return { issue, review };
}
