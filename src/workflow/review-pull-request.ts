import type { Decision } from '../approval/approval.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import { hasErrors } from '../base/diagnostic.ts';
import { traceParent } from '../base/trace.ts';
import { renderChecks } from '../review/checks.ts';
import type { Review, StackReview } from '../review/review.ts';
import type { PullRequestRecord } from '../state/pull-requests.ts';
import { approvedPlan } from './approved-plan.ts';
import { checkSource } from './check-source.ts';
import { beforeMerge } from './defer.ts';
import { type TouchedStack, touchedStacks } from './discover.ts';
import { digestOfSettings, explainSettings } from './explain-settings.ts';
import { decideStack, electorate, pathsOfTemplates } from './gate.ts';
import { noteSettings } from './note-settings.ts';
import { readPlaces } from './places.ts';
import type { StackPlan, StackSource } from './plan-stack.ts';
import { planTogether } from './plan-together.ts';
import { followersAt, type Reading, readSources } from './plan-touched.ts';
import { asItStands, publishReview } from './publish-review.ts';
import { filesOf, readProposal } from './read-proposal.ts';
import { changesSettings, pathsOf, settingsWithTemplates, withoutSettings } from './read-settings.ts';
import type { PullRequest, Repository } from './repository.ts';
import { reviewSettings } from './review-settings.ts';
import { scanTemplate } from './scan-template.ts';
import { suggestChanges } from './suggest-changes.ts';
import { holdOn } from './unsettled.ts';
import { uploadProposed } from './upload-findings.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/**
 * Plans what merging an open pull request would make and shows the result. Runs as often as anybody likes: it starts
 * from what GitHub says now. When a webhook tells meanwhile that the pull request moved or closed, nothing is shown:
 * that webhook has a job of its own.
 */
export async function reviewPullRequest(
  workflow: PullRequestWorkflow,
  repository: Repository,
  number: number,
): Promise<void> {
  const heard = await workflow.pullRequests.lastHeard(repository.fullName, number);
  const hasMoved = async () => {
    const last = await workflow.pullRequests.lastHeard(repository.fullName, number);
    return last !== undefined && last !== heard;
  };
  const pullRequest = await repository.pullRequest(number);
  if (pullRequest.state === 'closed') return;
  // Checks belong to a commit and not to a pull request: green ones here would let another one of the same head be
  // merged into the default branch.
  if (!pullRequest.isDefaultBase) return;
  const record = await workflow.pullRequests.get(repository.fullName, number);
  const places = await readPlaces(workflow, repository.fullName);
  // Awaited with what waits for it: a promise that fails while nobody looks ends the process.
  const proposing = readProposal(workflow, repository, pullRequest);
  const [files, { settings, diagnostics, commit, conflicts, trial }] = await Promise.all([
    filesOf(repository, pullRequest, proposing, places),
    proposing,
  ]);
  const touched = settings ? touchedStacks(settings, files, places) : [];
  const mixed = touched.length > 0 && changesSettings(files, settings) ? [settingsWithTemplates] : [];
  const isStrange = pullRequest.fromFork && record?.plannableFork !== pullRequest.headSha;
  const planned =
    settings && mixed.length === 0
      ? await planAll(workflow, { repository, commit, pullRequest, settings, places }, touched, isStrange)
      : [];
  const proposed = await explainSettings(workflow, repository, commit, files, settings);
  const told = [
    // Who mends the settings has to be able to merge that.
    ...(proposed?.mends ? [] : diagnostics),
    ...mixed,
    ...(proposed?.diagnostics ?? []),
    // Plans are made again at the merge; of settings nobody asks again.
    ...(proposed?.change && !trial && !conflicts ? [untried] : []),
    ...(planned.length > 0 && conflicts ? [conflictWith(pullRequest)] : []),
    ...(planned.length > 0 ? (workflow.policyNotices?.() ?? []) : []),
  ];
  if (planned.length === 0 && !hasErrors(told) && !record && !proposed) {
    // The list of its files may be that of another commit, which was there for a moment.
    if (await hasMoved()) return;
    const untouched: Review = {
      ...reviewHead(workflow, repository, pullRequest),
      stacks: [],
      diagnostics: told,
    };
    await repository.publishChecks(pullRequest.headSha, renderChecks(untouched));
    return;
  }
  const statements = record?.statements ?? [];
  const paths = pathsOf(files);
  const change = proposed && !hasErrors(told) ? proposed.change : undefined;
  const owned = [...pathsOfTemplates(planned.map((p) => p.source)), ...(change?.files ?? [])];
  const judges = settings ?? withoutSettings;
  const electors =
    planned.length > 0 || change
      ? await electorate(workflow, repository, pullRequest, judges, record, { paths, owned })
      : undefined;
  if (electors && settings) await noteSettings(workflow, repository, digestOfSettings(settings));
  // Approvals of what somebody made of the comment must not count for what it says once it is restored.
  const standing = record && (await asItStands(repository, record));
  if (await hasMoved()) return;
  const stacks = planned.map(async (p) => ({
    ...beforeMerge(
      stackReview(p, electors && decideStack(p, statements, electors), record),
      p.source.environment,
    ),
    ...(await holdOn(workflow, repository, number, p, settings?.operators ?? [])),
  }));
  const review: Review = {
    ...reviewHead(workflow, repository, pullRequest),
    diagnostics: told,
    ...(proposed ? { settings: reviewSettings(proposed, change, judges, statements, electors) } : {}),
    stacks: await Promise.all(stacks),
  };
  const trace = traceParent();
  const shown = await publishReview(workflow, repository, pullRequest, review, standing, {
    phase: 'open',
    ...(trace === undefined ? {} : { trace }),
    paths,
    labels: pullRequest.labels,
  });
  await suggestChanges(workflow, repository, pullRequest, planned, files, shown);
  const { stacks: scanned } = review;
  if (settings)
    await uploadProposed(workflow, repository, pullRequest, { settings, commit, stacks: scanned });
}

