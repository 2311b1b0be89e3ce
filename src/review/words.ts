/**
 * The words and symbols for every state and action, once: comment, checks, issue, terminal and page all take them
 * from here, so that they say the same.
 */
import type { Action } from '../plan/plan.ts';
import type { Severity } from '../policy/finding.ts';

export interface ActionWords {
  /** Before a number in `+3 ~1 ±0 -1`. */
  readonly symbol: string;
  /** In front of a line of a plan, three characters wide. */
  readonly mark: string;
  /** `create` */
  readonly verb: string;
  /** `creating` */
  readonly doing: string;
  /** `created` */
  readonly done: string;
}

export const actionWords: Readonly<Record<Action, ActionWords>> = {
  delete: { symbol: '-', mark: '-  ', verb: 'delete', doing: 'deleting', done: 'deleted' },
  replace: { symbol: '±', mark: '-/+', verb: 'replace', doing: 'replacing', done: 'replaced' },
  update: { symbol: '~', mark: '~  ', verb: 'update', doing: 'updating', done: 'updated' },
  create: { symbol: '+', mark: '+  ', verb: 'create', doing: 'creating', done: 'created' },
  import: { symbol: '»', mark: '»  ', verb: 'import', doing: 'importing', done: 'imported' },
  forget: { symbol: '×', mark: '×  ', verb: 'forget', doing: 'forgetting', done: 'forgotten' },
  none: { symbol: '=', mark: '=  ', verb: 'keep', doing: 'keeping', done: 'unchanged' },
};

/** Where a stack of a pull request stands. */
export type State =
  | 'failed'
  | 'cancelled'
  | 'invalid'
  | 'foreign'
  | 'blocked'
  | 'stale'
  | 'applying'
  | 'waiting'
  | 'approved'
  | 'deferred'
  | 'rolled-back'
  | 'held'
  | 'settled'
  | 'applied'
  | 'unchanged';

export interface StateWords {
  readonly symbol: string;
  /** Two or three words, to begin a headline or stand in a table. */
  readonly label: string;
}

/** In the order of what needs a person first: the first state that any stack is in is the pull request's verdict. */
export const stateWords: Readonly<Record<State, StateWords>> = {
  failed: { symbol: '❌', label: 'Apply failed' },
  cancelled: { symbol: '⏹️', label: 'Apply cancelled' },
  invalid: { symbol: '❌', label: 'Cannot be planned' },
  foreign: { symbol: '✋', label: 'Waiting for an operator' },
  blocked: { symbol: '⛔', label: 'Blocked by policy' },
  stale: { symbol: '🟠', label: 'Out of date' },
  applying: { symbol: '🔵', label: 'Applying' },
  waiting: { symbol: '🟡', label: 'Waiting for approval' },
  approved: { symbol: '🟢', label: 'Approved' },
  deferred: { symbol: '⏭️', label: 'Approved after the merge' },
  'rolled-back': { symbol: '↩️', label: 'Rolled back' },
  held: { symbol: '⏸️', label: 'On hold' },
  settled: { symbol: '☑️', label: 'Settled' },
  applied: { symbol: '✅', label: 'Applied' },
  unchanged: { symbol: '⚪', label: 'Nothing to change' },
};

export const states = Object.keys(stateWords) as readonly State[];

/** Where one resource stands while a plan is applied. */
export type StepState = 'waiting' | 'running' | 'done' | 'failed' | 'skipped';

export const stepWords: Readonly<Record<StepState, StateWords>> = {
  failed: { symbol: '❌', label: 'failed' },
  running: { symbol: '🔵', label: 'running' },
  waiting: { symbol: '⚪', label: 'waiting' },
  skipped: { symbol: '⏸️', label: 'not started' },
  done: { symbol: '✅', label: 'done' },
};

export const severitySymbols: Readonly<Record<Severity, string>> = {
  critical: '🔴',
  high: '🟠',
  medium: '🟡',
  low: '⚪',
};

/** What stands in place of a value that cannot or may not be shown. */
export const valueWords = {
  unknown: '(known after apply)',
  secret: '(secret)',
  secretChanged: '(secret, changed)',
  forcesReplacement: 'forces replacement',
} as const;

/** `1 resource`, `2 resources` */
export function count(n: number, singular: string, plural = `${singular}s`): string {
  return `${formatNumber(n)} ${n === 1 ? singular : plural}`;
}

/** `12,345` */
export function formatNumber(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `0.4 s`, `12 s`, `3 min 5 s` */
export function formatDuration(ms: number): string {
  if (ms < 10_000) return `${(Math.round(ms / 100) / 10).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
