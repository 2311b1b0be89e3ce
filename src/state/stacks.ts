import type { Selectable } from 'kysely';
import type { Database } from '../db/database.ts';
import { type ColumnAccess, decrypted, encrypted, encryptedColumns } from '../db/encrypted-columns.ts';
import { jsonb } from '../db/json.ts';
import type { StackTable } from '../db/schema.ts';
import type { Plan } from '../plan/plan.ts';
import type { StackId } from '../stack/stack.ts';
import { fenced } from './fence.ts';
import { assertSecretFree } from './secret-free.ts';
import type { StackRecord, State } from './state.ts';

export function stackRecords(database: Database): Pick<State, 'stack' | 'stacks' | 'putStack' | 'exports'> {
  const { kysely, encryption } = database;
  const within = (transaction: ColumnAccess['kysely']) => ({ encryption, kysely: transaction });
  return {
    async stack(id) {
      const row = await kysely.selectFrom('stack').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toRecord(database, row);
    },
    async stacks() {
      const rows = await kysely.selectFrom('stack').selectAll().orderBy('id').execute();
      return Promise.all(rows.map((row) => toRecord(database, row)));
    },
    async putStack(record, lock) {
      assertSecretFree(record.outputs);
      if (lock) await fenced(database, lock, (transaction) => put(within(transaction), record));
      else await put(database, record);
    },
    async exports(account, region) {
      const rows = await kysely
        .selectFrom('stack')
        .select(['id', 'outputs'])
        .where('account', '=', account)
        .where('region', '=', region)
        .where('status', '!=', 'destroyed')
        .orderBy('id')
        .execute();
      const exported = new Map<string, string>();
      for (const row of rows) {
        for (const { exportName, value } of Object.values(await outputsOf(database, row))) {
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
  access: ColumnAccess,
  id: StackId,
  { environment, account, region, file }: Plan,
  startedAt: string,
): Promise<void> {
  const { kysely } = access;
  const row = await kysely
    .selectFrom('stack')
    .select(['file', 'former_files', 'status'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) {
    const target = { id, environment, account, region, file };
    await put(access, { ...target, status: 'applying', outputs: {}, updatedAt: startedAt });
  } else if (row.file !== file) {
    // What was made at another path and is gone leaves nothing behind there.
    const former = row.status === 'destroyed' ? [] : [...row.former_files, row.file];
    const kept = [...new Set(former.filter((path) => path !== file))];
    await kysely
      .updateTable('stack')
      .set({ file, former_files: jsonb<readonly string[]>(kept) })
      .where('id', '=', id)
      .execute();
  }
}

async function put(access: ColumnAccess, record: StackRecord): Promise<void> {
  const { id, outputs, imports = [], updatedAt, environment, account, region, file, status } = record;
  const row = {
    environment,
    account,
    region,
    file,
    status,
    outputs: await encrypted<'id', object>(access, encryptedColumns.stackOutputs, { id }, outputs),
    imports: jsonb(imports),
    updated_at: updatedAt,
  };
  await access.kysely
    .insertInto('stack')
    .values({ id, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute();
}

async function outputsOf(
  access: ColumnAccess,
  row: Pick<Selectable<StackTable>, 'id' | 'outputs'>,
): Promise<StackRecord['outputs']> {
  const outputs = await decrypted(access, encryptedColumns.stackOutputs, row, row.outputs);
  return outputs as StackRecord['outputs'];
}

async function toRecord(access: ColumnAccess, row: Selectable<StackTable>): Promise<StackRecord> {
  const { updated_at, status, outputs: _, imports, former_files, ...rest } = row;
  return {
    ...rest,
    status: status as StackRecord['status'],
    outputs: await outputsOf(access, row),
    ...(imports.length > 0 ? { imports } : {}),
    ...(former_files.length > 0 ? { formerFiles: former_files } : {}),
    updatedAt: updated_at.toISOString(),
  };
}
