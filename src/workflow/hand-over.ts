/**
 * Hands outputs over once they are applied. Their texts are in memory only, in the process that applies: what was not
 * handed over is not kept anywhere to be handed over later, but is in the next plan, and that resolves it anew.
 */

import type { ApplyResult } from '../apply/apply-plan.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import { diagnosticsOf, formatError, SlipwayError } from '../base/error.ts';
import { isSecret, reveal, type Value } from '../base/value.ts';
import { destinationText, type HandOverChange, handOverFingerprint, placeOf } from '../plan/hand-overs.ts';
import type { Plan } from '../plan/plan.ts';
import type { Environment } from '../settings/settings.ts';
import { repositoryOf } from '../stack/stack-id.ts';
import type { HandOverRecord, WrappedToken } from '../state/hand-overs.ts';
import type { Lock, StackRecord } from '../state/state.ts';
import { handedPath } from './hand-over-vault.ts';
import type { EnvironmentValues, Repository } from './repository.ts';
import type { Workflow } from './workflow.ts';
import { isOpened, revokeWrapped, wrapped } from './wrapped-token.ts';

/** One run's outputs, and where they go. */
export interface HandingOver {
  readonly workflow: Pick<Workflow, 'state' | 'vaults' | 'masker' | 'clock' | 'log'>;
  readonly plan: Pick<Plan, 'stack' | 'handOvers'>;
  readonly environment: Environment;
  /** Absent where there is no GitHub: at the command line. */
  readonly repository: Pick<Repository, 'environmentValues'> | undefined;
}

/** Why an output was not handed over, or not taken back. */
interface FailedHandOver {
  readonly change: HandOverChange;
  readonly error: string;
}

/**
 * What stands against the plan's hand-overs, found before anything is changed: no way to Vault or to GitHub. Nothing is
 * written.
 */
export async function checkHandOvers(asked: HandingOver): Promise<readonly Diagnostic[]> {
  const given = (asked.plan.handOvers ?? []).filter(({ action }) => action === 'give');
  const checks = new Map<string, () => Promise<void>>();
  for (const { output, to, wrapSeconds } of given) {
    if (to.kind === 'vault') checks.set(`vault ${to.path}`, () => handedPath(asked, to).check());
    else checks.set(to.environment, async () => githubOf(asked, to.environment, output).check());
    if (wrapSeconds !== undefined) checks.set('wrapping', async () => void vaultServer(asked));
  }
  const found = await Promise.all([...checks.values()].map((check) => check().then(() => [], diagnosticsOf)));
  return found.flat();
}

/**
 * Gives and takes back what the plan says. What was given already, by a process that is gone by now, is not given again
 * unless nobody knows whether it arrived. One that fails does not keep the others.
 *
 * @throws SlipwayError `apply-fenced`, and what the state throws when it cannot be written
 */
async function handOver(
  asked: HandingOver,
  {
    run,
    lock,
    outputs,
  }: { readonly run: string; readonly lock: Lock; readonly outputs: StackRecord['outputs'] },
): Promise<readonly FailedHandOver[]> {
  const { workflow, plan } = asked;
  const { handOvers = [] } = plan;
  if (handOvers.length === 0) return [];
  const recorded = new Map((await workflow.state.handOvers(plan.stack)).map((r) => [r.place, r]));
  const failed: FailedHandOver[] = [];
  for (const change of handOvers) {
    const place = placeOf(change.to, repositoryOf(plan.stack));
    const task = { ...asked, run, lock, change, place, record: recorded.get(place) };
    try {
      if (change.action === 'give') await give(task, outputs[change.output]?.value);
      else await takeBack(task);
    } catch (error) {
      if (error instanceof SlipwayError && error.code === 'apply-fenced') throw error;
      workflow.log.warn({ err: error, run, place }, `could not hand over ${change.output}`);
      failed.push({ change, error: workflow.masker.mask(formatError(error)) });
    }
  }
  return [...failed, ...(await openedTooEarly(asked, run, failed))];
}

interface Task extends HandingOver {
  readonly run: string;
  readonly lock: Lock;
  readonly change: HandOverChange;
  readonly place: string;
  readonly record: HandOverRecord | undefined;
}

async function give(task: Task, value: Value | undefined): Promise<void> {
  const { workflow, run, lock, change, place, record } = task;
  const { output, to } = change;
  const { state } = workflow;
  const text = textOf(change, value);
  const fingerprint = handOverFingerprint(value, change)!;
  const isThere =
    record?.status === 'given' && record.output === output && record.fingerprint === fingerprint;
  if (isThere) return;
  if (!record) await refuseTaken(task);
  await state.beginHandOver({ output, place, fingerprint, run }, lock);
  // Whatever became of an earlier one, it opens nothing that is still wanted.
  if (record?.wrapped) await revokeWrapped(vaultServer(task), record.wrapped);
  const token = await wrap(task, text);
  if (token) await state.wrapHandOver({ place, wrapped: token.wrapped }, lock);
  if (to.kind === 'vault') await handedPath(task, to).put(to.key, text);
  else if (to.kind === 'variable') await githubOf(task, to.environment, output).putVariable(to.name, text);
  else await githubOf(task, to.environment, output).putSecret(to.name, token?.token ?? text);
  await state.endHandOver({ output, place, run, ...(token ? { wrapped: token.wrapped } : {}) }, lock);
  workflow.log.info({ run, place }, `handed ${output} over`);
}

