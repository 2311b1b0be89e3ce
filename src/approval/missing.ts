/** What an approval rule still lacks, and who could give it. */
import type { ApprovalRule } from './approval.ts';
import type { DecisionInput } from './decide.ts';
import { describePrincipals, isCodeowners, isUserPrincipal, sameLogin, writePrincipal } from './people.ts';

/** `1 of @acme/infra`, `2 people with write permission`. */
export function describeMissing(
  rule: ApprovalRule,
  missing: number,
  { owners, plan }: Pick<DecisionInput, 'owners' | 'plan'>,
): string {
  const from = withOwners(rule, owners);
  if (from.length === 0) return `${missing} of the owners of ${plan.file}, for whom CODEOWNERS names nobody`;
  if (from.every((p) => p.toLowerCase() === writePrincipal)) {
    return `${missing} ${missing === 1 ? 'person' : 'people'} with write permission`;
  }
  const [only] = from;
  if (from.length === 1 && missing === 1 && only !== undefined && isUserPrincipal(only)) return only;
  return `${missing} of ${describePrincipals(rule.from, owners)}`;
}

/** People where they are known, and else the groups of them. */
export function whoCanGive(
  rule: ApprovalRule,
  by: readonly string[],
  { owners, members, author, committers }: DecisionInput,
): readonly string[] {
  const never = [author, ...committers, ...by];
  const mayStill = (login: string) => !never.some((other) => sameLogin(other, login));
  const all = withOwners(rule, owners).flatMap((principal) => {
    if (isUserPrincipal(principal)) return mayStill(principal.slice(1)) ? [principal] : [];
    const known = Object.entries(members).find(([team]) => sameLogin(team, principal))?.[1];
    return known ? known.filter(mayStill).map((login) => `@${login}`) : [principal];
  });
  const unique = new Map(all.map((one) => [one.toLowerCase(), one]));
  return [...unique.values()];
}

/** Whether `canGive` says that there are not enough people left: all are known by name, and too few. */
export function cannotBeMet({
  missing,
  canGive,
}: {
  readonly missing: number;
  readonly canGive?: readonly string[];
}): boolean {
  return canGive?.every(isUserPrincipal) === true && canGive.length < missing;
}

function withOwners({ from }: ApprovalRule, owners: readonly string[]): readonly string[] {
  return from.flatMap((principal) => (isCodeowners(principal) ? owners : [principal]));
}
