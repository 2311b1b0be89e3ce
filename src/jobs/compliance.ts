import type { Log } from '../base/log.ts';
import { repositoryOf } from '../stack/stack-id.ts';
import type { Repositories } from '../state/repositories.ts';
import { type ComplianceWorkflow, reportCompliance } from '../workflow/compliance.ts';
import type { Repository } from '../workflow/repository.ts';
import type { JobPayloads, RepositoryPlace } from './kinds.ts';
import type { Handlers, Queue } from './queue.ts';

export interface ComplianceDependencies {
  readonly workflow: ComplianceWorkflow;
  readonly queue: () => Queue<JobPayloads>;
  readonly repositories: Repositories;
  /** Every repository that the App covers. */
  readonly list: () => AsyncIterable<Required<RepositoryPlace>>;
  readonly open: (place: RepositoryPlace) => Promise<Repository>;
  /** How often it runs; undefined where it is switched off, and jobs that are left do nothing. */
  readonly seconds: number | undefined;
  readonly log: Pick<Log, 'error'>;
}

/**
 * The handlers of the scheduled scan, for `queue.every('compliance', seconds, {})`: one job finds the repositories, and
 * each has one of its own, so that one that fails is tried again alone. Nothing waits for them, and they write nothing
 * to the cloud. Where no stack lives GitHub is not asked at all.
 */
export function compliance(
  dependencies: ComplianceDependencies,
): Handlers<Pick<JobPayloads, 'compliance' | 'scan-running'>> {
  const { workflow, queue, repositories, list, open, seconds, log } = dependencies;
  return {
    compliance: {
      retries: 4,
      retryDelaySeconds: 10,
      leavesOff: true,
      async handle(_, signal) {
        if (seconds === undefined) return;
        const stacks = (await workflow.state.stacks()).filter(({ status }) => status !== 'destroyed');
        const concerned = new Set([
          ...stacks.map(({ id }) => repositoryOf(id)),
          ...(await workflow.compliance.openReports()),
        ]);
        if (concerned.size === 0) return;
        for await (const place of list()) {
          if (signal.aborted) return;
          const name = await repositories.keptName(place.repositoryId, `${place.owner}/${place.repo}`);
          if (!concerned.has(name)) continue;
          await queue().enqueue('scan-running', place, { key: `compliance ${name}`, coalesce: true });
        }
      },
    },
    'scan-running': {
      async handle(place, signal) {
        if (seconds === undefined) return;
        await reportCompliance(workflow, await open(place), { seconds, signal });
      },
      retries: 4,
      retryDelaySeconds: 30,
      leavesOff: true,
      async onExhausted({ owner, repo }, error) {
        log.error({ err: error, repository: `${owner}/${repo}` }, 'what runs could not be scanned');
      },
    },
  };
}
