import { prose } from './escape.ts';
import type { Review } from './review.ts';
import { count } from './words.ts';

/** What other settings would mean, as a list; empty where the pull request changes none. At most `max` lines. */
export function settingsSection({ settings = [] }: Review, max: number): string {
  if (settings.length === 0) return '';
  const hidden = settings.length - max;
  return [
    '**After this merge** (this pull request itself is judged by the settings of the base branch)',
    '',
    ...settings.slice(0, max).map((line) => `- ${prose(line, 500)}`),
    ...(hidden > 0 ? [`- … and ${count(hidden, 'more', 'more')}`] : []),
    '',
    'Who may merge this decides about the gate of what comes after it: Slipway asks for no approval here.',
  ].join('\n');
}
