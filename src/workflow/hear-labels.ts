import type { Settings } from '../settings/settings.ts';
import type { FollowUp } from './hearing.ts';
import { readSettings } from './read-settings.ts';
import { redecide } from './redecide.ts';
import type { Repository } from './repository.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/** Decides a pull request's gates again when its labels have changed and a rule looks at labels. */
export async function hearLabels(
  workflow: PullRequestWorkflow,
  repository: Repository,
  number: number,
): Promise<readonly FollowUp[]> {
  const record = await workflow.pullRequests.get(repository.fullName, number);
  if (!record || record.phase === 'settled' || record.review.stacks.length === 0) return [];
  const pullRequest = await repository.pullRequest(number);
  if (!pullRequest.isDefaultBase || (pullRequest.state === 'closed' && !pullRequest.merged)) return [];
  const { settings } = await readSettings(repository, pullRequest);
  if (!settings || !asksForLabels(settings)) return [];
  const { review } = await redecide(workflow, repository, pullRequest, settings, record);
  return pullRequest.merged && review.stacks.some((s) => s.decision?.allowed) ? ['merge'] : [];
}

function asksForLabels({ environments }: Settings): boolean {
  return environments.some((e) => e.approvals.some((rule) => /\blabels\b/.test(rule.when ?? '')));
}