async function wrap(
  task: Task,
  text: string,
): Promise<{ readonly token: string; readonly wrapped: WrappedToken } | undefined> {
  const { wrapSeconds } = task.change;
  if (wrapSeconds === undefined) return undefined;
  const given = await wrapped(vaultServer(task), text, wrapSeconds, task.workflow.clock.now());
  task.workflow.masker.add(given.token);
  return given;
}

async function takeBack({ workflow, run, lock, change, place, record, ...task }: Task): Promise<void> {
  if (!record) return;
  const { output, to } = change;
  const asked = { ...task, workflow };
  if (to.kind === 'vault') {
    await handedPath(asked, to).remove(to.key);
  } else if (asked.repository) {
    if (record.wrapped && workflow.vaults) await revokeWrapped(vaultServer(asked), record.wrapped);
    await asked.repository.environmentValues(to.environment).remove(to.kind, to.name);
  } else {
    // A destroy at the command line is not to fail for it; what is kept of it tells where it still is.
    workflow.log.warn(
      { run, place },
      `${output} is still at ${destinationText(to)}: there is no GitHub here`,
    );
    return;
  }
  await workflow.state.removeHandOver({ output, place, run }, lock);
}

/** What somebody else has put there is theirs: a template is not to write over it, nor to delete it later. */
async function refuseTaken(task: Task): Promise<void> {
  const { to, output } = task.change;
  if (to.kind === 'vault' || !(await githubOf(task, to.environment, output).has(to.kind, to.name))) return;
  throw new SlipwayError('hand-over-refused', {
    summary: `There is a ${to.kind} ${to.name} in the GitHub environment ${to.environment} already, and not of Slipway's`,
    remedy: 'Delete it there, or hand the output over under another name.',
  });
}

function textOf({ output, to }: HandOverChange, value: Value | undefined): string {
  const isHidden = isSecret(value);
  if (isHidden && to.kind === 'variable') {
    throw new SlipwayError('hand-over-refused', {
      summary: `${output} turned out to be a secret, and ${destinationText(to)} is none`,
      remedy: 'Hand it over as a Secret, or to Vault.',
    });
  }
  const text = isHidden ? reveal(value) : value;
  if (typeof text === 'string' || typeof text === 'number' || typeof text === 'boolean') return String(text);
  throw new SlipwayError('hand-over-failed', {
    summary: `${output} has no text that this process knows`,
    detail: isHidden
      ? 'It is a secret that only the resource has which it comes from.'
      : 'It is not there, or no text.',
    remedy: 'Hand over what it is made of: a reference to a stored secret, or a parameter.',
  });
}

function githubOf({ repository }: HandingOver, environment: string, output: string): EnvironmentValues {
  if (repository) return repository.environmentValues(environment);
  throw new SlipwayError('hand-over-refused', {
    summary: `${output} is handed over to GitHub, and there is none at the command line`,
    remedy: 'Have a pull request merged, which hands it over.',
  });
}

/** Tokens are made and looked at by Slipway's own right: a repository's settings have no part in it. */
function vaultServer({ workflow, environment }: HandingOver) {
  if (workflow.vaults) return workflow.vaults.server(environment.vault ?? 'default');
  throw new SlipwayError('config-invalid', {
    summary: 'An output is to be wrapped by Vault, and Slipway knows of none',
    remedy: 'Set VAULT_ADDR, and how Slipway logs in.',
  });
}

/**
 * Nobody has been told yet that there is something to open, since the run has not ended: who has opened it all the same
 * is not the one whom it was for.
 */
async function openedTooEarly(
  asked: HandingOver,
  run: string,
  failed: readonly FailedHandOver[],
): Promise<FailedHandOver[]> {
  const { workflow, plan } = asked;
  const given = (plan.handOvers ?? []).filter(
    (change) =>
      change.action === 'give' &&
      change.wrapSeconds !== undefined &&
      !failed.some((f) => f.change === change),
  );
  if (given.length === 0) return [];
  const records = await workflow.state.handOvers(plan.stack);
  const alarms: FailedHandOver[] = [];
  for (const change of given) {
    const place = placeOf(change.to, repositoryOf(plan.stack));
    const record = records.find((r) => r.place === place && r.run === run);
    const token = record?.wrapped;
    if (!record || !token) continue;
    const isGone = await isOpened(vaultServer(asked), token);
    if (isGone === undefined)
      workflow.log.warn({ run, place }, 'Vault does not let Slipway see whether a wrapped output was opened');
    if (!isGone || new Date(token.until) <= workflow.clock.now()) continue;
    await workflow.state.noteOpened({ ...record, wrapped: token }, 'before its run had ended');
    workflow.log.error(
      { run, place },
      `ALARM: the wrapped ${change.output} was opened before its run had ended`,
    );
    alarms.push({ change, error: openedText(change.output) });
  }
  return alarms;
}

/** What an alarm says. */
function openedText(output: string): string {
  return `the wrapped ${output} was opened by somebody else: change the secret itself, and look into Vault's audit log for who it was`;
}

/** What an apply came to once its outputs are handed over as well: one that is not where it belongs is a failure. */
export async function withHandOvers(
  asked: HandingOver,
  applied: ApplyResult,
  { run, lock }: { readonly run: string; readonly lock: Lock },
): Promise<ApplyResult> {
  if (applied.status !== 'succeeded') return applied;
  const failed = await handOver(asked, { run, lock, outputs: applied.outputs });
  if (failed.length === 0) return applied;
  return {
    ...applied,
    status: 'failed',
    failed: failed.map(({ change: { output, to }, error }) => ({
      operation: {
        id: `hand over ${output}`,
        kind: 'update',
        logicalId: output,
        type: `output to ${destinationText(to)}`,
        generation: 'current',
        needs: [],
      },
      error,
    })),
  };
}
