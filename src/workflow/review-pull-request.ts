import type { Diagnostic } from '../base/diagnostic.ts';
import { hasErrors } from '../base/diagnostic.ts';
import { renderChecks } from '../review/checks.ts';
import type { Review, StackReview } from '../review/review.ts';
import type { Settings } from '../settings/settings.ts';
import type { PullRequestRecord } from '../state/pull-requests.ts';
import { touchedStacks } from './discover.ts';
import { decideStack, type Electorate, electorate } from './gate.ts';
import { checkSource, type StackPlan } from './plan-stack.ts';
import { planSources, readSources } from './plan-touched.ts';
import { publishReview } from './publish-review.ts';
import { readSettings } from './read-settings.ts';
import type { PullRequest, Repository } from './repository.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/**
 * Plans an open pull request at its newest commit and shows the result. Runs as often as anybody likes: it starts
 * from what GitHub says now. When the pull request moved or closed meanwhile, nothing is shown: whatever moved it
 * has a webhook, and so a job, of its own.
 */
export async function reviewPullRequest(
  workflow: PullRequestWorkflow,
  repository: Repository,
  number: number,
): Promise<void> {
  const pullRequest = await repository.pullRequest(number);
  if (pullRequest.state === 'closed') return;
  const record = await workflow.pullRequests.get(repository.fullName, number);
  const [files, { settings, diagnostics }] = await Promise.all([
    repository.changedFiles(number),
    readSettings(repository, pullRequest),
  ]);
  const planned =
    settings && pullRequest.isDefaultBase
      ? await planAll(workflow, repository, pullRequest, settings, files, record)
      : [];

  if (planned.length === 0 && diagnostics.length === 0 && !record) {
    const untouched: Review = { ...reviewHead(workflow, repository, pullRequest), stacks: [], diagnostics };
    await repository.publishChecks(pullRequest.headSha, renderChecks(untouched));
    return;
  }
  const statements = record?.statements ?? [];
  const electors = settings
    ? await electorate(repository, pullRequest, settings, statements)
    : { author: pullRequest.author, committers: [], people: [] };
  const now = await repository.pullRequest(number);
  if (now.state === 'closed' || now.headSha !== pullRequest.headSha) return;
  const review: Review = {
    ...reviewHead(workflow, repository, pullRequest),
    diagnostics,
    stacks: planned.map((p) => stackReview(p, statements, electors, record)),
  };
  await publishReview(workflow, repository, pullRequest, review, record, { phase: 'open' });
}

async function planAll(
  workflow: PullRequestWorkflow,
  repository: Repository,
  pullRequest: PullRequest,
  settings: Settings,
  files: Awaited<ReturnType<Repository['changedFiles']>>,
  record: PullRequestRecord | undefined,
): Promise<readonly StackPlan[]> {
  const touched = touchedStacks(repository.fullName, settings, files);
  const sources = await readSources(
    workflow,
    repository,
    touched,
    pullRequest.headSha,
    pullRequest,
    settings.policies,
  );
  if (pullRequest.fromFork && record?.plannableFork !== pullRequest.headSha) {
    return sources.map(({ source }) => {
      const { diagnostics } = checkSource(workflow, source);
      return { source, findings: [], diagnostics: [...diagnostics, forkDiagnostic(source.file)] };
    });
  }
  return planSources(workflow, sources);
}

/** A plan reads the cloud with our credentials and shows what it finds, so a stranger cannot have one for the asking. */
function forkDiagnostic(file: string): Diagnostic {
  return {
    severity: 'error',
    code: 'template-fork',
    summary: 'Pull requests from forks are planned only when an operator asks for it',
    remedy: 'An operator who has read the change comments /slipway plan.',
    where: { file, line: 1, column: 1 },
  };
}

/** What a review says of the pull request itself. */
export function reviewHead(
  workflow: PullRequestWorkflow,
  repository: Repository,
  { number, author, headSha, merged }: PullRequest,
): Omit<Review, 'stacks' | 'diagnostics'> {
  const repositoryUrl = `${workflow.githubUrl}/${repository.fullName}`;
  return { repositoryUrl, pullRequest: number, author, headSha, merged };
}

/** One planned stack as the comment shows it, with its gate decided. */
export function stackReview(
  planned: StackPlan,
  statements: Parameters<typeof decideStack>[1],
  electors: Electorate,
  record: PullRequestRecord | undefined,
): StackReview {
  const { source, plan, findings, diagnostics } = planned;
  const decision = decideStack(planned, statements, electors);
  const before = record?.review.stacks.find((s) => s.stack === source.stack);
  const approvedOther =
    plan && before?.plan && before.plan.digest !== plan.digest && before.decision?.allowed;
  return {
    stack: source.stack,
    environment: source.environment.name,
    file: source.file,
    phase: 'planned',
    diagnostics,
    findings,
    ...(plan && !hasErrors(diagnostics) ? { plan } : {}),
    ...(decision ? { decision } : {}),
    ...(approvedOther ? { previous: before.plan } : {}),
  };
}
