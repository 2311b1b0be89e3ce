import pLimit, { type LimitFunction } from 'p-limit';
import type { Workflow } from './workflow.ts';

/** Does the work when it is its turn in the account. */
export type AccountTurns = <T>(what: 'read' | 'apply', account: string, work: () => Promise<T>) => Promise<T>;

/**
 * Of how many stacks of one account this process asks the cloud at the same time, and how many it applies, whatever
 * asks for it: the account's rate limits are shared by all that is in it. Apart from one another, since a plan is
 * waited for by somebody, and an apply may take an hour. Whoever comes first is first.
 */
export function accountTurns(atOnce: number): AccountTurns {
  const limits = new Map<string, LimitFunction>();
  return async (what, account, work) => {
    const key = `${what} ${account}`;
    const limit = limits.get(key) ?? pLimit(atOnce);
    limits.set(key, limit);
    return limit(work);
  };
}

/** Work in a turn must not wait for another one: nobody might ever have it. */
export function inTurn<T>(
  { turns }: Pick<Workflow, 'turns'>,
  what: 'read' | 'apply',
  account: string,
  work: () => Promise<T>,
): Promise<T> {
  return turns ? turns(what, account, work) : work();
}
