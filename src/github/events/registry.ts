import { checkRunEvent } from './check-run.ts';
import { checkSuiteEvent } from './check-suite.ts';
import type { WebhookEvent } from './event.ts';
import { issueCommentEvent } from './issue-comment.ts';
import { pullRequestEvent } from './pull-request.ts';
import { pullRequestReviewEvent } from './pull-request-review.ts';

/** Every webhook event that Slipway listens to; `app.yml` subscribes to exactly these. */
export const webhookEvents = {
  check_run: checkRunEvent,
  check_suite: checkSuiteEvent,
  issue_comment: issueCommentEvent,
  pull_request: pullRequestEvent,
  pull_request_review: pullRequestReviewEvent,
} as const satisfies Record<string, WebhookEvent<never>>;
