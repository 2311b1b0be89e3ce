import { SlipwayError } from '../base/error.ts';
import { nearest } from '../base/suggest.ts';
import type { Environment } from '../settings/settings.ts';
import { parseParameters } from '../stack/parameters.ts';
import type { ParameterValues, StackId } from '../stack/stack.ts';
import type { RunRecord, StackVersion, State } from '../state/state.ts';
import { parseTemplate } from '../template/parse.ts';
import { isSameVersion } from './good-run.ts';
import type { StackSource } from './plan-stack.ts';
import { renamesSince } from './renames-since.ts';
import type { Workflow } from './workflow.ts';

export interface RollbackRequest {
  readonly stack: StackId;
  /** How to get to where the stack is. */
  readonly environment: Environment;
  /** The policy packs that judge it, as for any apply. */
  readonly packs: readonly string[];
  /** The run to go back to; the last good one before what is there now, where none is named. */
  readonly to?: string;
  /** The stack's files of today. Of them only the values of NoEcho parameters are taken, which are never kept. */
  readonly present?: Partial<Pick<StackSource, 'text' | 'parameters'>>;
}

export interface Rollback {
  /** To be applied like any other: by `applyStack`. */
  readonly source: StackSource;
  /** The run whose version it is. */
  readonly run: RunRecord;
}

/**
 * What an earlier successful run made the stack from, to be planned against what is live now. References to secrets
 * are resolved again when it is planned; the rest is as it was, what SSM parameters held included.
 *
 * @throws SlipwayError `state-missing` for a stack or a run that is not there, `rollback-impossible` with the reason
 */
export async function rollbackSource(
  workflow: Pick<Workflow, 'state'>,
  request: RollbackRequest,
): Promise<Rollback> {
  const { state } = workflow;
  const { stack, environment, packs, to, present = {} } = request;
  const record = await state.stack(stack);
  if (!record) throw new SlipwayError('state-missing', { summary: `There is no stack ${stack}` });
  const run = to === undefined ? await lastGood(state, stack) : await runOf(state, stack, to);
  const version = versionOf(run);
  const secrets = secretsOf(run, version, present);
  const renames = await renamesBack(state, run);
  await refuseToDeleteImports(state, stack, run, renames);
  return {
    run,
    source: {
      stack,
      environment: { ...environment, account: record.account, region: record.region },
      // Where the template is by now: what it held then is brought back, not where it was.
      file: record.file,
      text: version.text,
      parameters: {
        file: `parameters of ${run.id}`,
        text: JSON.stringify({ ...version.parameters, ...secrets }),
      },
      ssmParameters: version.ssmParameters,
      renames,
      packs,
    },
  };
}

/** What is there under another name than the version has for it. */
async function renamesBack(state: State, run: RunRecord): Promise<Readonly<Record<string, string>>> {
  const resources = await state.resources(run.stack);
  const present = new Set(resources.filter((r) => r.generation === 'current').map((r) => r.logicalId));
  const wanted = new Set(run.plan.changes.filter((c) => c.after !== undefined).map((c) => c.logicalId));
  const renames = [...(await renamesSince(state, run))].filter(
    ([now, old]) => present.has(now) && !present.has(old) && wanted.has(old) && !wanted.has(now),
  );
  return Object.fromEntries(renames);
}

/**
 * The same for a stack of which nothing was there before: everything that was made is to be deleted.
 *
 * @throws SlipwayError `rollback-impossible` where that would delete what was imported
 */
export async function rollbackToNothing(
  { state }: Pick<Workflow, 'state'>,
  source: StackSource,
): Promise<StackSource> {
  await refuseToDeleteImports(state, source.stack, undefined, {});
  const { parameters: _, ...rest } = source;
  return { ...rest, text: undefined };
}

/** What was imported since was there before Slipway: to go back to the time before is no reason to delete it. */
async function refuseToDeleteImports(
  state: State,
  stack: StackId,
  run: RunRecord | undefined,
  renames: Readonly<Record<string, string>>,
): Promise<void> {
  const ids = (await state.history(stack)).map((r) => r.id);
  const since = run === undefined ? ids : ids.slice(0, ids.indexOf(run.id));
  const later = await Promise.all(since.map((id) => state.run(id)));
  const imported = new Set(
    later.flatMap((r) => r!.plan.changes.flatMap((c) => (c.action === 'import' ? [c.physicalId] : []))),
  );
  const kept = run?.plan.changes.filter((c) => c.after !== undefined) ?? [];
  const wanted = new Set(kept.map((c) => c.logicalId));
  const deleted = (await state.resources(stack)).filter(
    ({ logicalId, physicalId, generation, deletionPolicy }) =>
      generation === 'current' &&
      imported.has(physicalId) &&
      !deletionPolicy.startsWith('Retain') &&
      !wanted.has(renames[logicalId] ?? logicalId),
  );
  if (deleted.length === 0) return;
  const when = run === undefined ? 'imported' : `imported since the run ${run.id}`;
  throw new SlipwayError('rollback-impossible', {
    summary: `${deleted.map((r) => r.logicalId).join(', ')}: ${when}, so going back ${run === undefined ? '' : 'to it '}would delete what was there before Slipway`,
    remedy:
      'Give it DeletionPolicy: Retain and apply that; then going back lets go of it and deletes nothing.',
  });
}

