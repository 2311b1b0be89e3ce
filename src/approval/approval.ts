/**
 * approval/ decides whether a plan may be applied. In: a plan's digest, findings, rules, and what people said.
 * Out: a `Decision` with its reasons. It asks GitHub nothing: memberships and permissions come in as data.
 */

/** Something that a person did on the pull request that may count as a yes. */
export interface Statement {
  readonly kind: 'comment' | 'review';
  /** GitHub's id of the comment or review. */
  readonly id: number;
  readonly login: string;
  readonly isBot: boolean;
  /** ISO 8601 */
  readonly at: string;
  /** A comment edited after it was written says nothing. */
  readonly edited: boolean;
  /** A review that was dismissed says nothing. */
  readonly dismissed: boolean;
  /** The environments it names; undefined means all that are shown. */
  readonly environment?: string;
  /** Stack id → digest that was shown when it was said. */
  readonly digests: Readonly<Record<string, string>>;
}

/** A person as the rules see them: looked up by the edge before the decision. */
export interface Person {
  readonly login: string;
  readonly permission: 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none';
  /** `@acme/infra`, every team that they are a member of, through nesting too. Lower case. */
  readonly teams: readonly string[];
}

/** One condition for applying: `count` people out of `from`. */
export interface ApprovalRule {
  /** `@user`, `@org/team`, `write` (anyone with write permission) or `codeowners`. */
  readonly from: readonly string[];
  readonly count: number;
  /** CEL over `changes` and `findings`; the rule holds only when true. */
  readonly when?: string;
}

export interface RuleOutcome {
  readonly rule: ApprovalRule;
  readonly met: boolean;
  readonly by: readonly string[];
  /** How many are missing. */
  readonly missing: number;
}

/** Why somebody's statement did not count. */
export interface Rejected {
  readonly statement: Statement;
  readonly reason: string;
}

/** The gate for one stack: yes or no, with the words that explain it. */
export interface Decision {
  readonly stack: string;
  readonly environment: string;
  readonly allowed: boolean;
  /** One sentence: `Approved by @reviewer`, `Waiting for 1 of @acme/infra`. */
  readonly summary: string;
  readonly rules: readonly RuleOutcome[];
  readonly rejected: readonly Rejected[];
  /** Findings that block, by policy id. */
  readonly blockedBy: readonly string[];
}
