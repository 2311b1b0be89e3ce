import { nearest } from '../base/suggest.ts';
import type { Plan } from '../plan/plan.ts';
import { ownPathOf } from '../stack/stack-id.ts';
import type { Finding } from './finding.ts';
import { isBefore } from './functions/dates.ts';
import type { Policy } from './policy.ts';

/** What the settings let a resource do against an overridable policy, until a day and with a reason. */
export interface Exception {
  readonly policy: string;
  /** Its logical id. */
  readonly resource: string;
  /**
   * Where only one template's resource is meant: the path that its stack is called by, for ever. Whatever is moved to
   * that path later has another name, and nobody has excepted it; what moves away takes its exception along.
   */
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
 * of which the finding counts again, or that is for another stack which was at this path.
 *
 * @param now the time of the scan
 */
export function withExceptions(
  findings: readonly Finding[],
  plan: Pick<Plan, 'stack' | 'file' | 'changes'>,
  exceptions: readonly Exception[],
  now: string,
): readonly Finding[] {
  const today = now.slice(0, 10);
  const called = ownPathOf(plan.stack);
  const own = exceptions.filter(({ template }) => template === undefined || template === called);
  const others = exceptions.filter(({ template }) => template === plan.file && template !== called);
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
  return [
    ...weighed,
    ...own.filter(isOver).flatMap((exception) => expired(exception, plan)),
    ...others.flatMap((exception) => ofAnother(exception, plan, called)),
  ];
}

function expired({ policy, resource, until, by, reason }: Exception, plan: Pick<Plan, 'changes'>): Finding[] {
  return advice(resource, plan, {
    policy: 'exception-expired',
    title: 'Exceptions are taken out when their time is over',
    message: `The exception of ${resource} from ${policy} was until ${until} (${by}: ${reason})`,
    remedy: 'Mend the resource, or have the exception prolonged; then take it out of the settings.',
  });
}

function ofAnother(
  { policy, resource }: Exception,
  plan: Pick<Plan, 'file' | 'changes'>,
  called: string,
): Finding[] {
  return advice(resource, plan, {
    policy: 'exception-of-another',
    title: 'Exceptions are for the stack that they were given to',
    message: `The exception of ${resource} from ${policy} in ${plan.file} is for the stack that began there; this one is called ${called}`,
    remedy: `If it is meant, have the settings say \`template: ${called}\`; if not, take it out.`,
  });
}

function advice(
  resource: string,
  { changes }: Pick<Plan, 'changes'>,
  words: Pick<Finding, 'policy' | 'title' | 'message' | 'remedy'>,
): Finding[] {
  const change = changes.find((one) => one.logicalId === resource);
  if (!change) return [];
  const { type, where } = change;
  return [
    {
      ...words,
      severity: 'low',
      enforcement: 'advisory',
      logicalId: resource,
      type,
      controls: [],
      ...(where ? { where } : {}),
    },
  ];
}
