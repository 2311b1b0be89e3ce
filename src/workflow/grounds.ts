import type { Decision, Statement } from '../approval/approval.ts';
import { sameLogin } from '../approval/people.ts';
import { inOrderOfTime } from '../approval/statements.ts';
import type { Grounds } from '../state/audit.ts';

/** On whose word a decision was yes: the latest statement of each who approved it, and what was overridden. */
export function groundsOf(
  decision: Decision | undefined,
  statements: readonly Statement[],
): Pick<Grounds, 'approvals' | 'overrides'> {
  if (!decision) return {};
  const { stack, environment, rules, overridden = [] } = decision;
  const yes = inOrderOfTime(statements).filter(
    (s) => s.answer === 'yes' && s.override === undefined && !s.edited && !s.dismissed,
  );
  const logins = [...new Set(rules.flatMap((rule) => rule.by))];
  const approvals = logins.flatMap((login) => {
    const said = yes.findLast(
      (s) =>
        sameLogin(s.login, login) &&
        (s.environment ?? environment) === environment &&
        Object.hasOwn(s.digests, stack),
    );
    return said ? [{ login, kind: said.kind, id: said.id, at: said.at }] : [];
  });
  return {
    ...(approvals.length > 0 ? { approvals } : {}),
    ...(overridden.length > 0 ? { overrides: overridden } : {}),
  };
}
