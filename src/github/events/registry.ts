import { checkRunEvent } from './check-run.ts';
import { checkSuiteEvent } from './check-suite.ts';
import type { InstallationEvent, WebhookEvent } from './event.ts';
import { installationEvent, installationRepositoriesEvent } from './installation.ts';
import { issueCommentEvent } from './issue-comment.ts';
import { mergeGroupEvent } from './merge-group.ts';
import { pullRequestEvent } from './pull-request.ts';
import { pullRequestReviewEvent } from './pull-request-review.ts';
import { pushEvent } from './push.ts';

/** Every webhook event that Slipway listens to; `app.yml` subscribes to exactly these. */
export const webhookEvents = {
  check_run: checkRunEvent,
  check_suite: checkSuiteEvent,
  issue_comment: issueCommentEvent,
  merge_group: mergeGroupEvent,
  pull_request: pullRequestEvent,
  pull_request_review: pullRequestReviewEvent,
  push: pushEvent,
} as const satisfies Record<string, WebhookEvent<never>>;

/** Those that come without being asked for. */
export const installationEvents: Readonly<Record<string, InstallationEvent>> = {
  installation: installationEvent,
  installation_repositories: installationRepositoriesEvent,
};
