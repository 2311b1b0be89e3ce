/** What an approval rule still lacks, and who could give it. */
import type { ApprovalRule } from './approval.ts';
import type { DecisionInput } from './decide.ts';
import { describePrincipals, isCodeowners, isUserPrincipal, sameLogin, writePrincipal } from './people.ts';

/** `1 of @acme/infra`, `2 people with write permission`. */
export function describeMissing(
  rule: ApprovalRule,
  missing: number,
  {
    owners: everyOwner,
    file,
    missingTeams,
  }: Pick<DecisionInput, 'owners' | 'missingTeams'> & { readonly file: string },
): string {
  const owners = existing(everyOwner, missingTeams);
  const named = existing(rule.from, missingTeams);
  const from = withOwners(named, owners);
  if (from.length === 0) return `${missing} of the owners of ${file}, for whom CODEOWNERS names nobody`;
  if (from.every((p) => p.toLowerCase() === writePrincipal)) {
    return `${missing} ${missing === 1 ? 'person' : 'people'} with write permission`;
  }
  const [only] = from;
  if (from.length === 1 && missing === 1 && only !== undefined && isUserPrincipal(only)) return only;
  return `${missing} of ${describePrincipals(named, owners)}`;
}

/** Without teams that do not exist; all of them where nothing would be left to name. */
export function existing(
  principals: readonly string[],
  missingTeams: readonly string[] = [],
): readonly string[] {
  const left = principals.filter((p) => !missingTeams.some((team) => sameLogin(team, p)));
  return left.length > 0 ? left : principals;
}

/** Where all who are named are teams that do not exist: those. Else none. */
export function onlyMissingTeams(
  from: readonly string[],
  { owners, missingTeams = [] }: Pick<DecisionInput, 'owners' | 'missingTeams'>,
): readonly string[] {
  const all = [...new Set(withOwners(from, owners))];
  return all.every((p) => missingTeams.some((team) => sameLogin(team, p))) ? all : [];
}

/** People where they are known, and else the groups of them. */
export function whoCanGive(
  rule: ApprovalRule,
  by: readonly string[],
  {
    owners,
    members,
    author,
    committers,
  }: Pick<DecisionInput, 'owners' | 'members' | 'author' | 'committers'>,
): readonly string[] {
  const never = [author, ...committers, ...by];
  const mayStill = (login: string) => !never.some((other) => sameLogin(other, login));
  const all = withOwners(rule.from, owners).flatMap((principal) => {
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

function withOwners(from: readonly string[], owners: readonly string[]): readonly string[] {
  return from.flatMap((principal) => (isCodeowners(principal) ? owners : [principal]));
}
