import { type ApplyResult, applyPlan, type ProgressEvent } from '../apply/apply-plan.ts';
import { SlipwayError } from '../base/error.ts';
import type { Plan } from '../plan/plan.ts';
import { resourceType } from '../provider/registry.ts';
import type { StackId } from '../stack/stack.ts';
import type { Grounds } from '../state/audit.ts';
import type { Lock, RunRecord, StackRecord } from '../state/state.ts';
import { inTurn } from './account-turns.ts';
import { decideAtApply } from './decide-at-apply.ts';
import { claimExports, withoutVainClaims } from './exports.ts';
import { checkHandOvers, type HandingOver, withHandOvers } from './hand-over.ts';
import { openUnfinished } from './open-unfinished.ts';
import { planStack, type StackPlan, type StackSource } from './plan-stack.ts';
import { applying, inRun } from './stack-scope.ts';
import { providerContext } from './target.ts';
import { vaultUsesBelongTo, withVaultEvidence } from './vault-evidence.ts';
import { withRights } from './with-rights.ts';
import type { Workflow } from './workflow.ts';

/** How long a holder may be silent before its lock counts as abandoned; it renews three times as often. */
const lockTtlMs = 15_000;

export interface ApplyRequest {
  readonly source: StackSource;
  /** Pull request, commit, login: kept with the run, for the history. */
  readonly cause: RunRecord['cause'];
  /** Asked with the plan made under the lock, which is the one that is applied. False: nothing is done. */
  readonly permit: (planned: StackPlan) => boolean | Promise<boolean>;
  /** On whose word the plan was permitted: kept with the run, for a successor and for the audit record. */
  readonly grounds?: () => Pick<Grounds, 'approvals' | 'overrides' | 'mergedBy'>;
  /** Told of the run that is about to be applied, or resumed; or that was applied before, unsaid. */
  readonly onRun?: (run: RunRecord) => void | Promise<void>;
  readonly onProgress?: (event: ProgressEvent) => void;
  /** Stops at once; the run stays open and is resumed by the next one. */
  readonly signal?: AbortSignal;
  /**
   * Stops between resources: what is in hand is finished, and the run ends there. What is left is in the next plan.
   * Its reason, a text, is kept with the run.
   */
  readonly cancel?: AbortSignal;
  /** How long to wait for another run of this stack, in milliseconds. */
  readonly waitMs?: number;
  /** Where outputs are handed over to GitHub; absent at the command line. */
  readonly repository?: HandingOver['repository'];
}

export interface ApplyOutcome {
  readonly status: 'succeeded' | 'failed' | 'cancelled' | 'interrupted' | 'refused' | 'unplannable';
  readonly planned: StackPlan;
  /** There when something was applied. */
  readonly result?: ApplyResult;
  readonly run?: string;
}

/**
 * Takes the stack's lock, finishes what a dead run left, plans again and, if permitted, applies that very plan.
 * Throws `apply-locked` when the lock is not to be had in time and `apply-fenced` when it was lost on the way.
 */
export function applyStack(workflow: Workflow, request: ApplyRequest): Promise<ApplyOutcome> {
  const { source } = request;
  const apply = () => applyUnderLock(workflow, request);
  return applying(source, () => withVaultEvidence(workflow.state, source.stack, apply));
}

