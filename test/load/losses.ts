import type { Sent } from './send-webhooks.ts';
import type { LoadWorld } from './world.ts';

/** What was taken and cannot be found any more; empty lists are what everybody wants. */
export interface Losses {
  /** Taken, and not stored. */
  readonly deliveries: readonly string[];
  /** Stored, and neither done nor waiting. */
  readonly jobs: readonly string[];
}

interface JobRow {
  readonly asks: string;
  /** The latest moment at which one of them began; null while one has not. */
  readonly began: Date | null;
  readonly waiting: boolean;
}

/**
 * Compares what was sent and acknowledged with what the database has. A job that several webhooks asked for together
 * is done for all that came before it began.
 */
export async function findLosses(
  { query }: Pick<LoadWorld, 'query'>,
  sent: readonly Sent[],
  asks: (index: number) => string,
): Promise<Losses> {
  const taken = sent.filter(({ status }) => status >= 200 && status < 300);
  const stored = await query<{ id: string; received_at: Date }>(
    'select id, received_at from delivery where id = any($1)',
    [taken.map(({ id }) => id)],
  );
  const receivedAt = new Map(stored.map(({ id, received_at }) => [id, received_at]));
  const rows = await query<JobRow>(`
    select asks, max(started_on) as began, bool_or(state in ('created', 'retry')) as waiting from (
      select state, started_on, data->>'kind' || ' ' || coalesce(data->'payload'->>'comment', singleton_key) as asks
      from pgboss.job where name = 'slipway'
    ) as job group by asks`);
  const jobs = new Map(rows.map((row) => [row.asks, row]));
  const isLost = ({ id, index }: Sent) => {
    const job = jobs.get(asks(index));
    const received = receivedAt.get(id);
    if (!received) return false;
    return !job || !(job.waiting || (job.began !== null && job.began >= received));
  };
  return {
    deliveries: taken.filter(({ id }) => !receivedAt.has(id)).map(({ id }) => id),
    jobs: taken.filter(isLost).map(({ index }) => asks(index)),
  };
}