/** A run of this stack. Throws `state-missing`, with the nearest one that there is. */
export async function runOf(state: State, stack: StackId, id: string): Promise<RunRecord> {
  const run = await state.run(id);
  if (run?.stack === stack) return run;
  const near = nearest(
    id,
    (await state.history(stack)).map((r) => r.id),
  );
  throw new SlipwayError('state-missing', {
    summary: run ? `The run ${id} is one of ${run.stack}` : `There is no run ${id} of ${stack}`,
    remedy: near ? `Did you mean ${near}?` : 'slipway state history shows all of them.',
  });
}

/** The newest version that was reached and is another than the one that is there now. */
async function lastGood(state: State, stack: StackId): Promise<RunRecord> {
  // An import takes over one resource and leaves the rest as it is: no version of the stack.
  const runs = (await state.history(stack)).filter((r) => r.cause.import === undefined);
  const [newest, ...earlier] = runs;
  const reached = newest?.status === 'succeeded' ? earlier : [newest, ...earlier];
  const present = newest?.status === 'succeeded' ? await state.run(newest.id) : undefined;
  for (const summary of reached) {
    if (summary?.status !== 'succeeded' || summary.kind !== 'apply') continue;
    const run = (await state.run(summary.id))!;
    if (!run.version || !present?.version || !isSameVersion(run.version, present.version)) return run;
  }
  throw new SlipwayError('rollback-impossible', {
    summary: `${stack} has no earlier version to go back to`,
    remedy: 'slipway state history shows every run; name one with --to.',
  });
}

/** The version that the run reached, or why it cannot be gone back to. */
function versionOf({ id, kind, status, version, cause }: RunRecord): StackVersion {
  const impossible = (summary: string, remedy: string) =>
    new SlipwayError('rollback-impossible', { summary, remedy });
  if (kind === 'destroy') {
    throw impossible(`The run ${id} deleted the stack`, 'Use slipway destroy to delete everything.');
  }
  if (cause.import !== undefined) {
    throw impossible(`The run ${id} only imported ${cause.import}`, 'Name one that applied the template.');
  }
  if (status !== 'succeeded') {
    const why = status === 'failed' ? 'failed' : status === 'cancelled' ? 'was cancelled' : 'has not ended';
    throw impossible(`The run ${id} ${why}, so there was never such a state`, 'Name one that succeeded.');
  }
  if (version) return version;
  throw impossible(
    `The template of the run ${id} was not kept: it is older than that, or had a secret in its text`,
    'Apply the template from your repository, as it was at the time.',
  );
}

/** Values for the NoEcho parameters of the version, from today's files. */
function secretsOf(
  run: RunRecord,
  { secretParameters }: StackVersion,
  { text, parameters }: NonNullable<RollbackRequest['present']>,
): ParameterValues {
  if (secretParameters.length === 0) return {};
  const given = parameters ? parseParameters(parameters.text, parameters.file) : undefined;
  if (given && !given.values) {
    const { diagnostics } = given;
    throw new SlipwayError('template-parameter', { summary: 'The parameter file has errors', diagnostics });
  }
  const template =
    text === undefined ? undefined : parseTemplate(text, run.plan.file, given?.values).template;
  const found = secretParameters.map((name) => {
    const standard = template?.parameters.get(name)?.default;
    const otherwise = standard?.kind === 'scalar' && standard.value !== null ? standard.value : undefined;
    return [name, given?.values?.[name] ?? otherwise] as const;
  });
  const missing = found.filter(([, value]) => value === undefined).map(([name]) => name);
  if (missing.length > 0) {
    throw new SlipwayError('rollback-impossible', {
      summary: `The run ${run.id} needs ${missing.join(', ')}, which is secret and was not kept`,
      remedy: 'Give the value in a file with --parameters.',
    });
  }
  return Object.fromEntries(found.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
