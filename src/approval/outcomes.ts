/** Which rules are met by what people said: whose yes counts, of every other why not, and the words for it. */
import type { ApprovalRule, Overridden, Person, Rejected, RuleOutcome, Statement } from './approval.ts';
import type { DecisionInput } from './decide.ts';
import { describeMissing, existing, onlyMissingTeams, whoCanGive } from './missing.ts';
import { describePrincipals, isOneOf, joinWords } from './people.ts';
import { inOrderOfTime, objection, personOf, type Reason, worthSaying } from './statements.ts';

/** A rule that has to be met. */
export interface ApplicableRule {
  readonly rule: ApprovalRule;
  /** Whom `codeowners` stands for, and of which file they are. */
  readonly owners: readonly string[];
  readonly file: string;
  readonly problem?: string;
}

/** What of a decision's input is asked here: what is approved, and who people are. */
export type Weighing = Pick<
  DecisionInput,
  'statements' | 'people' | 'members' | 'missingTeams' | 'author' | 'committers'
> & { readonly plan: Pick<DecisionInput['plan'], 'stack' | 'environment' | 'digest'> };

/** Tells of each rule whether it is met and what is missing, and of every yes that counts nowhere why not. */
export function weighRules(
  input: Weighing,
  rules: readonly ApplicableRule[],
): { readonly outcomes: readonly RuleOutcome[]; readonly rejected: readonly Rejected[] } {
  const { approvers, rejected } = weigh(input, rules);
  return { outcomes: rules.map((applicable) => outcomeOf(applicable, approvers, input)), rejected };
}

function outcomeOf(
  { rule, problem, owners, file }: ApplicableRule,
  approvers: readonly Person[],
  input: Weighing,
): RuleOutcome {
  const by = approvers.filter((person) => isOneOf(person, rule.from, owners)).map((person) => person.login);
  const missing = Math.max(0, rule.count - by.length);
  const asked = { ...input, owners, file };
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
function weigh(input: Weighing, rules: readonly ApplicableRule[]) {
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
  { plan, missingTeams }: Weighing,
): Reason | undefined {
  if (person && rules.some(({ rule, owners }) => isOneOf(person, rule.from, owners))) return undefined;
  const everyOwner = existing([...new Set(rules.flatMap(({ owners }) => owners))], missingTeams);
  const from = existing([...new Set(rules.flatMap(({ rule }) => rule.from))], missingTeams);
  const wanted = describePrincipals(from, everyOwner);
  return ['no-right', `@${login} is not among those who may approve ${plan.environment}: ${wanted}`];
}

/** One sentence: `Approved by @reviewer`, `Waiting for 1 of @acme/infra`. */
export function summarise(
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
