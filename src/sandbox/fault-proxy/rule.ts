import type { Call } from './call.ts';
import type { FaultSettings } from './faults/index.ts';
import type { Random } from './random.ts';

/** Which calls a rule is about. */
export interface Match {
  /** One action or several. A trailing `*` stands for any ending: `Describe*`, or `*` for every action. */
  readonly action: string | readonly string[];
  /** `ec2`, `iam`; any when left out. */
  readonly service?: string;
  /** From the how-manieth such call on, counted from 1. */
  readonly nth?: number;
  /** For how many of them: by default one when `nth` is given, and else all. */
  readonly times?: number;
  /** With which probability each of them, from 0 to 1. */
  readonly chance?: number;
}

/** What shall happen to which calls. Data, so that a failing test can print it. */
export interface Rule {
  readonly match: Match;
  readonly fault: FaultSettings;
}

/** Counts the calls that a match is about and says of each whether it is hit. */
export function matcher(match: Match, random: Random): (call: Call) => boolean {
  const actions = typeof match.action === 'string' ? [match.action] : match.action;
  const first = match.nth ?? 1;
  let seen = 0;
  let left = match.times ?? (match.nth === undefined ? Number.POSITIVE_INFINITY : 1);
  return (call) => {
    if (match.service !== undefined && match.service !== call.service) return false;
    if (!actions.some((action) => actionMatches(action, call.action))) return false;
    seen += 1;
    if (seen < first || left <= 0) return false;
    if (match.chance !== undefined && random() >= match.chance) return false;
    left -= 1;
    return true;
  };
}

export function actionMatches(pattern: string, action: string): boolean {
  return pattern.endsWith('*') ? action.startsWith(pattern.slice(0, -1)) : action === pattern;
}
