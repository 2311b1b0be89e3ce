/** The answers to what is commanded on a merged pull request: on with it, back, or out of the others' way. */
import type { StackReview } from '../review/review.ts';
import type { PullRequestRecord } from '../state/pull-requests.ts';
import { phaseOf } from './aftermath.ts';
import { type Answer, type Hearing, refused, refuseStranger } from './hearing.ts';
import { withLeftBehind } from './left-behind.ts';
import { unsettledMerge } from './unsettled.ts';

/** Goes on with what failed, was cancelled, or was being gone back on: in one environment, or in all. */
export async function retry(hearing: Hearing): Promise<Answer> {
  const stranger = await refuseStranger(hearing);
  if (stranger) return stranger;
  const { record, environment } = hearing;
  const settled = refuseSettled(record);
  if (settled) return settled;
  const stacks = (record?.review.stacks ?? []).filter((s) => s.aftermath?.settledBy === undefined);
  const stopped = stacks.filter((s) => s.phase === 'failed' || s.phase === 'cancelled');
  if (environment !== undefined && !stopped.some((s) => s.environment === environment))
    return refused(`nothing in ${environment} has failed or was cancelled.`);
  const isBack = (s: StackReview) => s.phase === 'rolled-back' || s.phase === 'applied';
  if (stacks.some((s) => s.phase === 'rolled-back') && stacks.every((s) => isBack(s) || s.phase === 'held')) {
    return refused(
      'this was rolled back, so there is nothing to go on with. Comment /slipway apply to apply it after all, or Revert it to take its template back.',
    );
  }
  return goOn(hearing, environment === undefined ? {} : { retrying: environment });
}

/** Goes on with what the merge says, also where an operator had asked to go back from it. */
export async function apply(hearing: Hearing): Promise<Answer> {
  const stranger = await refuseStranger(hearing);
  return stranger ?? refuseSettled(hearing.record) ?? goOn(hearing, { rollbacks: {} });
}

/** What somebody is told who wants a merge to go on that others have settled; undefined where it can. */
export function refuseSettled(record: PullRequestRecord | undefined): Answer | undefined {
  const stacks = withLeftBehind(record?.review.stacks ?? []);
  const by = stacks.find((s) => s.aftermath?.settledBy !== undefined)?.aftermath?.settledBy;
  if (by === undefined || phaseOf(stacks) !== 'settled') return undefined;
  const answer = refused(
    `this is settled: ${typeof by === 'number' ? `#${by}` : `somebody at ${by}`} has applied something else since, and to apply this now would undo that. What is left of it takes a new pull request.`,
  );
  return record?.phase === 'settled' ? answer : { ...answer, followUp: 'settle' };
}

async function goOn(
  { workflow, repository, pullRequest, record }: Hearing,
  change: Pick<PullRequestRecord, 'retrying' | 'rollbacks'>,
): Promise<Answer> {
  if (!pullRequest.merged)
    return refused('this pull request is not merged. What is approved is applied by the merge.');
  await workflow.pullRequests.uncancel(repository.fullName, pullRequest.number);
  // Before its job begins, for a cancel that comes in between.
  if (record) {
    const phase = record.phase === 'failed' ? 'applying' : record.phase;
    await workflow.pullRequests.put({ ...record, phase, ...change });
  }
  return { reaction: 'eyes', followUp: 'merge' };
}

/**
 * Plans to go back to what was there before the merge: in the stacks where it failed, and where it failed in none, in
 * all that it changed.
 */
export async function rollback(hearing: Hearing): Promise<Answer> {
  const stranger = await refuseStranger(hearing);
  if (stranger) return stranger;
  const { workflow, repository, pullRequest, record, comment } = hearing;
  if (!pullRequest.merged || !record)
    return refused('this pull request is not merged, so there is nothing to go back from.');
  const asked = stacksAskedFor(hearing);
  const runs = await Promise.all(
    asked.map(async ({ stack }) => ({ stack, last: (await workflow.state.latestRuns(stack, 1))[0] })),
  );
  const own = runs.filter(({ last }) => last?.cause.pullRequest === pullRequest.number);
  if (own.some(({ last }) => last?.status === 'running'))
    return refused('it is being applied. Comment /slipway cancel first.');
  const stopped = own.filter(({ last }) => last?.status !== 'succeeded');
  const applied = own.filter(
    ({ last }) => last?.status === 'succeeded' && last.cause.rollbackTo === undefined,
  );
  const chosen = stopped.length > 0 ? stopped : applied;
  if (chosen.length === 0) {
    if (own.length > 0) return refused('it was rolled back already.');
    const since = runs.find(({ last }) => last?.cause.pullRequest !== undefined)?.last?.cause.pullRequest;
    if (since === undefined)
      return refused('nothing of it has been applied, so there is nothing to go back from.');
    return refused(
      `#${since} was applied since. Going back from this would undo that, too: roll back #${since} first.`,
    );
  }
  await workflow.pullRequests.uncancel(repository.fullName, pullRequest.number);
  const asking = Object.fromEntries(chosen.map(({ stack }) => [stack, comment.login]));
  await workflow.pullRequests.put({
    ...record,
    phase: 'applying',
    rollbacks: { ...record.rollbacks, ...asking },
  });
  return { reaction: 'eyes', followUp: 'merge' };
}

/** Lets others change the stacks that this merge left unsettled, as they are now. */
export async function unlock(hearing: Hearing): Promise<Answer> {
  const stranger = await refuseStranger(hearing);
  if (stranger) return stranger;
  const { workflow, repository, pullRequest, record, comment } = hearing;
  const found = await Promise.all(
    stacksAskedFor(hearing).map(async (s) => ({
      ...s,
      unsettled: await unsettledMerge(workflow, repository, s.stack),
    })),
  );
  const own = found.filter(({ unsettled }) => unsettled?.pullRequest === pullRequest.number);
  if (!record || own.length === 0) {
    const other = found.find(({ unsettled }) => unsettled && unsettled.unlockedBy === undefined);
    return refused(
      other
        ? `${other.file} in ${other.environment} is held by #${other.unsettled?.pullRequest}. Comment /slipway unlock there.`
        : 'nothing of this pull request is held.',
    );
  }
  // Said again, also by a process that takes this over from one that died, it tells those who wait again.
  const locked = own.filter(({ unsettled }) => unsettled?.unlockedBy === undefined);
  const words = locked.map(({ stack, unsettled }) => [stack, { by: comment.login, run: unsettled!.run }]);
  await workflow.pullRequests.put({
    ...record,
    unlocked: { ...record.unlocked, ...Object.fromEntries(words) },
  });
  return { reaction: '+1', followUp: 'settle' };
}

function stacksAskedFor({ record, environment }: Hearing): readonly StackReview[] {
  const stacks = record?.review.stacks ?? [];
  return environment === undefined ? stacks : stacks.filter((s) => s.environment === environment);
}
