/**
 * state/ remembers what Slipway made. In: records from apply/, one resource at a time. Out: the same, to plan/.
 * It holds no secret: properties and outputs carry fingerprints. Every write of a run carries its fencing number.
 */
import type { Properties, Value } from '../base/value.ts';
import type { Counts, Plan } from '../plan/plan.ts';
import type { VaultUse } from '../secret/vault/evidence.ts';
import type { ParameterValues, StackId } from '../stack/stack.ts';
import type { DeletionPolicy } from '../template/template.ts';
import type { Grounds } from './audit.ts';
import type { HandOverRecord, WrappedToken } from './hand-overs.ts';

export interface StackRecord {
  readonly id: StackId;
  readonly environment: string;
  readonly account: string;
  readonly region: string;
  /** Where the template is: as the latest run found it. */
  readonly file: string;
  /** Where it was before, the latest last; nowhere else where absent. */
  readonly formerFiles?: readonly string[];
  readonly status: 'new' | 'applying' | 'applied' | 'failed' | 'destroyed';
  readonly outputs: Readonly<
    Record<string, { readonly value: Value; readonly exportName?: string; readonly description?: string }>
  >;
  /** Names of the exports of other stacks that it is made with; none where absent. */
  readonly imports?: readonly string[];
  /** ISO 8601 */
  readonly updatedAt: string;
}

export interface ResourceRecord {
  readonly stack: StackId;
  readonly logicalId: string;
  /** `deposed`: replaced by a newer generation and not yet deleted. */
  readonly generation: 'current' | 'deposed';
  readonly type: string;
  readonly physicalId: string;
  /** Canonical, as applied; secrets as fingerprints. */
  readonly properties: Properties;
  readonly attributes: Readonly<Record<string, Value>>;
  readonly dependsOn: readonly string[];
  readonly deletionPolicy: DeletionPolicy;
  readonly updateReplacePolicy: DeletionPolicy;
}

/** What a run made the stack from, without its secrets: enough to plan the same again. */
export interface StackVersion {
  /** The template's path in the repository. */
  readonly file: string;
  /** The template, with the defaults of NoEcho parameters taken out. */
  readonly text: string;
  /** As the environment's parameter file had them, without those of NoEcho parameters. */
  readonly parameters: ParameterValues;
  /** NoEcho parameters: their values were not kept and are asked for again. */
  readonly secretParameters: readonly string[];
  /** What SSM parameters held then, by the name they were asked for: an image may have another id by now. */
  readonly ssmParameters: Readonly<Record<string, string>>;
}

/** One execution. The plan is kept with it, so that another process can finish what a dead one began. */
export interface RunRecord {
  readonly id: string;
  readonly stack: StackId;
  readonly kind: 'apply' | 'destroy';
  readonly status: 'running' | 'succeeded' | 'failed' | 'cancelled';
  readonly plan: Plan;
  /** None for a destroy or an import, and for what was applied before versions were kept. */
  readonly version?: StackVersion;
  /** Who and what for: pull request, commit, when that was merged, login; `rollbackTo`, the run that it goes back to; `import`, what it took over. */
  readonly cause: Readonly<Record<string, string | number>>;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly error?: string;
}

/** A run as a line of the stack's history. */
export interface RunSummary extends Omit<RunRecord, 'plan' | 'version'> {
  readonly digest: string;
  readonly counts: Counts;
  /** Whether the version was kept, so that `slipway rollback` can go back to it. */
  readonly kept: boolean;
}

/** What a run does to one resource: `begun` is committed before the call, `ended` right after it. */
export interface JournalEntry {
  readonly run: string;
  readonly logicalId: string;
  readonly operation: 'create' | 'update' | 'import' | 'delete';
  /** Unique to this call; the ownership tag and the client token of a create. */
  readonly intent: string;
  readonly status: 'begun' | 'done' | 'failed';
  readonly error?: string;
  readonly beganAt: string;
  readonly endedAt?: string;
}

/** A held lock. `fence` grows with every holder: a write with an older one is refused. */
export interface Lock {
  readonly stack: StackId;
  readonly holder: string;
  readonly fence: number;
}

/** An account, or one region of it. */
export interface RecordTarget {
  readonly account: string;
  readonly region?: string;
}

/** The journalled result of one call, and what it does to the state, in one transaction. */
export interface Outcome {
  readonly run: string;
  readonly intent: string;
  readonly status: 'done' | 'failed';
  readonly error?: string;
  /** The resource is now this. */
  readonly put?: ResourceRecord;
  /** The resource is gone. */
  readonly remove?: Pick<ResourceRecord, 'stack' | 'logicalId' | 'generation' | 'physicalId'>;
  /** The current generation becomes deposed before `put` is written (create-before-delete). */
  readonly depose?: Pick<ResourceRecord, 'stack' | 'logicalId'>;
  /** `put` takes over what was there before: only while no other stack in this target has a record of it. */
  readonly adoptedIn?: RecordTarget;
}

