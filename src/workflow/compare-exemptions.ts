/** Who may lift what a policy says, what is let through without anybody's word, and by which values policies judge. */
import type { OverrideRule } from '../approval/approval.ts';
import { describePrincipals, joinWords } from '../approval/people.ts';
import { canonicalJson } from '../base/canonical-json.ts';
import type { Exception } from '../policy/exceptions.ts';
import type { Environment } from '../settings/settings.ts';

type Exempting = Pick<Environment, 'name' | 'overrides' | 'allow' | 'policy-parameters'>;

/**
 * What another environment's settings would mean for findings, a sentence each.
 *
 * @param before undefined where the environment is new
 * @param today `2026-12-31`, in UTC
 */
export function compareExemptions(
  before: Exempting | undefined,
  after: Exempting,
  today: string,
): readonly string[] {
  return [
    ...overrideLines(after.name, before?.overrides ?? [], after.overrides ?? []),
    ...exceptionLines(after.name, before?.allow ?? [], after.allow ?? [], today),
    ...parameterLines(after.name, before?.['policy-parameters'] ?? {}, after['policy-parameters'] ?? {}),
  ];
}

/** By policy: whoever any of its rules names may. Policies of the same people are one sentence. */
function overrideLines(
  name: string,
  before: readonly OverrideRule[],
  after: readonly OverrideRule[],
): readonly string[] {
  const [was, is] = [whoMayLift(before), whoMayLift(after)];
  const policies = [...new Set([...was.keys(), ...is.keys()])].sort();
  const differ = policies.filter((policy) => !same(was.get(policy) ?? [], is.get(policy) ?? []));
  const groups = Map.groupBy(differ, (policy) =>
    canonicalJson([was.get(policy) ?? [], is.get(policy) ?? []]),
  );
  return [...groups.values()].map((alike) => {
    const [before, after] = [was.get(alike[0]!), is.get(alike[0]!)];
    const what = `${name}: findings of ${joinWords(alike, 'and')}`;
    if (!after)
      return `${what} can no longer be overridden; now they can by ${describePrincipals(before!)} (tighter).`;
    if (!before) return `${what} can be overridden by ${describePrincipals(after)} (looser).`;
    return `${what} can be overridden by ${describePrincipals(after)}; now they can by ${describePrincipals(before)} (changed).`;
  });
}

function whoMayLift(rules: readonly OverrideRule[]): ReadonlyMap<string, readonly string[]> {
  const who = new Map<string, readonly string[]>();
  for (const { policies, from } of rules) {
    for (const policy of policies) {
      const all = [...(who.get(policy) ?? []), ...from.map((one) => one.toLowerCase())];
      who.set(policy, [...new Set(all)].sort());
    }
  }
  return who;
}

function exceptionLines(
  name: string,
  before: readonly Exception[],
  after: readonly Exception[],
  today: string,
): readonly string[] {
  const key = ({ policy, resource, template }: Exception) =>
    canonicalJson([policy, resource, template ?? null]);
  const what = ({ policy, resource, template }: Exception) =>
    `the exception of ${resource}${template === undefined ? '' : ` in ${template}`} from ${policy}`;
  const [was, is] = [Map.groupBy(before, key), Map.groupBy(after, key)];
  const come = after.flatMap((exception) => {
    const earlier = was.get(key(exception)) ?? [];
    if (earlier.some((one) => same(one, exception))) return [];
    const { until, by, reason } = exception;
    const over = until < today;
    const end = over ? ' Warning: that day is over already, so it lets nothing through.' : '';
    const why = `${by}: ${reason}`;
    const [replaced] = earlier;
    if (!replaced)
      return [
        `${name}: ${what(exception)} is added, until ${until} (${over ? 'over' : 'looser'}).${end} ${why}`,
      ];
    const way = until > replaced.until ? 'looser' : until < replaced.until ? 'tighter' : 'changed';
    const day =
      until === replaced.until ? `stays until ${until}` : `is until ${until} instead of ${replaced.until}`;
    return [`${name}: ${what(exception)} ${day} (${way}).${end} ${why}`];
  });
  const gone = before.filter((exception) => !is.has(key(exception)));
  return [
    ...come,
    ...gone.map(
      (one) => `${name}: ${what(one)} is taken out${one.until < today ? ', which was over' : ' (tighter)'}.`,
    ),
  ];
}

type Parameters = NonNullable<Environment['policy-parameters']>;

function parameterLines(name: string, before: Parameters, after: Parameters): readonly string[] {
  const policies = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return policies.flatMap((policy) => {
    const [was, is] = [before[policy] ?? {}, after[policy] ?? {}];
    const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].sort();
    const differ = names.filter((one) => !same([was[one] ?? null], [is[one] ?? null]));
    return differ.map(
      (one) => `${name}: ${one} of the policy ${policy} is ${shown(is[one])} instead of ${shown(was[one])}.`,
    );
  });
}

function shown(value: Parameters[string][string] | undefined): string {
  if (value === undefined) return "the policy's own";
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  return String(value);
}

function same(a: object, b: object): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
