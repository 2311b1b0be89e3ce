import { hasChanges, type Plan } from '../plan/plan.ts';
import { blocks, type Finding } from '../policy/finding.ts';
import {
  type ApprovalRule,
  type Decision,
  defaultRule,
  type Person,
  type Rejected,
  type RejectionKind,
  type RuleOutcome,
  type Statement,
} from './approval.ts';
import { compileCondition } from './condition.ts';
import { describePrincipals, isOneOf, joinWords, sameLogin } from './people.ts';

/** All that a decision depends on. Every fact about people was asked by the edge before. */
export interface DecisionInput {
  readonly plan: Pick<Plan, 'stack' | 'environment' | 'digest' | 'changes' | 'deposed' | 'outputs'>;
  /** The environment's rules, from the base branch. */
  readonly rules: readonly ApprovalRule[];
  readonly findings: readonly Finding[];
  readonly statements: readonly Statement[];
  /** Who made the statements. Somebody who is not among them has no right. */
  readonly people: readonly Person[];
  /** Login of who opened the pull request. */
  readonly author: string;
  /** Logins of who wrote or committed any of its commits. */
  readonly committers: readonly string[];
}

/** The gate: whether this plan may be applied, why, and what is missing. Pure; fails closed. */
export function decide(input: DecisionInput): Decision {
  const { plan, findings } = input;
  const head = { stack: plan.stack, environment: plan.environment };
  if (!hasChanges(plan)) {
    const summary = 'Nothing to change, so no approval is needed';
    return { ...head, allowed: true, summary, rules: [], rejected: [], blockedBy: [] };
  }
  const rules = applicableRules(input);
  const { approvers, rejected } = weigh(
    input,
    rules.map(({ rule }) => rule),
  );
  const outcomes = rules.map((applicable) => outcomeOf(applicable, approvers));
  const blockedBy = [...new Set(findings.filter(blocks).map((f) => f.policy))].sort();
  const allowed = blockedBy.length === 0 && outcomes.every((o) => o.met);
  return { ...head, allowed, summary: summarise(outcomes, blockedBy), rules: outcomes, rejected, blockedBy };
}

interface ApplicableRule {
  readonly rule: ApprovalRule;
  readonly problem?: string;
}

/** The rules whose `when` is true or cannot be decided; never none. */
function applicableRules({ rules, plan, findings }: DecisionInput): readonly ApplicableRule[] {
  const applicable = rules.flatMap((rule): ApplicableRule[] => {
    if (rule.when === undefined) return [{ rule }];
    const compiled = compileCondition(rule.when);
    if ('problem' in compiled) return [{ rule, problem: compiled.problem }];
    const result = compiled.condition.evaluate(plan.changes, findings);
    if (typeof result === 'string') return [{ rule, problem: result }];
    return result ? [{ rule }] : [];
  });
  return applicable.length > 0 ? applicable : [{ rule: defaultRule }];
}

function outcomeOf({ rule, problem }: ApplicableRule, approvers: readonly Person[]): RuleOutcome {
  const by = approvers.filter((person) => isOneOf(person, rule.from)).map((person) => person.login);
  const missing = Math.max(0, rule.count - by.length);
  return { rule, met: missing === 0, by, missing, ...(problem === undefined ? {} : { problem }) };
}

/** Tells whose yes counts, and of every other statement why not. */
function weigh(input: DecisionInput, rules: readonly ApprovalRule[]) {
  const approvers = new Map<string, Person>();
  const rejected: Rejected[] = [];
  // ISO times sort as text; the id breaks a tie.
  const inOrder = [...input.statements].sort((a, b) => (a.at === b.at ? a.id - b.id : a.at < b.at ? -1 : 1));
  for (const [index, statement] of inOrder.entries()) {
    if (statement.answer === 'no') continue;
    const person = input.people.find((p) => sameLogin(p.login, statement.login));
    const rejection = reject(statement, inOrder.slice(index + 1), person, rules, input);
    if (rejection) rejected.push({ statement, kind: rejection[0], reason: rejection[1] });
    else if (person) approvers.set(person.login.toLowerCase(), person);
  }
  return { approvers: [...approvers.values()], rejected: worthSaying(rejected, approvers) };
}