async function applyUnderLock(workflow: Workflow, request: ApplyRequest): Promise<ApplyOutcome> {
  const { stack } = request.source;
  return withLock(workflow, stack, request.waitMs ?? 0, request.signal, async (lock, signal) => {
    const resumed = await resume(workflow, request, lock, signal);
    if (resumed && (resumed.status === 'interrupted' || resumed.status === 'unplannable')) return resumed;
    const { commit } = request.cause;
    if (resumed && isSameRequest(resumed.cause, request.cause)) {
      // What was resumed is this very request, interrupted: it is done now.
      if (resumed.status !== 'succeeded' || commit !== undefined) return resumed;
    }
    // How another's run ended is for those to be told who asked for it: this one has a plan of its own.
    const already = await appliedBefore(workflow, request);
    if (already) return already;

    await vaultUsesBelongTo(undefined);
    const planned = await planStack(workflow, request.source, lock);
    if (!planned.plan) return { status: 'unplannable', planned };
    if (!(await request.permit(planned))) return { status: 'refused', planned };
    if (request.cancel?.aborted) return { status: 'cancelled', planned };
    const barred = await checkHandOvers(handingOver(workflow, request, planned, planned.plan));
    if (barred.length > 0) return { status: 'unplannable', planned: { ...planned, diagnostics: barred } };
    return withRights(workflow, planned, async (planned) => {
      const unclaimed = await claimExports(
        workflow.state,
        planned.plan!,
        lock,
        workflow.clock.now().toISOString(),
        request.source.beside,
      );
      if (unclaimed.length > 0) {
        return {
          status: 'unplannable',
          planned: { source: request.source, findings: [], diagnostics: unclaimed },
        };
      }
      const version = planned.apply?.version();
      const grounds = { ...request.grounds?.(), ...groundsOf(planned) };
      const run: RunRecord = {
        id: workflow.newId('run'),
        stack,
        kind: request.source.text === undefined ? 'destroy' : 'apply',
        status: 'running',
        plan: planned.plan!,
        ...(version ? { version } : {}),
        cause: {
          ...request.cause,
          ...overriddenCause(grounds),
          ...allowedCause(grounds),
        },
        startedAt: workflow.clock.now().toISOString(),
      };
      await workflow.state.beginRun(run, lock, grounds);
      return inRun(run, () => execute(workflow, request, planned, run, lock, signal));
    });
  });
}

/** What `resume` finished, with the cause it was begun for. */
type Resumed = ApplyOutcome & { readonly cause: RunRecord['cause'] };

async function resume(
  workflow: Workflow,
  request: ApplyRequest,
  lock: Lock,
  signal: AbortSignal,
): Promise<Resumed | undefined> {
  const unfinished = await workflow.state.unfinishedRun(request.source.stack);
  if (!unfinished) return undefined;
  workflow.log.info(
    { run: unfinished.id, stack: unfinished.stack },
    'resuming a run that a dead process left',
  );
  // Planned for its findings, target and secrets only: what is applied is the plan that the run was begun with.
  const again = await planStack(workflow, request.source);
  const planned = again.apply ? again : await openUnfinished(workflow, request.source, unfinished);
  if (!planned.apply) return { status: 'unplannable', planned: again, cause: unfinished.cause };
  // A run of somebody else's is finished without a word to those who wait for this one, nor is it theirs to cancel.
  const { onRun, onProgress, cancel, ...silent } = request;
  const told = isSameRequest(unfinished.cause, request.cause) ? request : silent;
  const outcome = await withRights(workflow, { ...planned, plan: unfinished.plan }, (planned) =>
    inRun(unfinished, () => execute(workflow, told, planned, unfinished, lock, signal)),
  );
  return { ...outcome, cause: unfinished.cause };
}

/** A run for the same commit that succeeded, when the process died after it and before saying so. */
async function appliedBefore(workflow: Workflow, request: ApplyRequest): Promise<ApplyOutcome | undefined> {
  const [last] = await workflow.state.runs(request.source.stack, 1);
  const { commit } = request.cause;
  if (commit === undefined || last?.status !== 'succeeded' || !isSameRequest(last.cause, request.cause))
    return undefined;
  const planned: StackPlan = { source: request.source, plan: last.plan, findings: [], diagnostics: [] };
  await request.onRun?.(last);
  const outputs = (await workflow.state.stack(request.source.stack))?.outputs ?? {};
  const result: ApplyResult = { status: 'succeeded', done: [], failed: [], notStarted: [], outputs };
  return { status: 'succeeded', planned, result, run: last.id };
}

