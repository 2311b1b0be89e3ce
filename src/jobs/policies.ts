import { canonicalJson } from '../base/canonical-json.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Database } from '../db/database.ts';
import type { Policy } from '../policy/policy.ts';
import type { PolicySets } from '../state/policy-sets.ts';
import { checkPolicies, reportPolicyTrouble } from '../workflow/check-policies.ts';
import { lookAtPolicies } from '../workflow/look-at-policies.ts';
import type { PoliciesInForce } from '../workflow/policies-in-force.ts';
import type { PolicyRepository } from '../workflow/policy-files.ts';
import { isPinned, isSourceOf, type PolicySource, sourceName } from '../workflow/policy-source.ts';
import type { Repository } from '../workflow/repository.ts';
import {
  commitOptions,
  type JobPayloads,
  type PolicyJobs,
  type RepositoryPlace,
  sweepOptions,
} from './kinds.ts';
import type { Handlers, Queue } from './queue.ts';
import { untilAborted } from './until-aborted.ts';
import { untilTold } from './until-told.ts';

/** An organisation's policies, as this process has them and can look for them. */
export interface OrganisationPolicies {
  /** Those that come with Slipway, or that the operator has put in their place. */
  readonly own: readonly Policy[];
  readonly source: PolicySource;
  readonly sets: PolicySets;
  readonly inForce: PoliciesInForce;
}

export interface PolicyJobDependencies {
  /** Undefined where the configuration names none. */
  readonly policies: OrganisationPolicies | undefined;
  readonly database: Database;
  readonly queue: () => Queue<JobPayloads>;
  /** Where their repository is reached; undefined where it is not. */
  readonly find: (source: PolicySource) => Promise<RepositoryPlace | undefined>;
  readonly files: (place: RepositoryPlace) => Promise<PolicyRepository>;
  readonly open: (place: RepositoryPlace) => Promise<Repository>;
  readonly log: Pick<Log, 'info' | 'error'>;
}

/** What looks for changes of the policies, and what tests those of a commit. */
export function policyJobs(dependencies: PolicyJobDependencies): Handlers<PolicyJobs> {
  const { policies, files, open, queue } = dependencies;
  return {
    policies: {
      handle: () => look(dependencies),
      retries: 3,
      retryDelaySeconds: 5,
      leavesOff: true,
    },
    'check-policies': {
      async handle({ sha, ...place }) {
        if (!policies || !isSourceOf(policies.source, place)) return;
        await checkPolicies(policies.own, policies.source, await open(place), await files(place), sha);
      },
      retries: 4,
      retryDelaySeconds: 2,
      onExhausted: untilTold(queue, 'check-policies', async ({ sha, ...place }) =>
        reportPolicyTrouble(await open(place), sha),
      ),
    },
  };
}

/** How often it is tried to read the policies for the first time. */
const pauseMs = 5_000;

/**
 * Resolves once it is known what the policies are: good ones, or what is wrong with them. Before that nothing is judged.
 * Where GitHub does not answer, those that were read before are good enough.
 */
export async function untilPoliciesAreRead(
  dependencies: PolicyJobDependencies,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const { policies, log } = dependencies;
  if (!policies) return;
  for (;;) {
    try {
      await policies.inForce.refresh();
      // A call that GitHub does not answer is tried for a while, which nobody who stops Slipway waits for.
      await untilAborted(look(dependencies), signal);
      return;
    } catch (error) {
      signal.throwIfAborted();
      log.error({ err: error }, "the organisation's policies cannot be read");
      if (policies.inForce.standing() !== 'unread') return;
    }
    await clock.sleep(pauseMs, signal);
  }
}

/** Takes up what has changed: it is in force from then on, in every process, and what is open is planned again. */
async function look(dependencies: PolicyJobDependencies): Promise<void> {
  const { policies, database, queue, find, files, log } = dependencies;
  if (!policies) return;
  const { own, source, sets, inForce } = policies;
  const name = sourceName(source);
  const known = await sets.get(name);
  let place: RepositoryPlace | undefined;
  const found = await lookAtPolicies(
    own,
    source,
    async () => {
      place = await find(source);
      return place && files(place);
    },
    known,
  );
  if (found) {
    const { seen, commit, problems } = found.found;
    const isOther = found.files && canonicalJson(found.files) !== canonicalJson(await sets.files(name));
    await database.kysely.transaction().execute(async (transaction) => {
      if (!(await sets.put(transaction, name, known, found.found, found.files)))
        throw new Error('another process has looked at the policies meanwhile');
      if (isOther) {
        const again = { again: new Date().toISOString() };
        await queue().enqueueIn(transaction, 'sweep', again, sweepOptions(again));
      }
      if (place && seen !== '' && !isPinned(source)) {
        const at = { ...place, sha: seen };
        await queue().enqueueIn(transaction, 'check-policies', at, commitOptions('check-policies', at));
      }
    });
    queue().wake();
    if (problems.length === 0)
      log.info({ policies: name, commit }, "the organisation's policies are in force");
    else log.error({ policies: name, seen, commit, problems }, "the organisation's policies are broken");
  }
  await inForce.refresh();
}
