import type { Decision } from '../approval/approval.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import { renderChecks } from '../review/checks.ts';
import type { Review, StackReview } from '../review/review.ts';
import type { Settings } from '../settings/settings.ts';
import type { StackId } from '../stack/stack.ts';
import type { PullRequestRecord } from '../state/pull-requests.ts';
import { beforeMerge } from './defer.ts';
import { touchedStacks } from './discover.ts';
import { explainSettings } from './explain-settings.ts';
import { decideStack, type Electorate, electorate, pathsOfTemplates } from './gate.ts';
import { membersOf, type QueueEntry } from './merge-queue.ts';
import { type Places, readPlaces } from './places.ts';
import type { StackPlan } from './plan-stack.ts';
import { planTogether } from './plan-together.ts';
import { followersAt, readSources } from './plan-touched.ts';
import {
  type BaseSettings,
  changesSettings,
  pathsOf,
  readSettings,
  ruleFiles,
  settingsWithTemplates,
  withoutSettings,
} from './read-settings.ts';
import type { ChangedFile, PullRequest, Repository } from './repository.ts';
import { reviewHead, stackReview } from './review-pull-request.ts';
import { reviewSettings } from './review-settings.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/** What GitHub says now of the queue and of its commit. */
interface QueueLists {
  /** What is in the queue of the default branch, in its order. */
  queue(): Promise<readonly QueueEntry[]>;
  /** Whether the commit is the newest of an open pull request: whoever may push can propose the queue's, too. */
  isProposed(): Promise<boolean>;
}

/** What an earlier merge of the queue still does to a stack is waited for: so long, and looked at so often. */
const waitMs = 300_000;
const pauseMs = 5_000;
/** A merge that has just happened has not begun yet, which nothing tells; nor may the queue show its newest commit yet. */
const looks = 3;

/**
 * Plans the commit that a merge queue is about to merge, and concludes the three checks on it. It passes only where
 * each stack's plan is one that was approved in a pull request of the group that touches it: what is merged is then
 * what is applied. Where two of the group change the same stack, nobody has approved what they do together, so the
 * later one leaves the queue and is planned again once the earlier one is applied.
 */
export async function reviewMergeGroup(
  workflow: PullRequestWorkflow,
  repository: Repository,
  { queue, isProposed }: QueueLists,
  sha: string,
): Promise<void> {
  const conclude = async (review: Review) => {
    // It may have been proposed since: then what its own pull request says of it counts.
    if (!(await isProposed())) await repository.publishChecks(sha, renderChecks(review));
  };
  const numbers = await numbersOf(workflow, queue, sha);
  const members = await Promise.all(numbers.map((number) => openMember(repository, number)));
  const last = members.at(-1);
  // Dropped from the queue, or merged: its checks are asked for by nobody any more. Or it was never in it.
  if (!last?.pullRequest.isDefaultBase) return;
  const files = members.flatMap((m) => m.files);
  const [{ settings, diagnostics }, unlisted] = await Promise.all([
    readSettings(repository, last.pullRequest),
    unlistedRules(repository, last.pullRequest, sha, pathsOf(files)),
  ]);
  const places = await readPlaces(workflow, repository.fullName);
  const touched = settings ? touchedStacks(settings, files, places) : [];
  const mixed = touched.length > 0 && changesSettings(files, settings) ? [settingsWithTemplates] : [];
  const head = { ...reviewHead(workflow, repository, last.pullRequest), headSha: sha };
  const refused = [...mixed, ...unlisted];
  if (!settings || refused.length > 0 || touched.length === 0) {
    const proposed =
      refused.length > 0 ? undefined : await settingsOfGroup(workflow, repository, settings, members, sha);
    const told = [...(proposed?.mends ? [] : diagnostics), ...refused, ...(proposed?.diagnostics ?? [])];
    await conclude({
      ...head,
      stacks: [],
      diagnostics: told,
      ...(proposed ? { settings: proposed.shown } : {}),
    });
    return;
  }
  const touchers = new Map<StackId, readonly Member[]>(
    touched.map(({ stack }) => [stack, members.filter((m) => touches(m, settings, places, stack))]),
  );
  const { pullRequest } = last;
  const reading = { repository, commit: sha, pullRequest, settings, places };
  const sources = await readSources(workflow, reading, touched);
  const until = workflow.clock.now().getTime() + waitMs;
  for (let look = 1; ; look++) {
    const judges = await judgesOf(workflow, repository, settings, members, pathsOfTemplates(sources));
    const followers = followersAt(workflow, reading);
    const planned = await planTogether(workflow, sources, followers);
    const stacks = planned.map((p) => reviewed(p, touchers.get(p.source.stack) ?? members, judges));
    const open = stacks.filter((s) => s.plan && !s.deferred && !s.decision?.allowed);
    const runs = await Promise.all(open.map((s) => workflow.state.unfinishedRun(s.stack)));
    const mayChange = open.length > 0 && (look < looks || runs.some((run) => run !== undefined));
    if (!mayChange || workflow.clock.now().getTime() >= until) {
      const diagnostics = stacks.some(isOtherPlan) ? [otherPlan] : [];
      await conclude({ ...head, stacks, diagnostics });
      return;
    }
    await workflow.clock.sleep(pauseMs);
  }
}

