/** What a schema cannot say of the environments: names that must exist, circles, accounts that must agree. */
import { compileCondition } from '../approval/condition.ts';
import { isUserPrincipal } from '../approval/people.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { SourceRange } from '../base/source.ts';
import { nearest } from '../base/suggest.ts';
import type { Positions } from './positions.ts';
import type { Environment } from './settings.ts';

/** @param priced whether the settings have prices */
export function checkEnvironments(
  environments: readonly Environment[],
  priced: boolean,
  positions: Positions,
): Diagnostic[] {
  if (environments.length === 0) {
    const remedy = 'Name one, or leave the key out to get one called default';
    return [
      problem('settings-invalid', 'There is no environment', positions.value(['environments']), remedy),
    ];
  }
  const names = environments.map((e) => e.name);
  const found = environments.flatMap((environment) => {
    const at = (...path: (string | number)[]) => positions.value(['environments', environment.name, ...path]);
    return [
      ...checkAfter(environment, names, at),
      ...checkRole(environment, at),
      ...environment.approvals.flatMap((_, index) => checkRule(environment, index, priced, at)),
    ];
  });
  return [...found, ...checkCircles(environments, positions)];
}

type At = (...path: (string | number)[]) => SourceRange;

function checkAfter({ name, after }: Environment, names: readonly string[], at: At): Diagnostic[] {
  return after.flatMap((other, index) => {
    if (names.includes(other)) return [];
    const suggestion = nearest(
      other,
      names.filter((n) => n !== name),
    );
    const remedy = suggestion ? `Did you mean ${suggestion}?` : `The environments are ${names.join(', ')}`;
    const summary = `${name} comes after ${other}, and there is no such environment`;
    return [problem('settings-environment', summary, at('after', index), remedy)];
  });
}

function checkRole(
  { name, account, role, credentials, 'external-id': externalId }: Environment,
  at: At,
): Diagnostic[] {
  if (externalId !== undefined && role === undefined) {
    const summary = `${name} has an external id and no role that would ask for it`;
    return [problem('settings-invalid', summary, at('external-id'), 'Name the role, or take it out')];
  }
  if (role !== undefined && credentials !== undefined) {
    const summary = `${name} has both a role and credentials from Vault`;
    return [problem('settings-invalid', summary, at('credentials'), 'Take one of them out')];
  }
  const inRole = role?.split(':')[4];
  if (account === undefined || inRole === undefined || inRole === account) return [];
  const summary = `The role of ${name} is in account ${inRole}, and the environment in ${account}`;
  return [problem('settings-invalid', summary, at('role'), 'Give both the same account')];
}

function checkRule({ name, approvals }: Environment, index: number, priced: boolean, at: At): Diagnostic[] {
  const rule = approvals[index];
  if (!rule) return [];
  const found: Diagnostic[] = [];
  const people = new Set(rule.from.map((p) => p.toLowerCase())).size;
  if (rule.from.every(isUserPrincipal) && rule.count > people) {
    const summary = `${name} asks for ${rule.count} approvals from ${people === 1 ? 'one person' : `${people} people`}`;
    const remedy = `Name more people, or lower count to ${people}`;
    found.push(problem('settings-invalid', summary, at('approvals', index, 'count'), remedy));
  }
  const compiled = rule.when === undefined ? undefined : compileCondition(rule.when);
  if (compiled && 'problem' in compiled) {
    const summary = `The condition of an approval rule of ${name} cannot be used: ${compiled.problem}`;
    found.push(problem('settings-invalid', summary, at('approvals', index, 'when')));
  } else if (compiled?.condition.asksCost && !priced) {
    const summary = `The condition of an approval rule of ${name} asks what the plan costs, and there are no prices`;
    const remedy = 'Say under prices what resources cost a month';
    found.push(problem('settings-invalid', summary, at('approvals', index, 'when'), remedy));
  }
  return found;
}

/** One diagnostic for each circle, at the `after` of its first member. */
function checkCircles(environments: readonly Environment[], positions: Positions): Diagnostic[] {
  const byName = new Map(environments.map((e) => [e.name, e]));
  const settled = new Set<string>();
  const found: Diagnostic[] = [];
  const visit = (name: string, trail: readonly string[]): void => {
    const start = trail.indexOf(name);
    if (start >= 0) {
      const circle = [...trail.slice(start), name].join(' after ');
      const where = positions.value(['environments', trail[start] ?? name, 'after']);
      const summary = `Environments wait for one another: ${circle}`;
      found.push(problem('settings-environment', summary, where, 'Take one of them out of after'));
      return;
    }
    if (settled.has(name)) return;
    for (const other of byName.get(name)?.after ?? []) visit(other, [...trail, name]);
    settled.add(name);
  };
  for (const { name } of environments) visit(name, []);
  return found;
}

/** Sorted so that whatever is in `after` comes before; otherwise as written. */
export function inApplyOrder(environments: readonly Environment[]): readonly Environment[] {
  const byName = new Map(environments.map((e) => [e.name, e]));
  const ordered = new Map<string, Environment>();
  const visit = (environment: Environment): void => {
    if (ordered.has(environment.name)) return;
    for (const name of environment.after) {
      const other = byName.get(name);
      if (other) visit(other);
    }
    ordered.set(environment.name, environment);
  };
  environments.forEach(visit);
  return [...ordered.values()];
}

function problem(
  code: 'settings-invalid' | 'settings-environment',
  summary: string,
  where: SourceRange,
  remedy?: string,
): Diagnostic {
  return { severity: 'error', code, summary, where, ...(remedy ? { remedy } : {}) };
}
