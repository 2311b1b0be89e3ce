import { type Enforcement, enforcements, type Severity } from '../policy/finding.ts';
import type { Level } from './scanner.ts';

/** How an operator weighs what a scanner says. */
export interface Weights {
  readonly id: string;
  readonly enforcement: Enforcement;
  readonly severity: Readonly<Record<Level, Severity>>;
  /** By a rule's name, or the beginning of several with `*` after it: the longest that fits counts. */
  readonly rules: Readonly<Record<string, Enforcement | 'ignore'>>;
  /** What a finding at a resource does that the plan leaves alone. */
  readonly untouched: 'advise' | 'block';
}

/** Rules of Slipway's own: that the tool has not looked, at all or at a part. */
const unseen: readonly string[] = ['failed', 'switched-off', 'loops'];

/** What the rule does where it finds something. */
export function weightOf({ rules, enforcement }: Weights, rule: string): Enforcement | 'ignore' {
  if (unseen.includes(rule)) {
    // As the heaviest of what it may have missed: patterns and lighter weights are meant of what a tool has found.
    const missed = Object.keys(rules).filter((pattern) => !unseen.includes(pattern));
    const heaviest = enforcements.findLast(
      (one) => one === enforcement || missed.some((pattern) => rules[pattern] === one),
    );
    return rules[rule] ?? heaviest ?? enforcement;
  }
  const fitting = Object.keys(rules).filter((pattern) =>
    pattern.endsWith('*') ? rule.startsWith(pattern.slice(0, -1)) : pattern === rule,
  );
  const [closest] = fitting.sort((a, b) => precision(b) - precision(a));
  return closest === undefined ? enforcement : rules[closest]!;
}

function precision(pattern: string): number {
  return pattern.endsWith('*') ? pattern.length - 1 : Number.POSITIVE_INFINITY;
}

/** `cfn-lint/E3012`; what cannot stand in settings and commands becomes `-`. */
export function findingId({ id }: Pick<Weights, 'id'>, rule: string): string {
  return `${id}/${rule.slice(0, 100).replaceAll(/[^\w.:-]/g, '-') || 'unnamed'}`;
}

/** The scanner and the rule that an id names; undefined where it is not of one. */
export function splitId(id: string): { readonly scanner: string; readonly rule: string } | undefined {
  const slash = id.indexOf('/');
  return slash < 0 ? undefined : { scanner: id.slice(0, slash), rule: id.slice(slash + 1) };
}
