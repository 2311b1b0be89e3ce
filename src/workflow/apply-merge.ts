import { linkWork } from '../base/trace.ts';
import { overallState, type Review, type StackReview } from '../review/review.ts';
import type { Environment } from '../settings/settings.ts';
import type { StackId } from '../stack/stack.ts';
import type { PullRequestRecord } from '../state/pull-requests.ts';
import type { StackRecord } from '../state/state.ts';
import { isGoneBack, phaseOf } from './aftermath.ts';
import { applyMergedStack } from './apply-merged-stack.ts';
import { type Concerned, concernedBy, settingsConcern } from './concerned.ts';
import { touchedStacks } from './discover.ts';
import { digestOfSettings, settingsDigest } from './explain-settings.ts';
import { type Electorate, electorate, pathsOfTemplates } from './gate.ts';
import { groundsOf } from './grounds.ts';
import { withLeftBehind } from './left-behind.ts';
import { heldBack, withoutItsGiver } from './not-applied.ts';
import { noteSettings } from './note-settings.ts';
import { readPlaces } from './places.ts';
import type { StackSource } from './plan-stack.ts';
import { withBeside } from './plan-together.ts';
import { followersAt, readSources } from './plan-touched.ts';
import { publishReview } from './publish-review.ts';
import { changesSettings, pathsOf, readSettings, ruleFiles, settingsWithTemplates } from './read-settings.ts';
import { reportDeployment, type Telling } from './report-apply.ts';
import type { ChangedFile, PullRequest, Repository } from './repository.ts';
import { reviewHead } from './review-pull-request.ts';
import { orderStacks } from './stack-order.ts';
import { uploadMerged } from './upload-findings.ts';
import { watchCancel } from './watch-cancel.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/**
 * Applies a merged pull request: plans the merged commit again and applies, stack by stack in the order of the
 * environments, what has been approved; anything else is shown and waits. May run any number of times: what was
 * applied is not applied again. Returns the numbers of the other pull requests that it concerns.
 */
export async function applyMerge(
  workflow: PullRequestWorkflow,
  repository: Repository,
  number: number,
  signal?: AbortSignal,
): Promise<Concerned> {
  const pullRequest = await repository.pullRequest(number);
  if (!pullRequest.merged || !pullRequest.mergeCommit || !pullRequest.isDefaultBase) return nobody;
  const record = await workflow.pullRequests.get(repository.fullName, number);
  linkWork(record?.trace);
  // Again, because whoever settled it may have died before the others were told.
  if (record?.phase === 'settled')
    return record.review.settings
      ? settingsConcern(workflow, repository, number)
      : concernedBy(workflow, repository, number, record.review.stacks);
  const [files, { settings, diagnostics }] = await Promise.all([
    repository.changedFiles(number),
    readSettings(repository, pullRequest),
  ]);
  const places = await readPlaces(workflow, repository.fullName);
  const touched = settings ? touchedStacks(settings, files, places) : [];
  const mixed = touched.length > 0 && changesSettings(files, settings);
  if (!settings || mixed) {
    const told = mixed ? [...diagnostics, settingsWithTemplates] : diagnostics;
    const review: Review = {
      ...reviewHead(workflow, repository, pullRequest),
      diagnostics: told,
      stacks: [],
    };
    await publishReview(workflow, repository, pullRequest, review, record, { phase: 'failed' });
    return nobody;
  }
  const commit = pullRequest.mergeCommit;
  const reading = { repository, commit, pullRequest, settings, places };
  const own = await readSources(workflow, reading, touched);
  if (own.length === 0) {
    if (record?.review.settings) return mergedSettings(workflow, repository, pullRequest, record);
    // What others make of the settings stands on these files, though nothing had to be approved here.
    const isBelow = pathsOf(files).some((path) => ruleFiles.includes(path));
    return isBelow ? settingsConcern(workflow, repository, number) : nobody;
  }
  const followers = await followersAt(workflow, reading)(await shownBeside(workflow, record, own));
  const sources = [...own, ...followers];

  await noteSettings(workflow, repository, digestOfSettings(settings));
  const about = { paths: pathsOf(files), owned: pathsOfTemplates(sources) };
  const electors = await electorate(workflow, repository, pullRequest, settings, record, about);
  const stacks = new Map<string, StackReview>();
  const { cancel, stop } = await watchCancel(workflow, repository, number);
  try {
    const begun = cancel.aborted ? record : await begunAgain(workflow, record);
    const merge: Merge = {
      workflow,
      repository,
      pullRequest,
      commit,
      files,
      operators: settings.operators,
      electors,
      stacks,
      record: begun,
      signal,
      cancel,
    };
    for (const environment of settings.environments) {
      const own = sources.filter((s) => s.environment.name === environment.name);
      if (own.length > 0) await applyEnvironment(merge, environment, own);
    }
    await uploadMerged(workflow, repository, pullRequest, { settings, commit, stacks: [...stacks.values()] });
    return await finish(merge);
  } finally {
    stop();
  }
}

/** Other settings hold since the merge: it is said, and whoever is judged by them is judged again. */
async function mergedSettings(
  workflow: PullRequestWorkflow,
  repository: Repository,
  pullRequest: PullRequest,
  record: PullRequestRecord,
): Promise<Concerned> {
  // They hold, and can be read by now.
  const diagnostics = record.review.diagnostics.filter(({ severity }) => severity !== 'error');
  const head = reviewHead(workflow, repository, pullRequest);
  const review: Review = {
    ...(await asMerged(repository, pullRequest, record.review)),
    ...head,
    diagnostics,
  };
  const gate = review.settings?.gate;
  if (gate)
    await workflow.audit.add(`settings ${repository.fullName}#${pullRequest.number}`, {
      event: 'settings-merged',
      repository: repository.fullName,
      pullRequest: pullRequest.number,
      by: pullRequest.author,
      digest: gate.change.digest,
      approved: gate.decision.allowed,
      ...(pullRequest.mergedBy === undefined ? {} : { mergedBy: pullRequest.mergedBy }),
      ...groundsOf(gate.decision, record.statements),
    });
  await publishReview(workflow, repository, pullRequest, review, record, { phase: 'settled' });
  return settingsConcern(workflow, repository, pullRequest.number);
}

