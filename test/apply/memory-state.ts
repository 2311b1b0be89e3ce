/** The state in memory, for thousands of runs a second. It keeps the contract that the one in the database keeps. */
import { canonicalJson } from '../../src/base/canonical-json.ts';
import { SlipwayError } from '../../src/base/error.ts';
import { countActions } from '../../src/plan/plan.ts';
import { fencedOff } from '../../src/state/fence.ts';
import { ownedByAnother } from '../../src/state/owned.ts';
import { assertSecretFree } from '../../src/state/secret-free.ts';
import type {
  JournalEntry,
  Lock,
  Outcome,
  RecordTarget,
  ResourceRecord,
  RunRecord,
  StackRecord,
  State,
} from '../../src/state/state.ts';

interface Held {
  holder: string | undefined;
  fence: number;
  ttlMs: number;
  expiresAt: number;
}

/** @param now what ends is dated with, and, unless `lockNow` is given, what locks expire by; both in milliseconds */
export function createMemoryState(now: () => number, lockNow = now): State {
  const stacks = new Map<string, StackRecord>();
  const locks = new Map<string, Held>();
  const runs = new Map<string, RunRecord>();
  let resources: readonly ResourceRecord[] = [];
  let journal: readonly JournalEntry[] = [];
  const dated = () => new Date(now()).toISOString();

  const held = (lock: Lock): Held => {
    const row = locks.get(lock.stack);
    if (row?.holder !== lock.holder || row.fence !== lock.fence) throw fencedOff(lock);
    return row;
  };
  const runningOf = (stack: string) =>
    [...runs.values()].find((r) => r.stack === stack && r.status === 'running');

  const recordsOf = (type: string, physicalId: string, { account, region }: RecordTarget) =>
    resources.filter((r) => {
      const owner = stacks.get(r.stack);
      const isThere = owner?.account === account && (region === undefined || owner.region === region);
      return isThere && r.type === type && r.physicalId === physicalId;
    });

  const write = (lock: Lock, { depose, remove, put }: Pick<Outcome, 'depose' | 'remove' | 'put'>) => {
    for (const part of [depose, remove, put])
      if (part && part.stack !== lock.stack) throw defect('another stack');
    if (put) {
      assertSecretFree(put.properties);
      assertSecretFree(put.attributes);
    }
    const isCurrent = (r: ResourceRecord, of: { stack: string; logicalId: string }) =>
      r.stack === of.stack && r.logicalId === of.logicalId && r.generation === 'current';
    if (depose) {
      resources = resources.map((r) => (isCurrent(r, depose) ? { ...r, generation: 'deposed' } : r));
    }
    if (remove) resources = resources.filter((r) => keyOf(r) !== keyOf(remove));
    if (put) {
      const stays = (r: ResourceRecord) =>
        put.generation === 'current' ? !isCurrent(r, put) : keyOf(r) !== keyOf(put);
      resources = [...resources.filter(stays), copy(put)];
    }
  };

  const place = (id: string, { plan, startedAt: updatedAt }: RunRecord) => {
    const { environment, account, region, file } = plan;
    const { formerFiles = [], ...before }: StackRecord = stacks.get(id) ?? {
      ...{ id, environment, account, region, file },
      ...{ status: 'applying', outputs: {}, updatedAt },
    };
    if (stacks.has(id) && before.file === file) return;
    const former = before.status === 'destroyed' ? [] : [...formerFiles, before.file];
    const kept = [...new Set(former)].filter((path) => path !== file);
    stacks.set(id, copy({ ...before, file, ...(kept.length > 0 ? { formerFiles: kept } : {}) }));
  };

  return {
    stack: async (id) => stacks.get(id),
    stacks: async () => [...stacks.values()].sort((a, b) => compare(a.id, b.id)),
    async putStack(record, lock) {
      assertSecretFree(record.outputs);
      if (lock) held(lock);
      const { formerFiles } = stacks.get(record.id) ?? {};
      stacks.set(record.id, copy({ ...record, ...(formerFiles ? { formerFiles } : {}) }));
    },
    async resources(stack) {
      return resources
        .filter((r) => r.stack === stack)
        .sort(
          (a, b) =>
            compare(a.logicalId, b.logicalId) ||
            compare(a.generation, b.generation) ||
            compare(a.physicalId, b.physicalId),
        );
    },
    recordsOf: async (...asked) => recordsOf(...asked),
    async putResource(record, lock) {
      held(lock);
      write(lock, { put: record });
    },
    async removeResource(record, lock) {
      held(lock);
      write(lock, { remove: record });
    },
    async exports(account, region) {
      const exported = new Map<string, string>();
      for (const stack of [...stacks.values()].sort((a, b) => compare(a.id, b.id))) {
        if (stack.account !== account || stack.region !== region || stack.status === 'destroyed') continue;
        for (const { exportName, value } of Object.values(stack.outputs)) {
          if (exportName !== undefined && typeof value !== 'object') exported.set(exportName, String(value));
        }
      }
      return exported;
    },
    async lock(stack, holder, ttlMs) {
      const row = locks.get(stack);
      if (row?.holder !== undefined && row.expiresAt > lockNow()) return undefined;
      const fence = (row?.fence ?? 0) + 1;
      locks.set(stack, { holder, fence, ttlMs, expiresAt: lockNow() + ttlMs });
      return { stack, holder, fence };
    },
    async renew(lock) {
      const row = held(lock);
      row.expiresAt = lockNow() + row.ttlMs;
    },
    async unlock(lock) {
      const row = locks.get(lock.stack);
      if (row?.holder === lock.holder && row.fence === lock.fence) row.holder = undefined;
    },
    async beginRun(run, lock) {
      assertSecretFree(run.plan);
      assertSecretFree(run.cause);
      held(lock);
      if (runningOf(lock.stack)) throw new SlipwayError('apply-locked', { summary: 'A run has not ended' });
      runs.set(run.id, copy(run));
      place(lock.stack, run);
    },
    async endRun(id, status, error, lock) {
      held(lock);
      const run = runs.get(id);
      if (run?.stack !== lock.stack) return;
      runs.set(id, { ...run, status, endedAt: dated(), ...(error === undefined ? {} : { error }) });
    },
    run: async (id) => runs.get(id),
    unfinishedRun: async (stack) => runningOf(stack),
    async latestRuns(stack, limit) {
      return (await this.runs(stack, limit)).map(({ plan: _, version: __, ...run }) => run);
    },
    async runs(stack, limit) {
      return [...runs.values()]
        .filter((r) => r.stack === stack)
        .sort((a, b) => compare(b.startedAt, a.startedAt) || compare(b.id, a.id))
        .slice(0, limit);
    },
    async history(stack) {
      return [...runs.values()]
        .filter((r) => r.stack === stack)
        .sort((a, b) => compare(b.startedAt, a.startedAt) || compare(b.id, a.id))
        .map(({ plan, version, ...run }) => ({
          ...run,
          digest: plan.digest,
          counts: countActions(plan),
          kept: version !== undefined,
        }));
    },
    async begin(entry, lock) {
      held(lock);
      const run = runs.get(entry.run);
      if (run?.stack !== lock.stack || run.status !== 'running') throw defect('the run is not running');
      const same = journal.find((e) => e.run === entry.run && e.intent === entry.intent);
      if (same && same.status !== 'begun') throw defect('it has ended');
      if (same) journal = journal.map((e) => (e === same ? { ...e, beganAt: entry.beganAt } : e));
      else journal = [...journal, { ...entry, status: 'begun' }];
    },
    async end(outcome, lock) {
      held(lock);
      const { run, intent, status, error } = outcome;
      const entry = journal.find((e) => e.run === run && e.intent === intent);
      if (entry?.status !== 'begun' || runs.get(run)?.stack !== lock.stack) throw defect('it is not begun');
      const { put, adoptedIn } = outcome;
      if (put && adoptedIn) {
        const owner = recordsOf(put.type, put.physicalId, adoptedIn).find((r) => r.stack !== put.stack);
        if (owner) throw ownedByAnother(owner.stack, put.physicalId, put.logicalId);
      }
      write(lock, outcome);
      const ended = { ...entry, status, endedAt: dated(), ...(error === undefined ? {} : { error }) };
      journal = journal.map((e) => (e === entry ? ended : e));
    },
    journal: async (run) => journal.filter((e) => e.run === run),
    async openEntries(stack) {
      const isOver = (run: RunRecord | undefined) => run?.stack === stack && run.status !== 'running';
      return journal.filter((e) => e.status === 'begun' && isOver(runs.get(e.run)));
    },
    ...withoutHandOvers,
  };
}

const handsNothingOver = async () => {
  throw defect('this state is for applying, which hands nothing over');
};

const withoutHandOvers = {
  handOvers: async () => [],
  beginHandOver: handsNothingOver,
  wrapHandOver: handsNothingOver,
  endHandOver: handsNothingOver,
  removeHandOver: handsNothingOver,
  noteOpened: handsNothingOver,
  noteVaultUses: async () => {},
  loseHandOver: handsNothingOver,
};

function keyOf({ stack, logicalId, generation, physicalId }: KeyFields): string {
  return canonicalJson([stack, logicalId, generation, physicalId]);
}

type KeyFields = Pick<ResourceRecord, 'stack' | 'logicalId' | 'generation' | 'physicalId'>;

/** As a database gives back: what was stored, and no plaintext that hangs on an object's identity. */
function copy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function defect(summary: string): SlipwayError {
  return new SlipwayError('internal', { summary });
}