/** Whether both are to apply one commit, or to go back from it to one run. */
export function isSameRequest(one: RunRecord['cause'], other: RunRecord['cause']): boolean {
  if (one.commit !== other.commit) return false;
  return one.commit === undefined || one.rollbackTo === other.rollbackTo;
}

async function execute(
  workflow: Workflow,
  request: ApplyRequest,
  planned: StackPlan,
  run: RunRecord,
  lock: Lock,
  signal: AbortSignal,
): Promise<ApplyOutcome> {
  const { state, clock, log } = workflow;
  const { mask } = workflow.masker;
  const began = clock.now().getTime();
  const { plan } = run;
  const { target, secrets } = planned.apply!;
  // What waits for AWS to want another call is not sent any more by a run that is stopped, or has lost its lock.
  signal.addEventListener('abort', () => target.aws.stopWaiting(signal.reason), { once: true });
  await vaultUsesBelongTo(run.id);
  await request.onRun?.(run);
  const before = await state.stack(plan.stack);
  const permit = decideAtApply({ workflow, judged: planned.source, plan, overridden: overriddenIn(run) });
  await putStack(workflow, plan, 'applying', before ?? { outputs: {} }, lock);
  const applied = await inTurn(workflow, 'apply', target.account, () =>
    applyPlan({
      plan,
      run: run.id,
      lock,
      state,
      typeOf: (type) => resourceType(type, workflow.types),
      context: { ...providerContext(workflow, target, plan.stack), signal },
      secrets,
      clock,
      ...(permit ? { permit } : {}),
      signal: AbortSignal.any([signal, request.cancel, target.lost].filter((s) => s !== undefined)),
      onProgress: ({ error, ...event }) => {
        const isPassing = event.status === 'waiting' || event.status === 'working';
        log[isPassing ? 'debug' : 'info'](
          { run: run.id, stack: plan.stack, ...event, error },
          `${event.operation} ${event.logicalId} ${event.status}`,
        );
        if (event.code !== undefined) workflow.onFailed?.(event.code);
        request.onProgress?.({ ...event, ...(error === undefined ? {} : { error: mask(error) }) });
      },
    }),
  );
  const handing = handingOver(workflow, request, planned, plan);
  const failures = applied.failed.map(({ operation, error }) => ({ operation, error: mask(error) }));
  const result = await withHandOvers(handing, { ...applied, failed: failures }, { run: run.id, lock });
  const cancelled = result.status === 'interrupted' && !signal.aborted;
  const outputs =
    cancelled || result.status === 'failed'
      ? await withoutVainClaims(state, plan.stack, result.outputs)
      : result.outputs;
  if (cancelled) {
    await putStack(workflow, plan, 'failed', { ...before, outputs }, lock);
    const by = String(request.cancel?.reason);
    await state.endRun(run.id, 'cancelled', `Cancelled: ${by}`, lock, by);
  } else if (result.status !== 'interrupted') {
    const emptied = plan.changes.every((c) => c.action === 'delete' || c.action === 'forget');
    const status = result.status === 'failed' ? 'failed' : emptied ? 'destroyed' : 'applied';
    const failed = result.status === 'failed';
    // What failed may still hold what an import gave.
    const imports = failed ? (before?.imports ?? []) : Object.keys(plan.imports ?? {});
    await putStack(workflow, plan, status, { outputs, imports }, lock);
    const error = result.failed.map((f) => `${f.operation.logicalId}: ${f.error}`).join('\n') || undefined;
    await state.endRun(run.id, result.status, error, lock);
  }
  const status = cancelled ? 'cancelled' : result.status;
  workflow.onTimed?.('apply', status, (clock.now().getTime() - began) / 1000);
  return { status, planned: { ...planned, plan }, result, run: run.id };
}

function handingOver(
  workflow: Workflow,
  { repository }: ApplyRequest,
  { source: { environment } }: StackPlan,
  plan: Plan,
): HandingOver {
  return { workflow, plan, environment, repository };
}