/** Nothing about people whose yes counts after all, and of the same reason only the latest. */
function worthSaying(rejected: readonly Rejected[], approvers: ReadonlyMap<string, Person>): Rejected[] {
  const latest = new Map<string, Rejected>();
  for (const r of rejected) {
    const login = r.statement.login.toLowerCase();
    if (!approvers.has(login)) latest.set(`${login} ${r.kind}`, r);
  }
  return [...latest.values()];
}

/** The first reason why a yes does not count, from what its speaker can least change to what they can most. */
function reject(
  statement: Statement,
  later: readonly Statement[],
  person: Person | undefined,
  rules: readonly ApprovalRule[],
  { plan, author, committers }: DecisionInput,
): readonly [RejectionKind, string] | undefined {
  const who = `@${statement.login}`;
  if (statement.isBot) return ['bot', `${who} is a bot, and only people approve`];
  if (sameLogin(statement.login, author)) {
    return ['author', `${who} opened the pull request, and somebody else has to approve it`];
  }
  if (committers.some((login) => sameLogin(login, statement.login))) {
    return ['committer', `${who} has commits in the pull request, and somebody else has to approve it`];
  }
  if (!person || !rules.some((rule) => isOneOf(person, rule.from))) {
    const wanted = describePrincipals([...new Set(rules.flatMap((rule) => rule.from))]);
    return ['no-right', `${who} is not among those who may approve ${plan.environment}: ${wanted}`];
  }
  if (statement.edited) return ['edited', `${who} edited the comment after writing it; a new comment counts`];
  if (statement.dismissed) return ['dismissed', `the review of ${who} was dismissed`];
  if (takenBack(statement, later)) return ['withdrawn', `${who} requested changes after approving`];
  if (statement.environment !== undefined && statement.environment !== plan.environment) {
    return ['other-environment', `${who} approved ${statement.environment}, and this is ${plan.environment}`];
  }
  if (!Object.hasOwn(statement.digests, plan.stack)) {
    return ['other-plan', `${who} approved before this plan was shown`];
  }
  if (statement.digests[plan.stack] !== plan.digest) {
    return ['other-plan', `${who} approved a plan that has changed since`];
  }
  return undefined;
}

function takenBack(statement: Statement, later: readonly Statement[]): boolean {
  return later.some((l) => l.answer === 'no' && !l.dismissed && sameLogin(l.login, statement.login));
}

function summarise(outcomes: readonly RuleOutcome[], blockedBy: readonly string[]): string {
  const parts: string[] = [];
  if (blockedBy.length > 0) parts.push(`blocked by ${joinWords(blockedBy, 'and')}`);
  const open = outcomes.filter((o) => !o.met);
  if (open.length > 0) parts.push(`waiting for ${joinWords(open.map(describeMissing), 'and')}`);
  const by = [...new Set(outcomes.flatMap((o) => o.by))];
  if (open.length === 0)
    parts.unshift(
      `approved by ${joinWords(
        by.map((login) => `@${login}`),
        'and',
      )}`,
    );
  const text = joinWords(parts, 'and');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What a rule still lacks: `1 of @acme/infra`, `2 people with write permission`. */
export function describeMissing({ rule, missing }: RuleOutcome): string {
  if (rule.from.every((p) => p.toLowerCase() === 'write')) {
    return `${missing} ${missing === 1 ? 'person' : 'people'} with write permission`;
  }
  const [only] = rule.from;
  if (rule.from.length === 1 && missing === 1 && only?.startsWith('@') && !only.includes('/')) return only;
  return `${missing} of ${describePrincipals(rule.from)}`;
}
