import { sameValue } from '../base/canonical-json.ts';
import type { Properties } from '../base/value.ts';
import { holdsSecret } from '../plan/compare.ts';
import { isStateOnly } from '../plan/make-plan.ts';
import type { Change } from '../plan/plan.ts';
import type { ResourceRecord } from '../state/state.ts';
import { recordBefore, updatedTo } from './make.ts';
import type { LockedRun } from './perform.ts';
import { resolveLoosely } from './resolve.ts';
import { follow, intentOf, scopeOf } from './run.ts';

/**
 * What the state has to know before anything is tried. Policies: a run that fails must not cost what was to be
 * retained. What has vanished: its name may be given to another in this very run, and the record would then be of
 * that one.
 */
export async function settleFirst(run: LockedRun): Promise<void> {
  for (const change of run.options.plan.changes) {
    const record = recordBefore(run, change);
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
    if (change.action === 'replace') await rename(run, change);
  }
}

/**
 * What is renamed and replaced at once gets its new name first and in the state only: its old generation is to be
 * deposed and deleted under it. What stays gets it with the call that marks it in the cloud.
 */
async function rename(run: LockedRun, change: Change): Promise<void> {
  const { movedFrom, logicalId } = change;
  const old = movedFrom === undefined ? undefined : run.records.current.get(movedFrom);
  if (!old) return;
  const { state, clock, run: id } = run.options;
  const intent = intentOf(run, { id: `rename ${logicalId}` });
  const beganAt = clock.now().toISOString();
  await state.begin({ run: id, logicalId, operation: 'update', intent, beganAt }, run.lock);
  const outcome = updatedTo(run, change, { ...old, logicalId });
  await state.end({ run: id, intent, status: 'done', ...outcome }, run.lock);
  follow(run.records, outcome);
}

/** What else changes in the state only: dependencies, values that nobody had to bring about, things let go. */
export async function settleLast(run: LockedRun): Promise<void> {
  for (const change of run.options.plan.changes) {
    const record = run.records.current.get(change.logicalId);
    if (!record) continue;
    if (change.action === 'forget') {
      await forget(run, record);
    } else if (change.action !== 'delete' && change.action !== 'create' && change.action !== 'replace') {
      // Where nothing differed, what the template says of it is what it has: defaults that nobody set, too.
      const same =
        change.action === 'none' || (change.action === 'import' && change.differences.length === 0);
      const properties = same ? wanted(run, change) : record.properties;
      await put(run, record, { ...record, properties, dependsOn: change.dependsOn });
    }
  }
}

/** In the plan what is imported was hidden: by now it may be told, and the next plan compares with it. */
function wanted(run: LockedRun, change: Change): Properties {
  const { after = {} } = change;
  if (!holdsSecret(after)) return after;
  return resolveLoosely(change, scopeOf(run), run.options.typeOf(change.type).canonicalise);
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
