import type { Kysely, Selectable } from 'kysely';
import type { Database } from '../db/database.ts';
import { jsonb } from '../db/json.ts';
import type { Schema, StackTable } from '../db/schema.ts';
import type { Plan } from '../plan/plan.ts';
import type { StackId } from '../stack/stack.ts';
import { fenced } from './fence.ts';
import { assertSecretFree } from './secret-free.ts';
import type { StackRecord, State } from './state.ts';

export function stackRecords(database: Database): Pick<State, 'stack' | 'stacks' | 'putStack' | 'exports'> {
  const { kysely } = database;
  return {
    async stack(id) {
      const row = await kysely.selectFrom('stack').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toRecord(row);
    },
    async stacks() {
      return (await kysely.selectFrom('stack').selectAll().orderBy('id').execute()).map(toRecord);
    },
    async putStack(record, lock) {
      assertSecretFree(record.outputs);
      if (lock) await fenced(database, lock, (transaction) => put(transaction, record));
      else await put(kysely, record);
    },
    async exports(account, region) {
      const rows = await kysely
        .selectFrom('stack')
        .select('outputs')
        .where('account', '=', account)
        .where('region', '=', region)
        .where('status', '!=', 'destroyed')
        .orderBy('id')
        .execute();
      const exported = new Map<string, string>();
      for (const { outputs } of rows) {
        for (const { exportName, value } of Object.values(outputs as StackRecord['outputs'])) {
          // CloudFormation's exports are text; a secret or a value that is not known yet is not exported.
          const isText = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
          if (exportName !== undefined && isText) exported.set(exportName, String(value));
        }
      }
      return exported;
    },
  };
}

/** Writes down that a run begins: there is a record of the stack from here on, with where its template is now. */
export async function putPlace(
  transaction: Kysely<Schema>,
  id: StackId,
  { environment, account, region, file }: Plan,
  startedAt: string,
): Promise<void> {
  const row = await transaction
    .selectFrom('stack')
    .select(['file', 'former_files', 'status'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) {
    const target = { id, environment, account, region, file };
    await put(transaction, { ...target, status: 'applying', outputs: {}, updatedAt: startedAt });
  } else if (row.file !== file) {
    // What was made at another path and is gone leaves nothing behind there.
    const former = row.status === 'destroyed' ? [] : [...row.former_files, row.file];
    const kept = [...new Set(former.filter((path) => path !== file))];
    await transaction
      .updateTable('stack')
      .set({ file, former_files: jsonb<readonly string[]>(kept) })
      .where('id', '=', id)
      .execute();
  }
}

async function put(kysely: Kysely<Schema>, record: StackRecord): Promise<void> {
  const { id, outputs, imports = [], updatedAt, environment, account, region, file, status } = record;
  const row = {
    environment,
    account,
    region,
    file,
    status,
    outputs: jsonb<object>(outputs),
    imports: jsonb(imports),
    updated_at: updatedAt,
  };
  await kysely
    .insertInto('stack')
    .values({ id, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute();
}

function toRecord(row: Selectable<StackTable>): StackRecord {
  const { updated_at, status, outputs, imports, former_files, ...rest } = row;
  return {
    ...rest,
    status: status as StackRecord['status'],
    outputs: outputs as StackRecord['outputs'],
    ...(imports.length > 0 ? { imports } : {}),
    ...(former_files.length > 0 ? { formerFiles: former_files } : {}),
    updatedAt: updated_at.toISOString(),
  };
}
