/** What holds of everything that people say, approval or override: who never counts, and what it was said of. */
import {
  type Person,
  type Rejected,
  type RejectionKind,
  type Statement,
  settingsSubject,
} from './approval.ts';
import type { DecisionInput } from './decide.ts';
import type { Weighing } from './outcomes.ts';
import { sameLogin } from './people.ts';

export type Reason = readonly [RejectionKind, string];

/** ISO times sort as text; the id breaks a tie. */
export function inOrderOfTime(statements: readonly Statement[]): Statement[] {
  return [...statements].sort((a, b) => (a.at === b.at ? a.id - b.id : a.at < b.at ? -1 : 1));
}

export function personOf(
  { login }: Statement,
  { people }: Pick<DecisionInput, 'people'>,
): Person | undefined {
  return people.find((p) => sameLogin(p.login, login));
}

/**
 * The first reason why a yes does not count, from what its speaker can least change to what they can most. `noRight`
 * is whether the rules name them; `later` is what was said after it.
 */
export function objection(
  statement: Statement,
  later: readonly Statement[],
  noRight: Reason | undefined,
  { plan, author, committers }: Weighing,
): Reason | undefined {
  const who = `@${statement.login}`;
  const words = statement.override ? overrideWords(statement.override.policy) : approvalWords;
  const what = plan.stack === settingsSubject ? settingsWords : planWords;
  // Of this environment it says nothing, whoever said it.
  if (statement.environment !== undefined && statement.environment !== plan.environment) {
    return ['other-environment', `${who} approved ${statement.environment}, and this is ${plan.environment}`];
  }
  if (statement.isBot) return ['bot', `${who} is a bot, and only people ${words.people}`];
  if (sameLogin(statement.login, author)) {
    return ['author', `${who} opened the pull request, and somebody else has to ${words.do}`];
  }
  if (committers.some((login) => sameLogin(login, statement.login))) {
    return ['committer', `${who} has commits in the pull request, and somebody else has to ${words.do}`];
  }
  if (noRight) return noRight;
  if (statement.edited) return ['edited', `${who} edited the comment after writing it; a new comment counts`];
  if (statement.dismissed) return ['dismissed', `the review of ${who} was dismissed`];
  if (takenBack(statement, later)) return ['withdrawn', `${who} requested changes after ${words.doing}`];
  if (!Object.hasOwn(statement.digests, plan.stack)) {
    return ['other-plan', `${who} ${words.did} before ${what.shown}`];
  }
  if (statement.digests[plan.stack] !== plan.digest) {
    return ['other-plan', `${who} ${words.didTo} ${what.changed}`];
  }
  return undefined;
}

const planWords = { shown: 'this plan was shown', changed: 'a plan that has changed since' };
const settingsWords = { shown: 'these settings were shown', changed: 'settings that have changed since' };

const approvalWords = {
  people: 'approve',
  do: 'approve it',
  doing: 'approving',
  did: 'approved',
  didTo: 'approved',
};

function overrideWords(policy: string): typeof approvalWords {
  return {
    people: 'override',
    do: `override ${policy}`,
    doing: `overriding ${policy}`,
    did: `overrode ${policy}`,
    didTo: `overrode ${policy} for`,
  };
}

function takenBack(statement: Statement, later: readonly Statement[]): boolean {
  return later.some((l) => l.answer === 'no' && !l.dismissed && sameLogin(l.login, statement.login));
}

/** Nothing about people whose yes counts after all (`counted`, in lower case), and of the same reason the latest. */
export function worthSaying(rejected: readonly Rejected[], counted: ReadonlySet<string>): Rejected[] {
  const latest = new Map<string, Rejected>();
  for (const r of rejected) {
    const login = r.statement.login.toLowerCase();
    if (!counted.has(login)) latest.set(`${login} ${r.kind}`, r);
  }
  return [...latest.values()];
}
