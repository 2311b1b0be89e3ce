import type { ChaosWorld } from './world.ts';

/** A job about a pull request or a repository that has not ended. */
interface OpenJob {
  readonly kind: string;
  /** `acme/shop#1`, where it is about a pull request. */
  readonly key: string;
  readonly state: string;
  readonly error: string | null;
}

/** What Slipway has still to do, but for what it does from time to time in any case. */
export function openJobs({ query }: Pick<ChaosWorld, 'query'>): Promise<readonly OpenJob[]> {
  return query<OpenJob>(`
    select data->>'kind' as kind, singleton_key as key, state::text, output->>'message' as error from pgboss.job
    where name = 'slipway' and state < 'completed' and (state <> 'created' or start_after <= now())
      and data->>'kind' not in ('sweep', 'catch-up', 'maintenance', 'compliance', 'policies')`);
}
