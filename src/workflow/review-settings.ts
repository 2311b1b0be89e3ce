import type { Statement } from '../approval/approval.ts';
import type { SettingsChange } from '../approval/decide-settings.ts';
import type { SettingsReview } from '../review/review.ts';
import { decideSettingsChange, type Electorate } from './gate.ts';
import type { BaseSettings } from './read-settings.ts';

/**
 * What a pull request shows of the settings that it proposes.
 *
 * @param change what has to be approved of them, where that is anything
 * @param judges the settings of the base branch, by whose rules it is
 */
export function reviewSettings(
  { lines }: Pick<SettingsReview, 'lines'>,
  change: SettingsChange | undefined,
  judges: BaseSettings,
  statements: readonly Statement[],
  electors: Electorate | undefined,
): SettingsReview {
  if (!change || !electors) return { lines };
  return { lines, gate: { change, decision: decideSettingsChange(change, judges, statements, electors) } };
}