/** What the settings let through, and with which credentials it is applied. */
function groundsOf({ findings, source }: StackPlan): Pick<Grounds, 'exceptions' | 'session'> {
  const exceptions = findings.flatMap(({ policy, logicalId: resource, allowed }) =>
    allowed ? [{ policy, resource, ...allowed }] : [],
  );
  const { session, environment } = source;
  const { role, credentials } = environment;
  return {
    ...(exceptions.length > 0 ? { exceptions } : {}),
    session: {
      ...(role === undefined ? {} : { role }),
      ...(credentials === undefined ? {} : { lease: credentials.apply }),
      ...(session === undefined ? {} : { name: session }),
    },
  };
}

// The cause holds texts; ids of policies have no spaces.
function overriddenCause({ overrides = [] }: Grounds): RunRecord['cause'] {
  return overrides.length > 0 ? { overridden: overrides.map(({ policy }) => policy).join(' ') } : {};
}

/** What exceptions of the settings let through, for the history. */
function allowedCause({ exceptions = [] }: Grounds): RunRecord['cause'] {
  const allowed = exceptions.map(({ policy, resource }) => `${policy}:${resource}`);
  return allowed.length > 0 ? { allowed: [...new Set(allowed)].join(' ') } : {};
}

function overriddenIn({ cause }: RunRecord): readonly string[] {
  return typeof cause.overridden === 'string' ? cause.overridden.split(' ') : [];
}

async function putStack(
  workflow: Workflow,
  plan: Plan,
  status: 'applying' | 'applied' | 'failed' | 'destroyed',
  { outputs, imports = [] }: Pick<StackRecord, 'outputs' | 'imports'>,
  lock: Lock,
): Promise<void> {
  const { stack: id, environment, account, region, file } = plan;
  const updatedAt = workflow.clock.now().toISOString();
  const target = { id, environment, account, region, file };
  await workflow.state.putStack({ ...target, status, outputs, imports, updatedAt }, lock);
}

/** Runs `work` while holding and renewing the lock. The signal given to it aborts when the lock is lost, too. */
async function withLock<T>(
  workflow: Workflow,
  stack: StackId,
  waitMs: number,
  outer: AbortSignal | undefined,
  work: (lock: Lock, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { state } = workflow;
  const lock = await takeLock(workflow, stack, waitMs, outer);
  const lost = new AbortController();
  const renewal = setInterval(() => {
    state.renew(lock).catch((error: unknown) => {
      workflow.log.warn({ err: error, stack }, 'lost the lock');
      lost.abort(error);
    });
  }, lockTtlMs / 3);
  try {
    return await work(lock, outer ? AbortSignal.any([outer, lost.signal]) : lost.signal);
  } finally {
    clearInterval(renewal);
    await giveBack(workflow, lock);
  }
}

/** A connection that broke in the last call of a run is no reason for the next one to wait until the lock runs out. */
const tries = 3;

/** A lock that was lost meanwhile is somebody else's now: nothing to give back. */
async function giveBack({ state, clock, log }: Workflow, lock: Lock): Promise<void> {
  for (let left = tries - 1; ; left--) {
    try {
      return await state.unlock(lock);
    } catch (error) {
      if (left === 0) return log.warn({ err: error, stack: lock.stack }, 'could not give the lock back');
      await clock.sleep(500);
    }
  }
}

async function takeLock(
  workflow: Workflow,
  stack: StackId,
  waitMs: number,
  signal: AbortSignal | undefined,
): Promise<Lock> {
  const { state, clock, holder } = workflow;
  const until = clock.now().getTime() + waitMs;
  for (;;) {
    const lock = await state.lock(stack, holder, lockTtlMs);
    if (lock) return lock;
    if (clock.now().getTime() >= until) {
      throw new SlipwayError('apply-locked', {
        summary: `Another run holds the stack ${stack}`,
        remedy: 'Wait for it to end, then try again.',
      });
    }
    await clock.sleep(500, signal);
  }
}
