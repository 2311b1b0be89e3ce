import { sameValue } from '../base/canonical-json.ts';
import { isStateOnly } from '../plan/make-plan.ts';
import type { Change } from '../plan/plan.ts';
import type { ResourceRecord } from '../state/state.ts';
import type { LockedRun } from './perform.ts';
import { follow, intentOf } from './run.ts';

/**
 * What the state has to know before anything is tried. Policies: a run that fails must not cost what was to be
 * retained. What has vanished: its name may be given to another in this very run, and the record would then be of
 * that one.
 */
export async function settleFirst(run: LockedRun): Promise<void> {
  for (const change of run.options.plan.changes) {
    const record = run.records.current.get(change.logicalId);
    if (!record || change.action === 'delete') continue;
    if (change.vanished) {
      if (isOfVanished(run, change)) await forget(run, record);
      continue;
    }
    if (change.action === 'forget') continue;
    const { deletionPolicy, updateReplacePolicy, attributes } = change;
    // What is called for has newer ones after its call, perhaps of an earlier life of this run.
    const refreshed = attributes && (change.action === 'none' || isStateOnly(change)) ? { attributes } : {};
    await put(run, record, { ...record, deletionPolicy, updateReplacePolicy, ...refreshed });
  }
}

/** What else changes in the state only: dependencies, values that nobody had to bring about, things let go. */
export async function settleLast(run: LockedRun): Promise<void> {
  for (const change of run.options.plan.changes) {
    const record = run.records.current.get(change.logicalId);
    if (!record) continue;
    if (change.action === 'forget') {
      await forget(run, record);
    } else if (change.action === 'none' || change.action === 'update') {
      const properties = change.action === 'none' ? (change.after ?? record.properties) : record.properties;
      await put(run, record, { ...record, properties, dependsOn: change.dependsOn });
    }
  }
}

/** Whether the record is still that of what vanished, and not of what an earlier life of this run made instead. */
function isOfVanished(run: LockedRun, { logicalId }: Change): boolean {
  return !run.journal.has(intentOf(run, { id: `create ${logicalId}` }));
}

async function forget(run: LockedRun, record: ResourceRecord): Promise<void> {
  await run.options.state.removeResource(record, run.lock);
  follow(run.records, { remove: record });
}

async function put(run: LockedRun, before: ResourceRecord, after: ResourceRecord): Promise<void> {
  if (sameValue(before, after)) return;
  await run.options.state.putResource(after, run.lock);
  follow(run.records, { put: after });
}