/** Concludes the checks on a group's commit when it could not be planned at all. */
export async function reportGroupTrouble(
  workflow: PullRequestWorkflow,
  repository: Repository,
  sha: string,
  diagnostic: Diagnostic,
): Promise<void> {
  const repositoryUrl = `${workflow.githubUrl}/${repository.currentName}`;
  // Which pull requests are in it may be what could not be found out.
  const head = { repositoryUrl, pullRequest: 0, author: '', headSha: sha, merged: false };
  await repository.publishChecks(sha, renderChecks({ ...head, stacks: [], diagnostics: [diagnostic] }));
}

/** The pull requests that the commit merges; none where the queue does not show it. */
async function numbersOf(
  { clock }: PullRequestWorkflow,
  queue: QueueLists['queue'],
  sha: string,
): Promise<readonly number[]> {
  for (let look = 1; ; look++) {
    const numbers = membersOf(await queue(), sha);
    if (numbers.length > 0 || look === looks) return numbers;
    await clock.sleep(pauseMs);
  }
}

/**
 * What the commit changes of the rules, and no list of its pull requests names. Such a list is of the commits' sum; a
 * queue that rebases replays them one by one, so that of two that cancel out the second one alone may do something.
 */
async function unlistedRules(
  repository: Repository,
  { baseRef }: PullRequest,
  sha: string,
  listed: readonly string[],
): Promise<readonly Diagnostic[]> {
  const revisions = [`refs/heads/${baseRef}`, sha];
  const [before, after] = await Promise.all(revisions.map((at) => repository.readFiles(at, ruleFiles)));
  const unlisted = ruleFiles.filter((p) => before?.get(p) !== after?.get(p) && !listed.includes(p));
  return unlisted.map((file) => ({
    severity: 'error',
    code: 'settings-unlisted',
    summary: `The merge queue would change ${file}, which no pull request of it does by its own list of files`,
    remedy: 'Squash the commits of the pull request onto the newest commit of the base branch, and push.',
    where: { file, line: 1, column: 1 },
  }));
}

/** One pull request of the group. */
interface Member {
  readonly pullRequest: PullRequest;
  readonly files: readonly ChangedFile[];
}

/** What a pull request's people have said of it, and who they are. */
interface Judges {
  readonly record: PullRequestRecord | undefined;
  readonly electors: Electorate;
}

async function openMember(repository: Repository, number: number): Promise<Member> {
  const [pullRequest, files] = await Promise.all([
    repository.pullRequest(number),
    repository.changedFiles(number),
  ]);
  return { pullRequest, files };
}

/** What the group makes of the settings: approved in the pull request that changes them, or in the last that does. */
async function settingsOfGroup(
  workflow: PullRequestWorkflow,
  repository: Repository,
  settings: BaseSettings | undefined,
  members: readonly Member[],
  sha: string,
) {
  const files = members.flatMap((m) => m.files);
  const proposed = await explainSettings(workflow, repository, sha, files, settings);
  if (!proposed) return undefined;
  const { lines, change } = proposed;
  const changing = members.findLast((m) => changesSettings(m.files, settings));
  if (!change || !changing) return { ...proposed, shown: { lines } };
  const by = settings ?? withoutSettings;
  const judges = await judgesOf(workflow, repository, by, [changing], change.files);
  const { record, electors } = judges.get(changing)!;
  return { ...proposed, shown: reviewSettings(proposed, change, by, record?.statements ?? [], electors) };
}

function touches({ files }: Member, settings: Settings, places: Places, stack: StackId): boolean {
  return touchedStacks(settings, files, places).some((t) => t.stack === stack);
}

async function judgesOf(
  workflow: PullRequestWorkflow,
  repository: Repository,
  settings: BaseSettings,
  members: readonly Member[],
  owned: readonly string[],
): Promise<ReadonlyMap<Member, Judges>> {
  const all = members.map(async (member) => {
    const { pullRequest } = member;
    const record = await workflow.pullRequests.get(repository.fullName, pullRequest.number);
    const about = { paths: pathsOf(member.files), owned };
    const electors = await electorate(workflow, repository, pullRequest, settings, record, about);
    return [member, { record, electors }] as const;
  });
  return new Map(await Promise.all(all));
}

/** With the first decision that allows it, or the one of the pull request that the group adds. */
function reviewed(
  planned: StackPlan,
  touchers: readonly Member[],
  judges: ReadonlyMap<Member, Judges>,
): StackReview {
  const decisions = touchers.flatMap((member): Decision[] => {
    const { record, electors } = judges.get(member)!;
    const decision = decideStack(planned, record?.statements ?? [], electors);
    return decision ? [decision] : [];
  });
  const decision = decisions.find((d) => d.allowed) ?? decisions.at(-1);
  const shown = stackReview(planned, decision, judges.get(touchers.at(-1)!)?.record);
  return beforeMerge(shown, planned.source.environment);
}

/** Somebody has approved, and another plan than this one. */
function isOtherPlan({ decision }: StackReview): boolean {
  return decision?.allowed === false && decision.rejected.some((r) => r.kind === 'other-plan');
}

const otherPlan: Diagnostic = {
  severity: 'warning',
  code: 'queue-plan',
  summary: 'What the merge queue would merge is not what was approved',
  detail:
    'Another pull request of the queue changes the same stack, or something has changed since the approval.',
  remedy:
    'Once what is ahead of it is applied, look at the plan on the pull request, approve it and queue it again.',
};
