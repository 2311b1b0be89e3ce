import { type Selectable, sql } from 'kysely';
import type { Clock } from '../base/clock.ts';
import { SlipwayError } from '../base/error.ts';
import type { Database } from '../db/database.ts';
import {
  type ColumnAccess,
  decrypted,
  encrypted,
  encryptedColumns,
  encryptedWithFacts,
} from '../db/encrypted-columns.ts';
import { jsonb } from '../db/json.ts';
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
        const access = { ...database, kysely: transaction };
        const { id } = run;
        const { runPlan, runVersion, runError } = encryptedColumns;
        const plan = await encryptedWithFacts(access, runPlan, { id }, run.plan);
        await transaction
          .insertInto('run')
          .values({
            id,
            stack: lock.stack,
            kind: run.kind,
            status: run.status,
            plan: plan.stored,
            facts: plan.facts,
            version: run.version ? await encrypted(access, runVersion, { id }, run.version) : null,
            cause: jsonb<object>(run.cause),
            started_at: run.startedAt,
            ended_at: run.endedAt ?? null,
            error: run.error === undefined ? null : await encrypted(access, runError, { id }, run.error),
          })
          .execute();
        await putPlace(access, lock.stack, run.plan, run.startedAt);
        await appendAudit(transaction, clock, `${run.id} begun`, begun(run, grounds));
      });
    },
    async endRun(id, status, error, lock, cancelledBy) {
      await fenced(database, lock, async (transaction) => {
        const access = { ...database, kysely: transaction };
        const said =
          error === undefined ? null : await encrypted(access, encryptedColumns.runError, { id }, error);
        await transaction
          .updateTable('run')
          .set({ status, error: said, ended_at: clock.now() })
          .where('id', '=', id)
          .where('stack', '=', lock.stack)
          .execute();
        const by = cancelledBy === undefined ? {} : { cancelledBy };
        const ended = { event: 'run-ended', run: id, stack: lock.stack, status, ...by } as const;
        await appendAudit(transaction, clock, `${id} ended`, ended);
      });
    },
    async run(id) {
      const row = await kysely.selectFrom('run').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toRecord(database, row);
    },
    async unfinishedRun(stack) {
      const row = await kysely
        .selectFrom('run')
        .selectAll()
        .where('stack', '=', stack)
        .where('status', '=', 'running')
        .executeTakeFirst();
      return row && toRecord(database, row);
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
      return Promise.all(rows.map((row) => toRecord(database, row)));
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
      return Promise.all(rows.map((row) => summaryOf(database, row)));
    },
    async history(stack) {
      // Counted where the plans are: a stack of a thousand resources has megabytes of them.
      const rows = await kysely
        .selectFrom('run')
        .select(['id', 'stack', 'kind', 'status', 'cause', 'started_at', 'ended_at', 'error'])
        .select((run) => [
          sql<string>`coalesce(facts, plan) ->> 'digest'`.as('digest'),
          run('version', 'is not', null).as('kept'),
          sql<Record<string, number>>`coalesce(facts -> 'counts', (
            select coalesce(json_object_agg(action, number), '{}')
            from (
              select change ->> 'action' as action, count(*)::integer as number
              from json_array_elements(plan -> 'changes') as change group by 1
            ) as counted
          ))`.as('counts'),
        ])
        .where('stack', '=', stack)
        .orderBy('started_at', 'desc')
        .orderBy('id', 'desc')
        .execute();
      return Promise.all(
        rows.map(async ({ digest, kept, counts, ...row }) => ({
          ...(await summaryOf(database, row)),
          digest,
          kept: Boolean(kept),
          counts: { ...countActions({ changes: [] }), ...counts },
        })),
      );
    },
  };
}

function begun({ id: run, kind, stack, plan, cause }: RunRecord, grounds: Grounds): AuditEvent {
  const { account, region, digest } = plan;
  return { event: 'run-begun', run, kind, stack, account, region, digest, cause, ...grounds };
}

async function toRecord(access: ColumnAccess, row: Selectable<RunTable>): Promise<RunRecord> {
  const { runPlan, runVersion } = encryptedColumns;
  const plan = await decrypted(access, runPlan, row, row.plan);
  const version = row.version && (await decrypted(access, runVersion, row, row.version));
  return {
    ...(await summaryOf(access, row)),
    plan: plan as Plan,
    ...(version === null ? {} : { version: version as StackVersion }),
  };
}

async function summaryOf(
  access: ColumnAccess,
  row: Omit<Selectable<RunTable>, 'plan' | 'version' | 'facts'>,
): Promise<Omit<RunRecord, 'plan' | 'version'>> {
  const error =
    row.error === null ? null : await decrypted(access, encryptedColumns.runError, row, row.error);
  return {
    id: row.id,
    stack: row.stack,
    kind: row.kind,
    status: row.status,
    cause: row.cause as RunRecord['cause'],
    startedAt: row.started_at.toISOString(),
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at.toISOString() }),
    ...(error === null ? {} : { error }),
  };
}
