import { SlipwayError } from '../base/error.ts';
import { nearest } from '../base/suggest.ts';
import type { Plan } from '../plan/plan.ts';
import { exceptionProblem, withExceptions } from '../policy/exceptions.ts';
import type { Finding } from '../policy/finding.ts';
import { checkParameters } from '../policy/parameters.ts';
import { selectPacks } from '../policy/parse-policy.ts';
import type { Policy } from '../policy/policy.ts';
import { type ScanContext, scan } from '../policy/scan.ts';
import type { Scanners } from '../scanner/scanners.ts';
import { type Environment, settingsFile } from '../settings/settings.ts';
import type { StackId } from '../stack/stack.ts';
import { ruleNameOf } from '../stack/stack-id.ts';
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
 *
 * @param others what scanners say of it
 */
export function findingsOf(
  workflow: Pick<Workflow, 'policies' | 'clock' | 'scanners'>,
  plan: Plan,
  judged: Judged,
  positions: ScanContext['positions'],
  others: readonly Finding[] = [],
): readonly Finding[] {
  const inForce = workflow.policies();
  checkNames(inForce, judged, workflow.scanners);
  const { policies } = selectPacks(inForce, judged.packs);
  const context = contextOf(workflow, judged, positions);
  return weigh([...scan(policies, plan, context), ...others], plan, judged, context);
}

/**
 * Throws where the settings name a pack, a policy or a parameter of one that there is not.
 *
 * @param scanners undefined where nobody knows which there are: at a command line without the operator's file
 */
export function checkNames(
  policies: readonly Policy[],
  { packs, environment }: Pick<Judged, 'packs' | 'environment'>,
  scanners: Scanners | undefined,
): void {
  checkPacks(policies, packs);
  checkValues(policies, environment);
  checkExceptions(policies, environment, scanners);
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
    stack: ruleNameOf(stack),
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

function checkExceptions(
  policies: readonly Policy[],
  { name, allow = [] }: Environment,
  scanners: Scanners | undefined,
): void {
  const wrong = allow.find(({ policy }) => scanners?.enforcementOf(policy) === 'mandatory');
  const problem = wrong
    ? { summary: `${wrong.policy} is mandatory, and has no exceptions`, remedy: 'Take the exception out.' }
    : exceptionProblem(
        policies,
        allow.filter(({ policy }) => !isOfScanner(policy, scanners)),
      );
  if (!problem) return;
  throw new SlipwayError('settings-invalid', {
    summary: `${problem.summary}, as ${settingsFile} has it at environments.${name}.allow`,
    remedy: problem.remedy,
  });
}

/** Throws where an override is for a policy that there is not: it would lift nothing. */
export function checkOverrides(
  policies: readonly Policy[],
  { name, overrides = [] }: Environment,
  scanners: Scanners | undefined,
): void {
  const ids = new Set(policies.map((policy) => policy.id));
  const wrong = overrides
    .flatMap((rule) => rule.policies)
    .find((id) => !ids.has(id) && !isOfScanner(id, scanners));
  if (wrong === undefined) return;
  const meant = nearest(wrong, [...ids, ...(scanners?.ids ?? []).map((id) => wrong.replace(/^[^/]*/, id))]);
  throw new SlipwayError('settings-invalid', {
    summary: `There is no policy ${wrong}, as ${settingsFile} has it at environments.${name}.overrides`,
    remedy: meant ? `Did you mean ${meant}?` : 'See slipway policy list.',
  });
}

/** Whether it may be the id of a scanner's rule; which rules a tool has only the tool knows. */
function isOfScanner(id: string, scanners: Scanners | undefined): boolean {
  return scanners ? scanners.enforcementOf(id) !== undefined : id.includes('/');
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
