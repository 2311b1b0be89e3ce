import { sameValue } from '../base/canonical-json.ts';
import { type Cost, costOf, type Prices } from '../plan/cost.ts';
import { hasChanges, type Plan } from '../plan/plan.ts';
import type { Finding } from '../policy/finding.ts';
import {
  type ApprovalRule,
  type Decision,
  defaultRule,
  type Overridden,
  type OverrideRule,
  type Person,
  type Rejected,
  type RuleOutcome,
  type Statement,
} from './approval.ts';
import { compileCondition } from './condition.ts';
import { describeMissing, existing, onlyMissingTeams, whoCanGive } from './missing.ts';
import { weighOverrides } from './override.ts';
import { describePrincipals, isCodeowners, isOneOf, joinWords } from './people.ts';
import { inOrderOfTime, objection, personOf, type Reason, worthSaying } from './statements.ts';

/** All that a decision depends on. Every fact about people was asked by the edge before. */
export interface DecisionInput {
  readonly plan: Pick<
    Plan,
    'stack' | 'environment' | 'file' | 'movedFrom' | 'digest' | 'changes' | 'deposed' | 'outputs'
  >;
  /** The environment's rules, from the base branch. */
  readonly rules: readonly ApprovalRule[];
  /** The environment's, from the base branch. */
  readonly overrides: readonly OverrideRule[];
  /** Who owns the template by the base branch's CODEOWNERS. */
  readonly owners: readonly string[];
  /** Who owns the path that the template is moved from. */
  readonly formerOwners?: readonly string[];
  readonly findings: readonly Finding[];
  readonly statements: readonly Statement[];
  /** Who made the statements. Somebody who is not among them has no right. */
  readonly people: readonly Person[];
  /** Team → logins of all its members, of those teams of which they are known. Only to name who could approve. */
  readonly members: Readonly<Record<string, readonly string[]>>;
  /** Of those that are named, the teams that are known not to exist. Only for the words: nobody is in them. */
  readonly missingTeams?: readonly string[];
  /** Login of who opened the pull request. */
  readonly author: string;
  /** Logins of who wrote or committed any of its commits. */
  readonly committers: readonly string[];
  /** Names of its labels. */
  readonly labels: readonly string[];
  /** Paths of the files that it changes. */
  readonly paths: readonly string[];
  /** The settings', from the base branch. */
  readonly prices?: Prices;
}

/** The gate: whether this plan may be applied, why, and what is missing. Pure; fails closed. */
export function decide(input: DecisionInput): Decision {
  const { plan } = input;
  const head = { stack: plan.stack, environment: plan.environment };
  if (!hasChanges(plan)) {
    const summary = 'Nothing to change, so no approval is needed';
    return { ...head, allowed: true, summary, rules: [], rejected: [], blockedBy: [] };
  }
  const cost = input.prices && costOf(plan.changes, input.prices);
  const rules = applicableRules(input, cost);
  const { approvers, rejected } = weigh(input, rules);
  const outcomes = rules.map((applicable) => outcomeOf(applicable, approvers, input));
  const overrides = weighOverrides(input);
  const { blockedBy, overridden, overridable } = overrides;
  const allowed = blockedBy.length === 0 && outcomes.every((o) => o.met);
  return {
    ...head,
    allowed,
    summary: summarise(outcomes, blockedBy, overridden),
    rules: outcomes,
    rejected: [...rejected, ...overrides.rejected],
    blockedBy,
    ...(overridden.length > 0 ? { overridden } : {}),
    ...(overridable.length > 0 ? { overridable } : {}),
    ...(cost ? { cost } : {}),
  };
}

interface ApplicableRule {
  readonly rule: ApprovalRule;
  /** Whom `codeowners` stands for, and of which template they are. */
  readonly owners: readonly string[];
  readonly file: string;
  readonly problem?: string;
}

/**
 * The rules whose `when` is true or cannot be decided; never none. Where the template is moved, those that hold at
 * either path: to rename it takes it from nobody who has a say in it.
 */
function applicableRules(input: DecisionInput, cost: Cost | undefined): readonly ApplicableRule[] {
  const applicable = input.rules.flatMap((rule) => {
    const [here, ...elsewhere] = placesOf(input).map(({ file, owners }) => {
      const problem = problemAt(rule, file, input, cost);
      return problem === false ? undefined : { rule, file, owners, ...(problem === true ? {} : { problem }) };
    });
    const [there] = elsewhere;
    if (!here || !there) return [here ?? there ?? []].flat();
    // The same people are asked once.
    return rule.from.some(isCodeowners) && !sameOwners(here.owners, there.owners) ? [here, there] : [here];
  });
  const { plan, owners } = input;
  return applicable.length > 0 ? applicable : [{ rule: defaultRule, file: plan.file, owners }];
}

