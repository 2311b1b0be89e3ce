import type { Diagnostic } from '../base/diagnostic.ts';
import { type Finding, mayBlock, type Severity, severities } from '../policy/finding.ts';
import { count } from './words.ts';

/** A finding about something that runs. */
export interface RunningFinding extends Finding {
  /** Somebody changed the property since Slipway applied it: the template may be right. */
  readonly outside?: true;
  /** Since when it is known, ISO 8601. */
  readonly since?: string;
  /** It was not there when the report was last made. */
  readonly isNew?: true;
}

/** What a compliance scan says of one stack. */
export interface StackCompliance {
  readonly stack: string;
  readonly environment: string;
  /** Where its template is. */
  readonly file: string;
  /** How many resources were looked at; none where the stack could not be. */
  readonly checked: number;
  readonly findings: readonly RunningFinding[];
  /** Logical ids of what is recorded and not there any more. */
  readonly vanished: readonly string[];
  /** A run is going on or was cut short. */
  readonly unsettled: boolean;
  /** Ids of policies in force that are about what a plan does, and were not asked. */
  readonly notAsked: readonly string[];
  /** An error means that it could not be looked at: nothing is known of it, and nothing passes. */
  readonly diagnostics: readonly Diagnostic[];
}

/** How many findings there are of a kind. */
export interface Tally {
  /** Those that would stop a plan, by severity; what cannot be decided is among them. */
  readonly standing: Readonly<Record<Severity, number>>;
  readonly advice: number;
  /** Let through by an exception of the settings. */
  readonly allowed: number;
  /** Of those that would stop a plan. */
  readonly isNew: number;
}

export function tally(findings: readonly RunningFinding[]): Tally {
  const standing: Record<Severity, number> = { low: 0, medium: 0, high: 0, critical: 0 };
  const standingOnes = findings.filter(mayBlock);
  for (const { severity } of standingOnes) standing[severity]++;
  const allowed = findings.filter((f) => f.allowed).length;
  return {
    standing,
    advice: findings.length - standingOnes.length - allowed,
    allowed,
    isNew: standingOnes.filter((f) => f.isNew).length,
  };
}

/** The worst first, as tables show them. */
export const worstFirst: readonly Severity[] = [...severities].reverse();

/** How many would stop a plan. */
export function standingCount({ standing }: Tally): number {
  return severities.reduce((sum, severity) => sum + standing[severity], 0);
}

/** `1 critical, 2 high`; empty where there is none. */
export function standingText({ standing }: Tally): string {
  return worstFirst
    .filter((severity) => standing[severity] > 0)
    .map((severity) => `${standing[severity]} ${severity}`)
    .join(', ');
}

/** Where one is: `Vpc`, or `the whole stack`. */
export function subjectOf({ logicalId, ofPlan }: RunningFinding): string {
  return ofPlan ? 'the whole stack' : logicalId;
}

/** A sentence each about what of the stack a scan could not look at for good. */
export function limitsOf({ vanished, unsettled }: Pick<StackCompliance, 'vanished' | 'unsettled'>): string[] {
  const gone = count(vanished.length, 'resource is', 'resources are');
  return [
    ...(unsettled
      ? ['A run is going on or was cut short: some of this may be its doing, and gone when it ends.']
      : []),
    ...(vanished.length > 0
      ? [`${gone} recorded and not there any more: ${some(vanished)}. \`slipway drift\` says more.`]
      : []),
  ];
}

/** Which policies had nothing to say of any stack; undefined where all were asked. */
export function notAskedText(stacks: readonly Pick<StackCompliance, 'notAsked'>[]): string | undefined {
  const ids = [...new Set(stacks.flatMap((stack) => stack.notAsked))].sort();
  if (ids.length === 0) return undefined;
  const policies = count(ids.length, 'policy is', 'policies are');
  return `${policies} about what a plan does, and cannot be asked of what runs: ${some(ids)}.`;
}

function some(names: readonly string[], max = 8): string {
  const rest = names.length - max;
  return [...names.slice(0, max), ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
}
