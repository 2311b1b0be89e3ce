import pLimit from 'p-limit';
import type { Diagnostic } from '../base/diagnostic.ts';
import { diagnosticsOf, SlipwayError } from '../base/error.ts';
import { mayBlock } from '../policy/finding.ts';
import type { StackCompliance } from '../review/compliance.ts';
import { complianceMarker, isOpen, renderComplianceIssue } from '../review/compliance-issue.ts';
import { parameterFiles } from '../settings/paths.ts';
import { findEnvironment, settingsFile } from '../settings/settings.ts';
import type { ComplianceRecords } from '../state/compliance.ts';
import type { StackRecord } from '../state/state.ts';
import { fileOf, livingStacks, readPlaces } from './places.ts';
import { type LiveSource, readLive } from './read-live.ts';
import { type BaseSettings, settingsOf } from './read-settings.ts';
import type { Repository } from './repository.ts';
import { judgeLive } from './scan-live.ts';
import type { PullRequestWorkflow, Workflow } from './workflow.ts';

export interface ComplianceWorkflow extends PullRequestWorkflow {
  readonly compliance: ComplianceRecords;
}

/** Each is read in bulk; more at once only wait for one another's limits. */
const atOnce = 2;

/**
 * Holds all that runs of a repository against the policies in force, as settings and templates of its default branch
 * are now, and brings its one issue up to date: opened when something is found, closed when nothing is left. Writes
 * nothing to the cloud. Done again within half of `seconds` it does nothing, so that a job that runs twice does not
 * take away what was new the first time. Four calls of GitHub at most, and none for a repository that has no stack.
 */
export async function reportCompliance(
  workflow: ComplianceWorkflow,
  repository: Repository,
  { seconds, signal }: { readonly seconds: number; readonly signal: AbortSignal },
): Promise<void> {
  const { clock, compliance, state, githubUrl } = workflow;
  const { fullName } = repository;
  const at = clock.now().toISOString();
  const earlier = await compliance.report(fullName);
  if (earlier && Date.parse(at) - Date.parse(earlier.toldAt) < seconds * 500) return;
  const living = await livingStacks(state, fullName);
  await compliance.forget(
    fullName,
    living.map(({ id }) => id),
  );
  if (living.length === 0 && !earlier?.isOpen) return;
  refuseUnread(workflow);

  const headSha = await repository.defaultBranch();
  const sources = await readSources(workflow, repository, headSha, living);
  const limit = pLimit(atOnce);
  const stacks = await Promise.all(
    sources.map((source) =>
      limit(async () => {
        signal.throwIfAborted();
        return dated(workflow, fullName, await scanStack(workflow, source), { at, told: earlier?.toldAt });
      }),
    ),
  );

  const open = isOpen(stacks);
  const report = {
    repositoryUrl: `${githubUrl}/${repository.currentName}`,
    headSha,
    at,
    previously: earlier?.toldAt,
    stacks,
  };
  // Where nothing was found before either there is nothing to bring up to date.
  const issue =
    open || earlier?.isOpen
      ? await repository.keepIssue(earlier?.issue, complianceMarker, {
          ...renderComplianceIssue(report),
          ...stateFor(open, earlier?.isOpen === true, stacks),
        })
      : earlier?.issue;
  await compliance.putReport(fullName, { issue, isOpen: open, toldAt: at });
}

/** Policies that were only not read yet are no reason to tell people that nothing is known: it is tried again. */
function refuseUnread({ policies }: Workflow): void {
  try {
    policies();
  } catch (error) {
    if (error instanceof SlipwayError && error.code === 'policy-unread') throw error;
  }
}

/** Somebody may have closed it and meant it: then only what is new opens it again. */
function stateFor(
  open: boolean,
  wasOpen: boolean,
  stacks: readonly StackCompliance[],
): { readonly state?: 'open' | 'closed' } {
  if (!open) return { state: 'closed' };
  const isNew = stacks.some(({ findings }) => findings.some((f) => f.isNew && mayBlock(f)));
  return isNew || !wasOpen ? { state: 'open' } : {};
}