/** Where the template is to be, and where it is until now if that is elsewhere. */
function placesOf({
  plan,
  owners,
  formerOwners = [],
}: DecisionInput): readonly Omit<ApplicableRule, 'rule'>[] {
  const here = { file: plan.file, owners };
  return plan.movedFrom === undefined ? [here] : [here, { file: plan.movedFrom, owners: formerOwners }];
}

/** Whether the rule holds for a template at this path; a text where that cannot be decided, so that it does. */
function problemAt(
  { when }: ApprovalRule,
  template: string,
  input: DecisionInput,
  cost: Cost | undefined,
): boolean | string {
  if (when === undefined) return true;
  const compiled = compileCondition(when);
  if ('problem' in compiled) return compiled.problem;
  const { changes, stack, environment } = input.plan;
  const asked = { ...input, changes, stack, environment, template };
  return compiled.condition.evaluate(cost ? { ...asked, cost } : asked);
}

function sameOwners(some: readonly string[], others: readonly string[]): boolean {
  const known = (owners: readonly string[]) => [...new Set(owners.map((o) => o.toLowerCase()))].sort();
  return sameValue([...known(some)], [...known(others)]);
}

function outcomeOf(
  { rule, problem, owners, file }: ApplicableRule,
  approvers: readonly Person[],
  input: DecisionInput,
): RuleOutcome {
  const by = approvers.filter((person) => isOneOf(person, rule.from, owners)).map((person) => person.login);
  const missing = Math.max(0, rule.count - by.length);
  const asked = { ...input, owners, plan: { ...input.plan, file } };
  const missingTeams = onlyMissingTeams(rule.from, asked);
  const open =
    missing === 0
      ? {}
      : {
          wanted: describeMissing(rule, missing, asked),
          canGive: whoCanGive(rule, by, asked),
          ...(missingTeams.length > 0 ? { missingTeams } : {}),
        };
  return { rule, met: missing === 0, by, missing, ...open, ...(problem === undefined ? {} : { problem }) };
}

/** Tells whose yes counts, and of every other statement why not. */
function weigh(input: DecisionInput, rules: readonly ApplicableRule[]) {
  const approvers = new Map<string, Person>();
  const rejected: Rejected[] = [];
  const inOrder = inOrderOfTime(input.statements).filter((s) => s.override === undefined);
  for (const [index, statement] of inOrder.entries()) {
    if (statement.answer === 'no') continue;
    const person = personOf(statement, input);
    const reason = objection(
      statement,
      inOrder.slice(index + 1),
      noRight(statement, person, rules, input),
      input,
    );
    if (reason) rejected.push({ statement, kind: reason[0], reason: reason[1] });
    else if (person) approvers.set(person.login.toLowerCase(), person);
  }
  return { approvers: [...approvers.values()], rejected: worthSaying(rejected, new Set(approvers.keys())) };
}

function noRight(
  { login }: Statement,
  person: Person | undefined,
  rules: readonly ApplicableRule[],
  { plan, missingTeams }: DecisionInput,
): Reason | undefined {
  if (person && rules.some(({ rule, owners }) => isOneOf(person, rule.from, owners))) return undefined;
  const everyOwner = existing([...new Set(rules.flatMap(({ owners }) => owners))], missingTeams);
  const from = existing([...new Set(rules.flatMap(({ rule }) => rule.from))], missingTeams);
  const wanted = describePrincipals(from, everyOwner);
  return ['no-right', `@${login} is not among those who may approve ${plan.environment}: ${wanted}`];
}

function summarise(
  outcomes: readonly RuleOutcome[],
  blockedBy: readonly string[],
  overridden: readonly Overridden[],
): string {
  const parts: string[] = [];
  if (blockedBy.length > 0) parts.push(`blocked by ${joinWords(blockedBy, 'and')}`);
  const open = outcomes.flatMap((o) => o.wanted ?? []);
  if (open.length > 0) parts.push(`waiting for ${joinWords(open, 'and')}`);
  const by = [...new Set(outcomes.flatMap((o) => o.by))];
  if (open.length === 0)
    parts.unshift(
      `approved by ${joinWords(
        by.map((login) => `@${login}`),
        'and',
      )}`,
    );
  const text = joinWords(parts, 'and');
  const lifted = overridden.map(({ policy, by }) => `${policy} overridden by @${by}`);
  const end = lifted.length > 0 ? `, with ${joinWords(lifted, 'and')}` : '';
  return text.charAt(0).toUpperCase() + text.slice(1) + end;
}
