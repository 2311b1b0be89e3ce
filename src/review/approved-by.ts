import type { Decision } from '../approval/approval.ts';

/** `Approved by @reviewer, with a overridden by @operator`; undefined where no approval was asked for, or is missing. */
export function approvedBy(decision: Decision | undefined): string | undefined {
  return decision?.allowed && decision.rules.length > 0 ? decision.summary : undefined;
}