/** A stack with its files, or why it cannot be looked at. */
type Asked = LiveSource & { readonly packs: readonly string[] };
type Unasked = Pick<LiveSource, 'stack' | 'file'> & {
  readonly environment: string;
  readonly refused: readonly Diagnostic[];
};

async function readSources(
  workflow: ComplianceWorkflow,
  repository: Repository,
  headSha: string,
  living: readonly StackRecord[],
): Promise<readonly (Asked | Unasked)[]> {
  const places = await readPlaces(workflow, repository.fullName);
  const placed = living.map((record) => {
    const place = places.in(record.environment).find(({ stack }) => stack === record.id);
    return { record, file: place ? fileOf(place) : record.file };
  });
  const paths = placed.flatMap(({ record, file }) => [file, ...parameterFiles(file, record.environment)]);
  const files = await repository.readFiles(headSha, [settingsFile, ...paths]);
  const { settings, diagnostics } = settingsOf(files);
  return placed.map(({ record: { id: stack, environment }, file }) => {
    const known = settings && findEnvironment(settings, environment);
    if (!settings || !known) {
      return { stack, file, environment, refused: settings ? [noEnvironment(environment)] : diagnostics };
    }
    return { stack, file, ...textsOf(files, file, environment), environment: known, ...packsOf(settings) };
  });
}

function packsOf({ policies }: BaseSettings): Pick<Asked, 'packs'> {
  return { packs: policies };
}

function textsOf(
  files: ReadonlyMap<string, string>,
  file: string,
  environment: string,
): Pick<LiveSource, 'text' | 'parameters'> {
  const values = parameterFiles(file, environment).find((path) => files.has(path));
  return {
    text: files.get(file),
    ...(values === undefined ? {} : { parameters: { file: values, text: files.get(values)! } }),
  };
}

function noEnvironment(environment: string): Diagnostic {
  return {
    severity: 'error',
    code: 'settings-environment',
    summary: `${settingsFile} has no environment ${environment} any more, so Slipway does not know how to get there`,
    remedy: 'Put it back, or destroy the stack with the settings that it had.',
  };
}

async function scanStack(workflow: Workflow, source: Asked | Unasked): Promise<StackCompliance> {
  const { stack, file } = source;
  if ('refused' in source) return unanswered(stack, source.environment, file, source.refused);
  try {
    return await complianceOf(workflow, source);
  } catch (error) {
    // Of one that cannot be reached the others must not be left alone.
    if (!(error instanceof SlipwayError))
      workflow.log.error({ err: error, stack }, 'a stack was not scanned');
    return unanswered(stack, source.environment.name, file, diagnosticsOf(error));
  }
}

/**
 * What policies say of one stack as it runs.
 *
 * @throws SlipwayError what `readLive` and `judgeLive` throw
 */
export async function complianceOf(workflow: Workflow, source: Asked): Promise<StackCompliance> {
  const subject = await readLive(workflow, source);
  const { findings, notAsked } = judgeLive(workflow, subject, source);
  const { stack, environment, file, vanished, unsettled, diagnostics } = subject;
  const checked = subject.plan.changes.length;
  return { stack, environment, file, checked, findings, notAsked, vanished, unsettled, diagnostics };
}

/** Nothing is known of it, and nothing of it passes. */
export function unanswered(
  stack: string,
  environment: string,
  file: string,
  diagnostics: readonly Diagnostic[],
): StackCompliance {
  return {
    stack,
    environment,
    file,
    checked: 0,
    findings: [],
    notAsked: [],
    vanished: [],
    unsettled: false,
    diagnostics,
  };
}

/** With the time since when each finding is known; what was found of a stack that could not be reached is kept. */
async function dated(
  { compliance }: ComplianceWorkflow,
  repository: string,
  stack: StackCompliance,
  { at, told }: { readonly at: string; readonly told: string | undefined },
): Promise<StackCompliance> {
  if (stack.diagnostics.some((d) => d.severity === 'error')) return stack;
  const kept = await compliance.keep({ stack: stack.stack, repository, at, findings: stack.findings });
  const findings = kept.map((finding) =>
    // In the very first report everything would be new, which says nothing.
    told !== undefined && finding.since > told ? { ...finding, isNew: true as const } : finding,
  );
  return { ...stack, findings };
}
