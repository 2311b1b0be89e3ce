import { SlipwayError } from '../base/error.ts';
import { nearest } from '../base/suggest.ts';
import type { Plan } from '../plan/plan.ts';
import { exceptionProblem, withExceptions } from '../policy/exceptions.ts';
import type { Finding } from '../policy/finding.ts';
import { checkParameters } from '../policy/parameters.ts';
import { selectPacks } from '../policy/parse-policy.ts';
import type { Policy } from '../policy/policy.ts';
import { type ScanContext, scan } from '../policy/scan.ts';
import { type Environment, settingsFile } from '../settings/settings.ts';
import type { StackId } from '../stack/stack.ts';
import type { Workflow } from './workflow.ts';

/** Whose plan it is, and which policies it is held against. */
export interface Judged {
  readonly stack: StackId;
  readonly environment: Environment;
  /** The policy packs, from the settings. */
  readonly packs: readonly string[];
  readonly author?: string;
}

/**
 * What policies say of a plan. Throws where the settings name a pack, a policy or a parameter that there is not: what
 * is misspelt would otherwise be a gate that is not there.
 */
export function findingsOf(
  workflow: Pick<Workflow, 'policies' | 'clock'>,
  plan: Plan,
  judged: Judged,
  positions: ScanContext['positions'],
): readonly Finding[] {
  const inForce = workflow.policies();
  checkNames(inForce, judged);
  const { policies } = selectPacks(inForce, judged.packs);
  const context = contextOf(workflow, judged, positions);
  return weigh(scan(policies, plan, context), plan, judged, context);
}

/** Throws where the settings name a pack, a policy or a parameter of one that there is not. */
export function checkNames(
  policies: readonly Policy[],
  { packs, environment }: Pick<Judged, 'packs' | 'environment'>,
): void {
  checkPacks(policies, packs);
  checkValues(policies, environment);
  checkExceptions(policies, environment);
}

/** What is found, after the exceptions of the settings. */
export function weigh(
  findings: readonly Finding[],
  plan: Plan,
  { environment }: Judged,
  { now }: Pick<ScanContext, 'now'>,
): readonly Finding[] {
  const { allow = [] } = environment;
  return allow.length === 0 ? findings : withExceptions(findings, plan, allow, now);
}

/** What a scan is told besides the plan. */
export function contextOf(
  { clock }: Pick<Workflow, 'clock'>,
  { stack, environment, author }: Judged,
  positions: ScanContext['positions'],
): ScanContext {
  const { name, 'policy-parameters': parameters } = environment;
  return {
    stack,
    environment: name,
    ...(author === undefined ? {} : { author }),
    now: clock.now().toISOString(),
    ...(parameters === undefined ? {} : { parameters }),
    positions,
  };
}

function checkPacks(policies: readonly Policy[], packs: readonly string[]): void {
  const { unknown } = selectPacks(policies, packs);
  if (unknown.length === 0) return;
  const known = [...new Set(policies.flatMap((policy) => policy.packs))].sort();
  const [meant] = unknown.flatMap((pack) => nearest(pack, known) ?? []);
  throw new SlipwayError('settings-invalid', {
    summary: `There is no policy pack ${unknown.join(', ')}, as ${settingsFile} has it at policies`,
    detail: known.length > 0 ? `The packs are ${known.join(', ')}.` : 'No policy is in a pack.',
    remedy: meant ? `Did you mean ${meant}?` : 'Name packs that exist.',
  });
}

function checkExceptions(policies: readonly Policy[], { name, allow = [] }: Environment): void {
  const problem = exceptionProblem(policies, allow);
  if (!problem) return;
  throw new SlipwayError('settings-invalid', {
    summary: `${problem.summary}, as ${settingsFile} has it at environments.${name}.allow`,
    remedy: problem.remedy,
  });
}

/** Throws where an override is for a policy that there is not: it would lift nothing. */
export function checkOverrides(policies: readonly Policy[], { name, overrides = [] }: Environment): void {
  const ids = new Set(policies.map((policy) => policy.id));
  const wrong = overrides.flatMap((rule) => rule.policies).find((id) => !ids.has(id));
  if (wrong === undefined) return;
  const meant = nearest(wrong, ids);
  throw new SlipwayError('settings-invalid', {
    summary: `There is no policy ${wrong}, as ${settingsFile} has it at environments.${name}.overrides`,
    remedy: meant ? `Did you mean ${meant}?` : 'See slipway policy list.',
  });
}

function checkValues(policies: readonly Policy[], environment: Environment): void {
  const [problem, ...more] = checkParameters(policies, environment['policy-parameters'] ?? {});
  if (!problem) return;
  const path = ['environments', environment.name, 'policy-parameters', ...problem.path].join('.');
  throw new SlipwayError('settings-invalid', {
    summary: `${problem.summary}, as ${settingsFile} has it at ${path}`,
    ...(more.length > 0 ? { detail: more.map((one) => `${one.summary}. ${one.remedy}`).join('\n') } : {}),
    remedy: problem.remedy,
  });
}
