import { html } from 'hono/html';
import type { CheckRun, CommitStatus } from '../model/check.ts';
import type { rollup } from '../model/checks-on-commit.ts';
import { type IconName, icon } from './icons.ts';
import type { Html, MaybeHtml } from './site.ts';

/** How a check looks: its sign, the colour that goes with it, and the word for it. */
export interface CheckLook {
  readonly sign: IconName;
  readonly tone: 'good' | 'bad' | 'busy' | 'quiet' | 'attention';
  readonly word: string;
}

const conclusions: Readonly<Record<NonNullable<CheckRun['conclusion']>, CheckLook>> = {
  success: { sign: 'check', tone: 'good', word: 'Successful' },
  failure: { sign: 'cross', tone: 'bad', word: 'Failing' },
  timed_out: { sign: 'clock', tone: 'bad', word: 'Timed out' },
  action_required: { sign: 'warning', tone: 'attention', word: 'Action required' },
  cancelled: { sign: 'stop', tone: 'quiet', word: 'Cancelled' },
  neutral: { sign: 'neutral', tone: 'quiet', word: 'Neutral' },
  skipped: { sign: 'skip', tone: 'quiet', word: 'Skipped' },
};

/** The look of a check run. */
export function lookOf(run: CheckRun): CheckLook {
  if (run.status === 'queued') return { sign: 'dot', tone: 'busy', word: 'Queued' };
  if (run.status === 'in_progress') return { sign: 'ring', tone: 'busy', word: 'In progress' };
  return conclusions[run.conclusion ?? 'neutral'];
}

/** The look of a commit status. */
export function lookOfStatus({ state }: CommitStatus): CheckLook {
  if (state === 'pending') return { sign: 'dot', tone: 'busy', word: 'Pending' };
  return state === 'success' ? conclusions.success : conclusions.failure;
}

/** The sign of a look. */
export function mark(look: CheckLook): Html {
  return html`<span class="mark ${look.tone}" title="${look.word}">${icon(look.sign)}<span class="unseen">${look.word}</span></span>`;
}

/** All checks of a commit in one sign; nothing where there are none. */
export function rollupMark(state: ReturnType<typeof rollup>): MaybeHtml {
  if (state === 'none') return '';
  if (state === 'pending') return mark({ sign: 'dot', tone: 'busy', word: 'Some checks have not finished' });
  if (state === 'failing') return mark({ ...conclusions.failure, word: 'Some checks were not successful' });
  return mark({ ...conclusions.success, word: 'All checks have passed' });
}
