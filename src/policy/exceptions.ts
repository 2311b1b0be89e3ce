import { nearest } from '../base/suggest.ts';
import type { Plan } from '../plan/plan.ts';
import type { Finding } from './finding.ts';
import { isBefore } from './functions/dates.ts';
import type { Policy } from './policy.ts';

/** What the settings let a resource do against an overridable policy, until a day and with a reason. */
export interface Exception {
  readonly policy: string;
  /** Its logical id. */
  readonly resource: string;
  /** The template's path, where only its resource is meant. */
  readonly template?: string;
  /** The last day, in UTC: `2026-12-31`. */
  readonly until: string;
  readonly reason: string;
  /** Who answers for it. */
  readonly by: string;
}

/**
 * A policy that an exception is for and that there is not, that nobody can lift, or that is not about a resource;
 * undefined where all is well.
 */
export function exceptionProblem(
  policies: readonly Policy[],
  exceptions: readonly Exception[],
): { readonly summary: string; readonly remedy: string } | undefined {
  for (const { policy: id } of exceptions) {
    const policy = policies.find((one) => one.id === id);
    if (policy && policy.enforcement !== 'mandatory' && !policy.once) continue;
    if (policy?.once) {
      // Told at one resource, and meant of them all: who takes care that it is that one would be free of it.
      return {
        summary: `The policy ${id} is about the plan as a whole, and has no exceptions for a resource`,
        remedy: 'Take the exception out. For one plan, /slipway override lifts it.',
      };
    }
    if (policy) {
      return {
        summary: `The policy ${id} is mandatory, and has no exceptions`,
        remedy: 'Take the exception out.',
      };
    }
    const meant = nearest(id, new Set(policies.map((one) => one.id)));
    const remedy = meant ? `Did you mean ${meant}?` : 'See slipway policy list.';
    return { summary: `There is no policy ${id}`, remedy };
  }
  return undefined;
}

/**
 * The findings, with those that an exception is for as advice that says so; and one for each exception that is over,
 * of which the finding counts again.
 *
 * @param now the time of the scan
 */
export function withExceptions(
  findings: readonly Finding[],
  plan: Pick<Plan, 'file' | 'changes'>,
  exceptions: readonly Exception[],
  now: string,
): readonly Finding[] {
  const today = now.slice(0, 10);
  const own = exceptions.filter(({ template }) => template === undefined || template === plan.file);
  const isOver = ({ until }: Exception) => isBefore(until, today);
  const weighed = findings.map((finding) => {
    const { policy, logicalId, enforcement, code } = finding;
    // Where it failed it may have stopped, and what comes after this resource is not judged either.
    if (code !== undefined) return finding;
    const exception = own.find((one) => one.policy === policy && one.resource === logicalId && !isOver(one));
    if (!exception || enforcement !== 'overridable') return finding;
    const { until, reason, by } = exception;
    return { ...finding, enforcement: 'advisory' as const, allowed: { until, reason, by } };
  });
  return [...weighed, ...own.filter(isOver).flatMap((exception) => expired(exception, plan))];
}

function expired({ policy, resource, until, by, reason }: Exception, plan: Pick<Plan, 'changes'>): Finding[] {
  const change = plan.changes.find((one) => one.logicalId === resource);
  if (!change) return [];
  return [
    {
      policy: 'exception-expired',
      title: 'Exceptions are taken out when their time is over',
      severity: 'low',
      enforcement: 'advisory',
      logicalId: resource,
      type: change.type,
      message: `The exception of ${resource} from ${policy} was until ${until} (${by}: ${reason})`,
      remedy: 'Mend the resource, or have the exception prolonged; then take it out of the settings.',
      controls: [],
      ...(change.where ? { where: change.where } : {}),
    },
  ];
}
