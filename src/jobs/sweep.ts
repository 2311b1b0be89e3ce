import type { Log } from '../base/log.ts';
import { within } from '../base/scope.ts';
import type { Database } from '../db/database.ts';
import type { Heard } from '../state/heard.ts';
import { kept } from '../state/prune.ts';
import type { Repositories } from '../state/repositories.ts';
import { settledElsewhere } from '../workflow/settled-elsewhere.ts';
import { findMissed, type ListedPullRequest, type Missed, type PullRequestLists } from '../workflow/sweep.ts';
import type { PullRequestWorkflow } from '../workflow/workflow.ts';
import { type DeliveryJob, storeDelivery } from './deliveries.ts';
import {
  commitOptions,
  type JobPayloads,
  type PullRequestPlace,
  pullRequestKey,
  type RepositoryPlace,
} from './kinds.ts';
import type { Handler, Queue } from './queue.ts';

export interface SweepDependencies {
  readonly database: Database;
  readonly queue: () => Queue<JobPayloads>;
  readonly heard: Heard;
  readonly repositories: Repositories;
  readonly workflow: Pick<PullRequestWorkflow, 'state' | 'pullRequests'>;
  /** Every repository of the installation, or of all. */
  readonly list: (installation?: number) => AsyncIterable<Required<RepositoryPlace>>;
  readonly open: (place: RepositoryPlace) => Promise<PullRequestLists>;
  /** How often it runs. */
  readonly seconds: number;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

/** Of so many pull requests it is remembered that nothing has changed. */
const mostRead = 50_000;

/** For so long at most something may still be on its way as a webhook. */
const mostGraceSeconds = 60;

const dayMs = 86_400_000;

/** The handler that finds what no webhook told of, for `queue.every('sweep', seconds, {})` and for every start. */
export function sweep(dependencies: SweepDependencies): Handler<JobPayloads['sweep']> {
  const { log, list, seconds } = dependencies;
  let last = Number.NEGATIVE_INFINITY;
  const read = new Map<string, string>();
  return {
    retries: 2,
    retryDelaySeconds: 10,
    leavesOff: true,
    async handle({ installation, repositories, again }, signal) {
      const isWhole = installation === undefined;
      // The one of the schedule and the one of the start, which may be the same.
      if (isWhole && again === undefined && performance.now() - last < seconds * 500) return;
      for await (const place of list(installation)) {
        if (signal.aborted) return;
        if (repositories && !repositories.includes(place.repositoryId)) continue;
        const where = `${place.owner}/${place.repo}`;
        try {
          const found = await sweepRepository(dependencies, place, read, again);
          if (found > 0) log.warn({ repository: where, found }, 'the sweep found what no webhook told of');
        } catch (error) {
          // Of one that cannot be read the others must not be left alone.
          log.warn({ err: error, repository: where }, 'a repository could not be swept');
        }
      }
      if (isWhole) last = performance.now();
      // What a repository no longer has stays in it otherwise; to read comments once more costs little.
      if (read.size > mostRead) read.clear();
    },
  };
}

async function sweepRepository(
  { database, queue, heard, repositories, workflow, open, seconds }: SweepDependencies,
  place: Required<RepositoryPlace>,
  read: Map<string, string>,
  again: string | undefined,
): Promise<number> {
  const lists = await open(place);
  const name = await repositories.keptName(place.repositoryId, `${place.owner}/${place.repo}`);
  if (again !== undefined) {
    for (const pull of await lists.open()) await planAgain(queue(), place, pull, again);
  }
  const settled = await settledElsewhere(workflow, { fullName: name });
  const missed = await findMissed(heard, name, lists, {
    knownSince: latest(await repositories.knownSince(name), new Date(Date.now() - kept.mergeDays * dayMs)),
    before: new Date(Date.now() - Math.min(seconds, mostGraceSeconds) * 1000),
    read,
  });
  let found = 0;
  for (const miss of [...missed, ...settled]) {
    const { mark: id, number } = miss;
    const delivery = { id: `sweep ${id}`, event: 'sweep', repository: name, payload: { number } };
    // As if a webhook had told: stored with its job, and only once.
    const outcome = await within({ origin: { delivery: delivery.id, event: 'sweep' } }, () =>
      storeDelivery(database, queue(), delivery, [jobOf(miss, { ...place, number })]),
    );
    if (outcome === 'stored') found++;
  }
  return found;
}

/** What is known of pull requests is not kept for ever: a merge of before must not be taken for one that was missed. */
function latest(known: Date | undefined, kept: Date): Date | undefined {
  return known && known < kept ? kept : known;
}

/** What has changed since is told by a webhook of its own. */
async function planAgain(
  queue: Queue<JobPayloads>,
  place: RepositoryPlace,
  { number, isDefaultBase, updatedAt }: ListedPullRequest,
  since: string,
): Promise<void> {
  const at = { ...place, number };
  if (isDefaultBase && Date.parse(updatedAt) <= Date.parse(since))
    await queue.enqueue('review', at, { key: pullRequestKey(at), coalesce: true });
}

function jobOf({ kind, id = 0, sha = '' }: Missed, place: PullRequestPlace): DeliveryJob<JobPayloads> {
  const key = pullRequestKey(place);
  switch (kind) {
    case 'comment':
    case 'retract':
      return { kind, payload: { ...place, comment: id }, key };
    case 'hear-review':
      return { kind, payload: { ...place, review: id }, key };
    case 'merge-group': {
      const { number: _, ...rest } = place;
      const payload = { ...rest, sha };
      return { kind, payload, ...commitOptions(kind, payload) };
    }
    default:
      return { kind, payload: place, key, coalesce: kind !== 'close' };
  }
}
