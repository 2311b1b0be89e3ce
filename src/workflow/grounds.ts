import type { Decision, Statement } from '../approval/approval.ts';
import { sameLogin } from '../approval/people.ts';
import type { Grounds } from '../state/audit.ts';

/** On whose word a decision was yes: the latest statement of each who approved it, and what was overridden. */
export function groundsOf(
  decision: Decision | undefined,
  statements: readonly Statement[],
): Pick<Grounds, 'approvals' | 'overrides'> {
  if (!decision) return {};
  const { stack, rules, overridden = [] } = decision;
  const logins = [...new Set(rules.flatMap((rule) => rule.by))];
  const approvals = logins.flatMap((login) => {
    const said = statements.findLast(
      (s) =>
        s.answer === 'yes' &&
        s.override === undefined &&
        sameLogin(s.login, login) &&
        Object.hasOwn(s.digests, stack),
    );
    return said ? [{ login, kind: said.kind, id: said.id, at: said.at }] : [];
  });
  return {
    ...(approvals.length > 0 ? { approvals } : {}),
    ...(overridden.length > 0 ? { overrides: overridden } : {}),
  };
}
