import type { Endpoints } from '@octokit/types';
import type { BranchProtection, Repository } from '../model/repository.ts';
import type { World } from '../model/world.ts';
import { repositoryApiUrl } from './addresses.ts';

/** What a branch asks for, as `GET .../branches/{branch}/protection` answers. */
export function renderBranchProtection(
  world: World,
  repository: Repository,
  branch: string,
  protection: BranchProtection,
) {
  const url = `${repositoryApiUrl(world, repository)}/branches/${branch}/protection`;
  const { requiredStatusChecks: checks, requiredReviews: reviews } = protection;
  return {
    url,
    ...(checks
      ? {
          required_status_checks: {
            url: `${url}/required_status_checks`,
            strict: checks.strict,
            contexts: checks.checks.map(({ context }) => context),
            contexts_url: `${url}/required_status_checks/contexts`,
            checks: checks.checks.map(({ context, appId }) => ({ context, app_id: appId })),
          },
        }
      : {}),
    ...(reviews
      ? {
          required_pull_request_reviews: {
            url: `${url}/required_pull_request_reviews`,
            dismiss_stale_reviews: reviews.dismissStale,
            require_code_owner_reviews: reviews.requireCodeOwners,
            require_last_push_approval: reviews.requireLastPushApproval,
            required_approving_review_count: reviews.count,
          },
        }
      : {}),
    enforce_admins: { url: `${url}/enforce_admins`, enabled: protection.enforceAdmins },
    required_linear_history: { enabled: protection.requiredLinearHistory },
    allow_force_pushes: { enabled: protection.allowForcePushes },
    allow_deletions: { enabled: protection.allowDeletions },
    block_creations: { enabled: false },
    required_conversation_resolution: { enabled: protection.requiredConversationResolution },
    lock_branch: { enabled: false },
    allow_fork_syncing: { enabled: false },
  } satisfies Endpoints['GET /repos/{owner}/{repo}/branches/{branch}/protection']['response']['data'];
}
