/**
 * Who is meant by `@user`, `@org/team`, `write` and `codeowners`: the grammar that settings share for approvals,
 * overrides and operators. GitHub's names do not tell upper from lower case, so neither does this.
 */
import type { Person } from './approval.ts';

/** Anyone with write permission. */
export const writePrincipal = 'write';

/** Who owns the template by the base branch's CODEOWNERS, and may write. */
const codeownersPrincipal = 'codeowners';

// GitHub: letters, digits and single hyphens, 39 characters; team slugs also have underscores, and so has the end of
// a login that an enterprise manages.
const principalPattern =
  /^(?:write|@[a-z\d](?:-?[a-z\d]){0,38}(?:_[a-z\d]{1,20}|\/[a-z\d_](?:[a-z\d_-]{0,99}))?)$/i;

export function isPrincipal(text: string): boolean {
  return principalPattern.test(text);
}

/** The same for who approves or overrides, which is about a template, and a template has owners. */
export function isApproverPrincipal(text: string): boolean {
  return isPrincipal(text) || isCodeowners(text);
}

export function isCodeowners(principal: string): boolean {
  return principal.toLowerCase() === codeownersPrincipal;
}

/** Whether it names one person, rather than a group of unknown size. */
export function isUserPrincipal(principal: string): boolean {
  return principal.startsWith('@') && !principal.includes('/');
}

export function sameLogin(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

export function hasWritePermission(person: Person): boolean {
  return person.permission === 'admin' || person.permission === 'maintain' || person.permission === 'write';
}

/** Whether the person is, or is a member of, any of `principals`; `owners` are who `codeowners` stands for. */
export function isOneOf(
  person: Person,
  principals: readonly string[],
  owners: readonly string[] = [],
): boolean {
  // No access at all is also what an account that was renamed or deleted has: its old name is nobody's, or soon
  // somebody else's.
  if (person.permission === 'none') return false;
  return principals.some((principal) => {
    if (principal.toLowerCase() === writePrincipal) return hasWritePermission(person);
    // GitHub gives nobody a file to own who may not write.
    if (isCodeowners(principal)) return hasWritePermission(person) && isOneOf(person, owners);
    if (isUserPrincipal(principal)) return sameLogin(`@${person.login}`, principal);
    return person.teams.some((team) => sameLogin(team, principal));
  });
}

/** Whether the person may command Slipway: `operators` of the settings; empty means anyone who may write. */
export function mayCommand(person: Person, operators: readonly string[]): boolean {
  return isOneOf(person, operators.length > 0 ? operators : [writePrincipal]);
}

/** `@acme/infra or @reviewer`, `people with write permission`, `the code owners (@acme/web)`. */
export function describePrincipals(principals: readonly string[], owners: readonly string[] = []): string {
  const words = principals.map((principal) => {
    if (principal.toLowerCase() === writePrincipal) return 'people with write permission';
    return isCodeowners(principal) ? `the code owners (${owners.join(', ') || 'nobody'})` : principal;
  });
  return joinWords(words, 'or');
}

/** `a`, `a and b`, `a, b and c`. */
export function joinWords(words: readonly string[], last: 'and' | 'or'): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}