async function planAll(
  workflow: PullRequestWorkflow,
  reading: Reading,
  touched: readonly TouchedStack[],
  isStrange: boolean,
): Promise<readonly StackPlan[]> {
  const sources = await readSources(workflow, reading, touched);
  if (isStrange) {
    return Promise.all(sources.map((source) => readStranger(workflow, source)));
  }
  return planTogether(workflow, sources, followersAt(workflow, reading));
}

/** What a stranger's text says of itself: its mistakes, and what policies find in it. No tool is run for it. */
async function readStranger(workflow: PullRequestWorkflow, source: StackSource): Promise<StackPlan> {
  const { diagnostics } = checkSource(workflow, source);
  const { scanners: _, ...alone } = workflow;
  const { findings } = hasErrors(diagnostics) ? { findings: [] } : await scanTemplate(alone, source);
  return { source, findings, diagnostics: [...diagnostics, forkDiagnostic(source.file)] };
}

const untried: Diagnostic = {
  severity: 'error',
  code: 'merge-untried',
  summary: 'GitHub has not said yet what merging this makes of the settings',
  remedy: 'Press Re-run of the check `slipway/plan` in a minute.',
};

function conflictWith({ baseRef }: PullRequest): Diagnostic {
  return {
    severity: 'warning',
    code: 'merge-conflict',
    summary: `It conflicts with ${baseRef}, so this is what its own commits alone would do`,
    remedy: 'Solve the conflict and push; it is planned again.',
  };
}

/** A plan reads the cloud with our credentials and shows what it finds, so a stranger cannot have one for the asking. */
export function forkDiagnostic(file: string): Diagnostic {
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
  const repositoryUrl = `${workflow.githubUrl}/${repository.currentName}`;
  return { repositoryUrl, pullRequest: number, author, headSha, merged };
}

/** One planned stack as the comment shows it. */
export function stackReview(
  planned: StackPlan,
  decision: Decision | undefined,
  record: PullRequestRecord | undefined,
): StackReview {
  const { source, plan, findings, diagnostics } = planned;
  const before = record?.review.stacks.find((s) => s.stack === source.stack);
  const approved = before && approvedPlan(before, record?.statements ?? []);
  return {
    stack: source.stack,
    environment: source.environment.name,
    file: source.file,
    ...(source.movedFrom === undefined ? {} : { movedFrom: source.movedFrom }),
    phase: 'planned',
    diagnostics,
    findings,
    ...(plan && !hasErrors(diagnostics) ? { plan } : {}),
    ...(decision ? { decision } : {}),
    ...(plan && approved && approved.digest !== plan.digest ? { previous: approved } : {}),
  };
}