export interface State {
  stack(id: StackId): Promise<StackRecord | undefined>;
  stacks(): Promise<readonly StackRecord[]>;
  /** Where the template was before is not written: that is for `beginRun`. */
  putStack(record: StackRecord, lock?: Lock): Promise<void>;
  resources(stack: StackId): Promise<readonly ResourceRecord[]>;
  /** Who has this in an account, and a region where one is named: records of all stacks. */
  recordsOf(type: string, physicalId: string, target: RecordTarget): Promise<readonly ResourceRecord[]>;
  /** For what changes in state only (a DeletionPolicy, a forget). */
  putResource(record: ResourceRecord, lock: Lock): Promise<void>;
  removeResource(
    record: Pick<ResourceRecord, 'stack' | 'logicalId' | 'generation' | 'physicalId'>,
    lock: Lock,
  ): Promise<void>;

  /** Values of all exports of an account and region, by export name. */
  exports(account: string, region: string): Promise<ReadonlyMap<string, string>>;

  /**
   * Takes the stack's lock, or undefined when a live holder has it, also one of the same name. A holder is dead
   * when it did not renew for `ttlMs`, by the database's clock; one that was not replaced yet can still renew. In
   * an embedded database all holders of an earlier process are dead.
   */
  lock(stack: StackId, holder: string, ttlMs: number): Promise<Lock | undefined>;
  /** Throws `apply-fenced` when another holder has it by now. */
  renew(lock: Lock): Promise<void>;
  /** Does nothing when another holder has it by now. */
  unlock(lock: Lock): Promise<void>;

  /**
   * Throws `apply-locked` while an earlier run of the stack has not ended: finish that one first. Where the plan moves
   * the template, the stack's record says so from here on: a run that fails has moved it, too. The audit record gets
   * both its beginning, with `grounds`, and its end.
   */
  beginRun(run: RunRecord, lock: Lock, grounds?: Grounds): Promise<void>;
  endRun(
    id: string,
    status: Exclude<RunRecord['status'], 'running'>,
    error: string | undefined,
    lock: Lock,
    cancelledBy?: string,
  ): Promise<void>;
  run(id: string): Promise<RunRecord | undefined>;
  /** The run of this stack that never ended, if any. */
  unfinishedRun(stack: StackId): Promise<RunRecord | undefined>;
  runs(stack: StackId, limit: number): Promise<readonly RunRecord[]>;
  /** The newest ones, newest first, without what makes them large. */
  latestRuns(stack: StackId, limit: number): Promise<readonly Omit<RunRecord, 'plan' | 'version'>[]>;
  /** Every run of the stack, newest first, without what makes a run large. */
  history(stack: StackId): Promise<readonly RunSummary[]>;

  /**
   * Durable before it returns: only then may the call be made. The run must be going on. An entry that is begun
   * already is dated anew: the call is made once more.
   */
  begin(entry: Omit<JournalEntry, 'status' | 'endedAt' | 'error'>, lock: Lock): Promise<void>;
  /**
   * All of the outcome or nothing. Throws `internal` when the intent is not begun, or ended already, and
   * `plan-import` when it adopts what another stack has: of two that do so at once, one gets it.
   */
  end(outcome: Outcome, lock: Lock): Promise<void>;
  journal(run: string): Promise<readonly JournalEntry[]>;
  /** Entries of this stack that are still `begun` although their run has ended: nobody knows what became of them. */
  openEntries(stack: StackId): Promise<readonly JournalEntry[]>;

  /** What was handed over of this stack's outputs, and what was begun to be. */
  handOvers(stack: StackId): Promise<readonly HandOverRecord[]>;
  /** Durable before it is handed over. Throws `hand-over-refused` where another stack has the place. */
  beginHandOver(
    record: Pick<HandOverRecord, 'output' | 'place' | 'fingerprint' | 'run'>,
    lock: Lock,
  ): Promise<void>;
  /** Which token it is wrapped in: durable before that is handed over. */
  wrapHandOver(record: { readonly place: string; readonly wrapped: WrappedToken }, lock: Lock): Promise<void>;
  /** It arrived, which the audit record gets, too. */
  endHandOver(
    record: Pick<HandOverRecord, 'output' | 'place' | 'run' | 'wrapped'>,
    lock: Lock,
  ): Promise<void>;
  /** It is not there any more. */
  removeHandOver(record: Pick<HandOverRecord, 'output' | 'place' | 'run'>, lock: Lock): Promise<void>;
  /** Its token opens nothing any more, so that the next plan hands it over again; does nothing if it has a newer one. */
  loseHandOver(record: Pick<HandOverRecord, 'stack' | 'place' | 'wrapped'>): Promise<void>;
  /** Raises the alarm in the audit record, once for each token. */
  noteOpened(
    record: Pick<HandOverRecord, 'stack' | 'output' | 'place'> & { readonly wrapped: WrappedToken },
    found: 'before its run had ended' | 'by its consumer',
  ): Promise<void>;

  /** Puts into the audit record what a run has asked Vault. */
  noteVaultUses(run: string, stack: StackId, uses: readonly VaultUse[]): Promise<void>;
}
