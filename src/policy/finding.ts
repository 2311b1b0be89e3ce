import type { SourceRange } from '../base/source.ts';

export const severities = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** `advisory` informs, `overridable` blocks until someone with the right lifts it, `mandatory` blocks. */
export const enforcements = ['advisory', 'overridable', 'mandatory'] as const;
export type Enforcement = (typeof enforcements)[number];

/** What a policy says of a plan. */
export interface Finding {
  readonly policy: string;
  readonly title: string;
  readonly severity: Severity;
  readonly enforcement: Enforcement;
  readonly logicalId: string;
  readonly type: string;
  readonly message: string;
  readonly remedy: string;
  /** What the property at `path` has to be, or what its list lacks, where the remedy is as simple as that. */
  readonly fix?: string | number | boolean | { readonly add: Readonly<Record<string, string>> };
  /** `CIS AWS 5.2`, `FSBP EC2.19` */
  readonly controls: readonly string[];
  /** Set where it is told once of the whole plan: its resource is only where it was found. */
  readonly ofPlan?: true;
  /** The property in the template: `SecurityGroupIngress[1]`. Absent where the finding is of the whole resource. */
  readonly path?: string;
  /** The template line of the property that the policy names, else of the resource. */
  readonly where?: SourceRange;
  /** Set where the expression hangs on a value known only after apply: it is evaluated again then. */
  readonly undecided?: boolean;
  /** Set where an exception of the settings lets it through: it is advice then. */
  readonly allowed?: { readonly until: string; readonly reason: string; readonly by: string };
  /** Set where the policy itself failed. It counts as broken: what cannot be judged does not pass. */
  readonly code?: 'policy-evaluation';
}

/** Whether the finding stops an apply (an override, where allowed, is the gate's business). */
export function blocks(finding: Finding): boolean {
  return mayBlock(finding) && !finding.undecided;
}

/** Whether it does, or may when the values that it hangs on are known: what can be overridden, if the policy can. */
export function mayBlock(finding: Finding): boolean {
  return finding.enforcement !== 'advisory';
}
