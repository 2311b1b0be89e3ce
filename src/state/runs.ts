import { type Selectable, sql } from 'kysely';
import type { Clock } from '../base/clock.ts';
import { SlipwayError } from '../base/error.ts';
import type { Database } from '../db/database.ts';
import { jsonb, orderedJson } from '../db/json.ts';
import type { RunTable } from '../db/schema.ts';
import { countActions, type Plan } from '../plan/plan.ts';
import { type AuditEvent, appendAudit, type Grounds } from './audit.ts';
import { fenced } from './fence.ts';
import { assertSecretFree } from './secret-free.ts';
import { putPlace } from './stacks.ts';
import type { RunRecord, StackVersion, State } from './state.ts';

export function runRecords(
  database: Database,
  clock: Clock,
): Pick<State, 'beginRun' | 'endRun' | 'run' | 'unfinishedRun' | 'runs' | 'latestRuns' | 'history'> {
  const { kysely } = database;
  return {
    async beginRun(run, lock, grounds = {}) {
      assertSecretFree(run.plan);
      assertSecretFree(run.cause);
      await fenced(database, lock, async (transaction) => {
        const left = await transaction
          .selectFrom('run')
          .select('id')
          .where('stack', '=', lock.stack)
          .where('status', '=', 'running')
          .executeTakeFirst();
        if (left) {
          throw new SlipwayError('apply-locked', {
            summary: `Run ${left.id} of ${lock.stack} has not ended`,
            detail: 'Its process is gone; the changes that it had begun may have been made or not.',
            remedy: 'Apply again, which finishes that run first',
          });
        }
        await transaction
          .insertInto('run')
          .values({
            id: run.id,
            stack: lock.stack,
            kind: run.kind,
            status: run.status,
            plan: orderedJson<object>(run.plan),
            version: run.version ? orderedJson<object>(run.version) : null,
            cause: jsonb<object>(run.cause),
            started_at: run.startedAt,
            ended_at: run.endedAt ?? null,
            error: run.error ?? null,
          })
          .execute();
        await putPlace(transaction, lock.stack, run.plan, run.startedAt);
        await appendAudit(transaction, clock, `${run.id} begun`, begun(run, grounds));
      });
    },
    async endRun(id, status, error, lock) {
      await fenced(database, lock, async (transaction) => {
        await transaction
          .updateTable('run')
          .set({ status, error: error ?? null, ended_at: clock.now() })
          .where('id', '=', id)
          .where('stack', '=', lock.stack)
          .execute();
        const ended = { event: 'run-ended', run: id, stack: lock.stack, status } as const;
        await appendAudit(transaction, clock, `${id} ended`, ended);
      });
    },
    async run(id) {
      const row = await kysely.selectFrom('run').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toRecord(row);
    },
    async unfinishedRun(stack) {
      const row = await kysely
        .selectFrom('run')
        .selectAll()
        .where('stack', '=', stack)
        .where('status', '=', 'running')
        .executeTakeFirst();
      return row && toRecord(row);
    },
    async runs(stack, limit) {
      const rows = await kysely
        .selectFrom('run')
        .selectAll()
        .where('stack', '=', stack)
        .orderBy('started_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.map(toRecord);
    },
    async latestRuns(stack, limit) {
      const rows = await kysely
        .selectFrom('run')
        .select(['id', 'stack', 'kind', 'status', 'cause', 'started_at', 'ended_at', 'error'])
        .where('stack', '=', stack)
        .orderBy('started_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.map(summaryOf);
    },
    async history(stack) {
      // Counted where the plans are: a stack of a thousand resources has megabytes of them.
      const rows = await kysely
        .selectFrom('run')
        .select(['id', 'stack', 'kind', 'status', 'cause', 'started_at', 'ended_at', 'error'])
        .select((run) => [
          sql<string>`plan ->> 'digest'`.as('digest'),
          run('version', 'is not', null).as('kept'),
          sql<Record<string, number>>`(
            select coalesce(json_object_agg(action, number), '{}')
            from (
              select change ->> 'action' as action, count(*)::integer as number
              from json_array_elements(plan -> 'changes') as change group by 1
            ) as counted
          )`.as('counts'),
        ])
        .where('stack', '=', stack)
        .orderBy('started_at', 'desc')
        .orderBy('id', 'desc')
        .execute();
      return rows.map(({ digest, kept, counts, ...row }) => ({
        ...summaryOf(row),
        digest,
        kept: Boolean(kept),
        counts: { ...countActions({ changes: [] }), ...counts },
      }));
    },
  };
}

function begun({ id: run, kind, stack, plan, cause }: RunRecord, grounds: Grounds): AuditEvent {
  const { account, region, digest } = plan;
  return { event: 'run-begun', run, kind, stack, account, region, digest, cause, ...grounds };
}

function toRecord(row: Selectable<RunTable>): RunRecord {
  return {
    ...summaryOf(row),
    plan: row.plan as Plan,
    ...(row.version === null ? {} : { version: row.version as StackVersion }),
  };
}

function summaryOf(row: Omit<Selectable<RunTable>, 'plan' | 'version'>): Omit<RunRecord, 'plan' | 'version'> {
  return {
    id: row.id,
    stack: row.stack,
    kind: row.kind,
    status: row.status,
    cause: row.cause as RunRecord['cause'],
    startedAt: row.started_at.toISOString(),
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at.toISOString() }),
    ...(row.error === null ? {} : { error: row.error }),
  };
}