/** Whoever may merge past the checks may merge something else than what was approved. */
async function asMerged(
  repository: Repository,
  { mergeCommit }: PullRequest,
  review: Review,
): Promise<Review> {
  const { gate, lines } = review.settings ?? {};
  if (!gate || !lines || !mergeCommit) return review;
  if ((await settingsDigest(repository, mergeCommit)) === gate.change.after) return review;
  const summary = 'What was merged is not what was shown here last';
  const decision = { ...gate.decision, allowed: false, summary, rules: [] };
  return { ...review, settings: { lines, gate: { ...gate, decision } } };
}

const nobody: Concerned = { changed: [], settled: [] };

/** What failed before is not over any more: a cancel is heard from here on. */
async function begunAgain(
  { pullRequests }: Pick<PullRequestWorkflow, 'pullRequests'>,
  record: PullRequestRecord | undefined,
): Promise<PullRequestRecord | undefined> {
  if (record?.phase !== 'failed') return record;
  const begun: PullRequestRecord = { ...record, phase: 'applying' };
  await pullRequests.put(begun);
  return begun;
}

/** One merge while it is being applied. */
export interface Merge {
  readonly workflow: PullRequestWorkflow;
  readonly repository: Repository;
  readonly pullRequest: PullRequest;
  readonly commit: string;
  readonly files: readonly ChangedFile[];
  readonly operators: readonly string[];
  readonly electors: Electorate;
  /** What became of each stack so far. */
  readonly stacks: Map<string, StackReview>;
  record: PullRequestRecord | undefined;
  /** When the comment last said that something is being applied; milliseconds. */
  toldAt?: number;
  readonly signal: AbortSignal | undefined;
  /** Aborted when an operator has said to stop; who, is its reason. */
  readonly cancel: AbortSignal;
}

/** All stacks of one environment, unless one that must come before it has not succeeded. */
async function applyEnvironment(
  merge: Merge,
  environment: Environment,
  sources: readonly StackSource[],
): Promise<void> {
  const earlier = [...merge.stacks.values()].filter((s) => environment.after.includes(s.environment));
  const held = merge.cancel.aborted ? undefined : earlier.find((s) => s.phase !== 'applied');
  const telling: Telling = {
    ...merge,
    earlierDeployment: merge.record?.deployments?.[environment.name],
    remember: (deployment) => rememberDeployment(merge, environment, deployment),
  };
  const deployment = reportDeployment(telling, environment.name);
  const order = orderStacks(merge.workflow, sources, await merge.workflow.state.stacks());
  const ended = new Map<StackId, StackReview>();
  for (const source of order.sources) {
    const shown = merge.record?.review.stacks.find((s) => s.stack === source.stack);
    const giver = order.before.get(source.stack)?.find((id) => ended.get(id)?.phase !== 'applied');
    // To go back, nothing has to come first; and what has been applied stays that, whatever comes before it.
    const goes = isGoneBack(merge.record, source) || merge.cancel.aborted || (!held && giver === undefined);
    const review = goes
      ? await applyMergedStack(merge, withBeside(source, order), telling, deployment)
      : shown && (shown.phase === 'applied' || shown.aftermath)
        ? shown
        : held
          ? heldBack(source, held)
          : withoutItsGiver(source, ended.get(giver!)!, shown);
    ended.set(source.stack, review);
  }
  for (const stack of ended.values()) merge.stacks.set(stack.stack, stack);
  await deployment.end([...ended.values()]);
}

/** Stacks that nobody touched, and that were shown because they take what a touched one changes. */
async function shownBeside(
  { state }: PullRequestWorkflow,
  record: PullRequestRecord | undefined,
  own: readonly StackSource[],
): Promise<readonly StackRecord[]> {
  const ids = new Set(own.map(({ stack }) => stack));
  const beside = (record?.review.stacks ?? []).map((s) => s.stack).filter((id) => !ids.has(id));
  return beside.length === 0 ? [] : (await state.stacks()).filter(({ id }) => beside.includes(id));
}

/** Puts into the record what a crash must not lose. */
async function rememberDeployment(merge: Merge, { name }: Environment, deployment: number): Promise<void> {
  if (!merge.record) return;
  const deployments = { ...merge.record.deployments, [name]: deployment };
  merge.record = { ...merge.record, phase: 'applying', deployments };
  await merge.workflow.pullRequests.put(merge.record);
}

async function finish(merge: Merge): Promise<Concerned> {
  const { workflow, repository, pullRequest } = merge;
  const stacks = withLeftBehind([...merge.stacks.values()]);
  const review: Review = { ...reviewHead(workflow, repository, pullRequest), diagnostics: [], stacks };
  const phase = phaseOf(stacks);
  if (phase === 'settled') await workflow.pullRequests.uncancel(repository.fullName, pullRequest.number);
  await publishReview(workflow, repository, pullRequest, review, merge.record, { phase });
  workflow.log.info(
    { repository: repository.fullName, pullRequest: pullRequest.number, state: overallState(review) },
    'merge handled',
  );
  return concernedBy(workflow, repository, pullRequest.number, stacks);
}
