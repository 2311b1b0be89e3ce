/**
 * Who is meant by `@user`, `@org/team` and `write`: the grammar that settings share for approvals and operators.
 * GitHub's names do not tell upper from lower case, so neither does this.
 */
import type { Person } from './approval.ts';

// GitHub: letters, digits and single hyphens, 39 characters; team slugs also have underscores.
const principalPattern = /^(?:write|@[a-z\d](?:-?[a-z\d]){0,38}(?:\/[a-z\d_](?:[a-z\d_-]{0,99}))?)$/i;

export function isPrincipal(text: string): boolean {
  return principalPattern.test(text);
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

/** Whether the person is, or is a member of, any of `principals`. */
export function isOneOf(person: Person, principals: readonly string[]): boolean {
  // No access at all is also what an account that was renamed or deleted has: its old name is nobody's, or soon
  // somebody else's.
  if (person.permission === 'none') return false;
  return principals.some((principal) => {
    if (principal.toLowerCase() === 'write') return hasWritePermission(person);
    if (isUserPrincipal(principal)) return sameLogin(`@${person.login}`, principal);
    return person.teams.some((team) => sameLogin(team, principal));
  });
}

/** Whether the person may command Slipway: `operators` of the settings; empty means anyone who may write. */
export function mayCommand(person: Person, operators: readonly string[]): boolean {
  return isOneOf(person, operators.length > 0 ? operators : ['write']);
}

/** `@acme/infra or @reviewer`, `people with write permission`. */
export function describePrincipals(principals: readonly string[]): string {
  return joinWords(
    principals.map((p) => (p.toLowerCase() === 'write' ? 'people with write permission' : p)),
    'or',
  );
}

/** `a`, `a and b`, `a, b and c`. */
export function joinWords(words: readonly string[], last: 'and' | 'or'): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}
