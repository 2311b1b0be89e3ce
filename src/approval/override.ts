/**
 * Overrides: an `overridable` policy's findings do not block a plan when somebody whom the settings name has said so,
 * with a reason. Bound to the plan's digest, as an approval is; it approves nothing.
 */
import { blocks, type Finding, mayBlock } from '../policy/finding.ts';
import type { Decision, Overridden, OverrideRule, Person, Rejected, Statement } from './approval.ts';
import type { DecisionInput } from './decide.ts';
import { existing, onlyMissingTeams } from './missing.ts';
import { describePrincipals, isOneOf } from './people.ts';
import { inOrderOfTime, objection, personOf, type Reason, worthSaying } from './statements.ts';

interface Weighed {
  readonly blockedBy: Decision['blockedBy'];
  readonly overridden: readonly Overridden[];
  readonly overridable: NonNullable<Decision['overridable']>;
  readonly rejected: readonly Rejected[];
}

/** Which policies block the plan after all that was overridden. */
export function weighOverrides(input: DecisionInput): Weighed {
  const open = input.findings.filter(mayBlock);
  const overridden = new Map<string, Overridden>();
  const rejected: Rejected[] = [];
  const inOrder = inOrderOfTime(input.statements);
  for (const [index, statement] of inOrder.entries()) {
    const { override, login } = statement;
    // What finds nothing any more needs no word about it.
    if (override === undefined || !open.some((f) => f.policy === override.policy)) continue;
    const reason = refuse(statement, override.policy, inOrder.slice(index + 1), open, input);
    if (reason) rejected.push({ statement, kind: reason[0], reason: reason[1] });
    else overridden.set(override.policy, { policy: override.policy, by: login, reason: override.reason });
  }
  const blockedBy = policiesOf(open.filter((f) => blocks(f) && !isLifted(f, [...overridden.values()])));
  return {
    blockedBy,
    overridden: [...overridden.values()],
    overridable: blockedBy.flatMap((policy) => {
      const from = whoMay(policy, input.overrides);
      if (from.length === 0 || isMandatory(policy, open)) return [];
      if (onlyMissingTeams(from, input).length > 0) return [];
      const owners = existing(input.owners, input.missingTeams);
      return [{ policy, by: describePrincipals(existing(from, input.missingTeams), owners) }];
    }),
    rejected: worthSaying(
      rejected.filter((r) => !overridden.has(r.statement.override?.policy ?? '')),
      new Set(),
    ),
  };
}

/** Whether the finding does not block because its policy was overridden. */
export function isLifted(finding: Finding, overridden: readonly Overridden[] = []): boolean {
  return finding.enforcement === 'overridable' && overridden.some((o) => o.policy === finding.policy);
}

function refuse(
  statement: Statement,
  policy: string,
  later: readonly Statement[],
  open: readonly Finding[],
  input: DecisionInput,
): Reason | undefined {
  if (isMandatory(policy, open)) {
    return ['mandatory', `@${statement.login} cannot override ${policy}: it is mandatory`];
  }
  return objection(statement, later, noRight(statement, policy, personOf(statement, input), input), input);
}

function noRight(
  { login }: Statement,
  policy: string,
  person: Person | undefined,
  { plan, overrides, owners, formerOwners }: DecisionInput,
): Reason | undefined {
  const from = whoMay(policy, overrides);
  // Who owns only one of the two paths of a template that is moved is not its owner yet, or will be none.
  const everyOwners = [owners, ...(plan.movedFrom === undefined ? [] : [formerOwners ?? []])];
  if (person && everyOwners.every((some) => isOneOf(person, from, some))) return undefined;
  if (from.length === 0) {
    return [
      'no-right',
      `@${login} cannot override ${policy}: the settings of ${plan.environment} let nobody`,
    ];
  }
  const who = describePrincipals(from, owners);
  return [
    'no-right',
    `@${login} is not among those who may override ${policy} in ${plan.environment}: ${who}`,
  ];
}

function whoMay(policy: string, overrides: readonly OverrideRule[]): readonly string[] {
  const rules = overrides.filter((rule) => rule.policies.includes(policy));
  return [...new Set(rules.flatMap((rule) => rule.from))];
}

function isMandatory(policy: string, open: readonly Finding[]): boolean {
  return open.some((f) => f.policy === policy && f.enforcement === 'mandatory');
}

function policiesOf(findings: readonly Finding[]): readonly string[] {
  return [...new Set(findings.map((f) => f.policy))].sort();
}
