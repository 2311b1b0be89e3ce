import { branchTip } from '../git/store.ts';
import { type Call, noContent, ok, onRepository, type RouteTable } from '../http/call.ts';
import { type Fields, fieldsOf } from '../http/fields.ts';
import { notFound, refusal } from '../http/refusal.ts';
import type { BranchProtection } from '../model/repository.ts';
import { renderBranchProtection } from '../render/branch-protection.ts';

/** What a branch asks for before it takes a change. */
export const branchProtectionRoutes: RouteTable = {
  'GET /repos/{owner}/{repo}/branches/{branch}/protection': {
    access: onRepository('administration', 'read', 'admin'),
    handle(call) {
      const { world, repository, path } = call;
      const protection = protectionIn(call);
      return ok(renderBranchProtection(world, repository, path.branch!, protection));
    },
  },
  'PUT /repos/{owner}/{repo}/branches/{branch}/protection': {
    access: onRepository('administration', 'write', 'admin'),
    handle(call) {
      const { world, repository, path } = call;
      if (!branchTip(repository.git, path.branch!)) throw refusal(404, 'Branch not found');
      const body = fieldsOf(call, 'ProtectedBranch');
      const protection: BranchProtection = {
        requiredStatusChecks: requiredChecks(body.object('required_status_checks')),
        requiredReviews: requiredReviews(body.object('required_pull_request_reviews')),
        enforceAdmins: body.flag('enforce_admins') ?? false,
        requiredLinearHistory: body.flag('required_linear_history') ?? false,
        allowForcePushes: body.flag('allow_force_pushes') ?? false,
        allowDeletions: body.flag('allow_deletions') ?? false,
        requiredConversationResolution: body.flag('required_conversation_resolution') ?? false,
      };
      repository.protections.set(path.branch!, protection);
      return ok(renderBranchProtection(world, repository, path.branch!, protection));
    },
  },
  'DELETE /repos/{owner}/{repo}/branches/{branch}/protection': {
    access: onRepository('administration', 'write', 'admin'),
    handle(call) {
      protectionIn(call);
      call.repository.protections.delete(call.path.branch!);
      return noContent;
    },
  },
};

function protectionIn({ repository, path }: Call): BranchProtection {
  if (!branchTip(repository.git, path.branch!)) throw notFound();
  const protection = repository.protections.get(path.branch!);
  if (!protection) throw refusal(404, 'Branch not protected');
  return protection;
}

function requiredChecks(fields: Fields | undefined): BranchProtection['requiredStatusChecks'] {
  if (!fields) return null;
  const contexts = (fields.texts('contexts') ?? []).map((context) => ({ context, appId: null }));
  const checks = fields.objects('checks')?.map((check) => ({
    context: check.text('context'),
    appId: check.optionalInteger('app_id') ?? null,
  }));
  return { strict: fields.flag('strict') ?? false, checks: checks ?? contexts };
}

function requiredReviews(fields: Fields | undefined): BranchProtection['requiredReviews'] {
  if (!fields) return null;
  return {
    count: fields.optionalInteger('required_approving_review_count') ?? 1,
    dismissStale: fields.flag('dismiss_stale_reviews') ?? false,
    requireCodeOwners: fields.flag('require_code_owner_reviews') ?? false,
    requireLastPushApproval: fields.flag('require_last_push_approval') ?? false,
  };
}
