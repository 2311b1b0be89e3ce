/**
 * approval/ decides whether a plan may be applied. In: a plan, findings, rules, and what people said and are.
 * Out: a `Decision` with its reasons. It asks GitHub nothing: memberships and permissions come in as data.
 */

import type { Cost } from '../plan/cost.ts';

/** Something that a person said on the pull request about applying. */
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
  /** `no` is a review that requests changes: it takes back the same person's earlier yes. */
  readonly answer: 'yes' | 'no';
  /** The environment it names; undefined means all that are shown. */
  readonly environment?: string;
  /** Stack id → digest that was shown when it was said. */
  readonly digests: Readonly<Record<string, string>>;
  /** Set where it is no approval: the policy whose findings are lifted, and why. */
  readonly override?: { readonly policy: string; readonly reason: string };
}

/** A person as the rules see them: looked up by the edge before the decision. */
export interface Person {
  readonly login: string;
  readonly permission: 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none';
  /** `@acme/infra`, every team that they are a member of, through nesting too. */
  readonly teams: readonly string[];
}

/** What stands for the settings where a plan has the id of its stack. No stack is called so. */
export const settingsSubject = 'settings';

/** One condition for applying: `count` people out of `from`. */
export interface ApprovalRule {
  /** `@user`, `@org/team`, `write` (anyone with write permission) or `codeowners` (of the template). */
  readonly from: readonly string[];
  readonly count: number;
  /** CEL over the plan, the findings and the pull request; the rule applies only when true. */
  readonly when?: string;
}

/** Who may lift the findings of which policies, where the policy is `overridable`. */
export interface OverrideRule {
  /** Ids. */
  readonly policies: readonly string[];
  /** As in an `ApprovalRule`. */
  readonly from: readonly string[];
}

/** The rule where none is set, and where every rule's `when` is false: no plan is applied on nobody's word. */
export const defaultRule: ApprovalRule = Object.freeze({ from: Object.freeze(['write']), count: 1 });

export interface RuleOutcome {
  readonly rule: ApprovalRule;
  readonly met: boolean;
  /** Logins, in the order in which they approved. */
  readonly by: readonly string[];
  /** How many are missing. */
  readonly missing: number;
  /** What is missing, in words: `1 of @acme/infra`. Absent when it is met. */
  readonly wanted?: string;
  /**
   * Who could still give it, as far as it is known: `@user` where a team's members are known, else `@org/team` or
   * `write`. Without the author, committers and those who gave it. Absent when it is met.
   */
  readonly canGive?: readonly string[];
  /** The teams that are named, where nobody else is and none of them exists. */
  readonly missingTeams?: readonly string[];
  /** Why `when` could not be decided; the rule then applies. */
  readonly problem?: string;
}

export type RejectionKind =
  | 'author'
  | 'committer'
  | 'bot'
  | 'edited'
  | 'dismissed'
  | 'withdrawn'
  | 'other-plan'
  | 'other-environment'
  | 'mandatory'
  | 'no-right';

/** Why somebody's statement did not count. */
export interface Rejected {
  readonly statement: Statement;
  readonly kind: RejectionKind;
  /** A sentence without a full stop, about the statement: `@a wrote the pull request, and ...`. */
  readonly reason: string;
}

/** A policy whose findings do not block, on somebody's word. */
export interface Overridden {
  readonly policy: string;
  /** Login. */
  readonly by: string;
  readonly reason: string;
}

/** The gate for one stack: yes or no, with the words that explain it. */
export interface Decision {
  readonly stack: string;
  readonly environment: string;
  readonly allowed: boolean;
  /** One sentence: `Approved by @reviewer`, `Waiting for 1 of @acme/infra`. */
  readonly summary: string;
  /** Only the rules that apply to this plan. Empty when nothing would be done. */
  readonly rules: readonly RuleOutcome[];
  readonly rejected: readonly Rejected[];
  /** Ids of the policies whose findings block, sorted, once each. */
  readonly blockedBy: readonly string[];
  /** Absent where nothing was overridden. */
  readonly overridden?: readonly Overridden[];
  /** Of those that block: what may be overridden, and by whom, in words. Absent where nothing may be. */
  readonly overridable?: readonly { readonly policy: string; readonly by: string }[];
  /** What the plan costs. Absent where nothing would be done, or the settings have no prices. */
  readonly cost?: Cost;
}
