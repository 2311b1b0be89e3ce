import { sameValue } from '../base/canonical-json.ts';
import { type Cost, costOf, type Prices } from '../plan/cost.ts';
import { hasChanges, type Plan } from '../plan/plan.ts';
import type { Finding } from '../policy/finding.ts';
import { repositoryOf, ruleNameOf, stackId } from '../stack/stack-id.ts';
import {
  type ApprovalRule,
  type Decision,
  defaultRule,
  type OverrideRule,
  type Person,
  type Statement,
} from './approval.ts';
import { compileCondition } from './condition.ts';
import { type ApplicableRule, summarise, weighRules } from './outcomes.ts';
import { weighOverrides } from './override.ts';
import { isCodeowners } from './people.ts';

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
  const { outcomes, rejected } = weighRules(input, rules);
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
  const asked = { ...input, changes, environment, template, ...(cost ? { cost } : {}) };
  // A template that moved keeps the stack's first name. Who named it by either path is to be asked.
  const names = [ruleNameOf(stack), stackId(repositoryOf(stack), template, environment)];
  const answers = [...new Set(names)].map((name) => compiled.condition.evaluate({ ...asked, stack: name }));
  return answers.find((answer) => answer !== false) ?? false;
}

function sameOwners(some: readonly string[], others: readonly string[]): boolean {
  const known = (owners: readonly string[]) => [...new Set(owners.map((o) => o.toLowerCase()))].sort();
  return sameValue([...known(some)], [...known(others)]);
}
