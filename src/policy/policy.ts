/**
 * policy/ judges a plan. In: policy files as text, a `Plan`, and where things stand in the template. Out: findings,
 * sorted. It reads no files, asks neither the cloud nor a clock, and whatever a policy or a template holds, it
 * neither throws nor takes unbounded time (limits.ts). What cannot be decided is never taken for a pass:
 * - it hangs on a value known only after apply: a finding with `undecided`, to be evaluated again then;
 * - it hangs on a secret: a finding that blocks as the policy says, or a secret would hide what it is asked for;
 * - the expression fails: the same, with `code: 'policy-evaluation'`.
 */
import type { Value } from '../base/value.ts';
import type { Action } from '../plan/plan.ts';
import type { Expression } from './expression.ts';
import type { Message } from './message.ts';
import { type Element, type ElementPath, elementsAt } from './path.ts';
import type { PolicyFile } from './policy-file.ts';

/** A policy that has been read and compiled. */
export interface Policy extends Omit<PolicyFile, 'deny' | 'message' | 'foreach' | 'fix'> {
  readonly file: string;
  readonly deny: Expression;
  readonly message: Message;
  readonly foreach?: Foreach;
  readonly fix?: string | number | boolean | { readonly add: ReadonlyMap<string, Message> };
}

/** The lists that a policy walks. */
export interface Foreach {
  /** Each for the resources whose type it is for, as `match.types` has it; for all where it names none. */
  readonly paths: readonly (ElementPath & { readonly type?: string })[];
  /** The names that the paths give to elements. */
  readonly names: readonly string[];
}

/** Every element of the resource that the policy is asked of: the whole of it where it has no `foreach`. */
export function elementsOf(
  { foreach }: Pick<Policy, 'foreach'>,
  type: string,
  properties: Value,
): readonly Element[] {
  if (!foreach) return whole;
  return foreach.paths
    .filter((path) => path.type === undefined || matchesPattern(path.type, type))
    .flatMap((path) => elementsAt(properties, path));
}

const whole: readonly Element[] = [{ path: '', value: null, named: {} }];

const defaultActions: readonly Action[] = ['create', 'update', 'replace', 'import', 'none'];

/** Whether the policy looks at resources of the type. */
export function looksAtType(policy: Pick<Policy, 'match'>, type: string): boolean {
  return policy.match.types.some((pattern) => matchesPattern(pattern, type));
}

function matchesPattern(pattern: string, type: string): boolean {
  if (!pattern.includes('*')) return pattern === type;
  // Made anew each time: asked once for each type and policy of a scan.
  return new RegExp(`^${pattern.replaceAll(/\*+/g, '.*')}$`).test(type);
}

/**
 * How the policy weighs on a change with this action; undefined where it does not look at it. With the default
 * actions a violation that is already there and that the plan does not touch is told and blocks nothing: whoever
 * reviews a pull request should see it, and should not have to mend it to get on. Naming `none` makes it count.
 */
export function enforcementFor(policy: Policy, action: Action): Policy['enforcement'] | undefined {
  if (policy.match.actions) return policy.match.actions.includes(action) ? policy.enforcement : undefined;
  if (!defaultActions.includes(action)) return undefined;
  return action === 'none' ? 'advisory' : policy.enforcement;
}
