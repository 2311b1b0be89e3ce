/** What a pull request that changes the settings, or CODEOWNERS, shows of that. */
import { prose } from './escape.ts';
import { type Review, settingsState } from './review.ts';
import { count, stateWords } from './words.ts';

/** What other settings would mean, as a list; empty where the pull request changes none. At most `max` lines. */
export function settingsSection({ settings, merged }: Review, max: number): string {
  const { lines, gate } = settings ?? { lines: [] };
  if (lines.length === 0) return '';
  const hidden = lines.length - max;
  return [
    merged
      ? '**Since this merge**'
      : '**After this merge** (this pull request itself is judged by the settings of the base branch)',
    '',
    ...lines.slice(0, max).map((line) => `- ${prose(line, longestLine)}`),
    ...(hidden > 0 ? [`- … and ${count(hidden, 'more', 'more')}`] : []),
    ...(gate ? ['', byWhichRules] : []),
  ].join('\n');
}

/** Longer than whatever is put to a vote. */
const longestLine = 10_000;

const byWhichRules =
  'Settings decide about the gate of what comes after them. So they have to be approved by all rules that any environment has today, whatever the conditions of these rules.';

/** What a check says that has nothing to ask: that there is no template, and why there is something else. */
export function withoutTemplates({ settings, merged, diagnostics }: Review): string {
  if (settings) return merged ? 'The settings have changed' : 'The settings change';
  return diagnostics[0]?.summary ?? 'No template is touched';
}

/** How the pull request stands, where settings are all that it changes. Plain text. */
export function settingsHeadline(review: Review): string {
  const state = settingsState(review);
  if (state === undefined) return withoutTemplates(review);
  if (review.merged && state === 'waiting') return 'The settings were merged before they were approved';
  return `${stateWords[state].label}: ${review.merged ? 'the settings have changed' : 'the settings change'}`;
}

/** What a person can do now about the settings, as Markdown. `missing` says whose approval there is not. */
export function settingsNextStep(review: Review, missing: string): string | undefined {
  switch (settingsState(review)) {
    case 'waiting':
      return review.merged
        ? `They hold already, because Slipway reads them from the base branch. Revert the merge if they are not what was wanted; an approval was missing by ${missing}.`
        : `An approval by ${missing}: the comment \`approve\`, or a review. Then merge, and the settings hold.`;
    case 'approved':
      return 'Merge it, and the settings hold.';
    default:
      return undefined;
  }
}
