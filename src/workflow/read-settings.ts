import type { Diagnostic } from '../base/diagnostic.ts';
import { parseSettings } from '../settings/parse.ts';
import { defaultSettings, type Settings, settingsFile } from '../settings/settings.ts';
import type { ChangedFile, PullRequest, Repository } from './repository.ts';

/**
 * The repository's settings, read from the base branch as it is now and never from the pull request's head: a pull
 * request must not loosen its own gate. Undefined settings when the file has errors: nothing is then planned or
 * applied.
 */
export async function readSettings(
  repository: Repository,
  pullRequest: Pick<PullRequest, 'baseRef'>,
): Promise<ReadSettings> {
  const files = await repository.readFiles(`refs/heads/${pullRequest.baseRef}`, [settingsFile]);
  return settingsOf(files.get(settingsFile));
}

export interface ReadSettings {
  readonly settings?: Settings;
  readonly diagnostics: readonly Diagnostic[];
}

/** The settings that the file's text gives; the defaults where there is none. */
export function settingsOf(text: string | undefined): ReadSettings {
  return text === undefined
    ? { settings: defaultSettings, diagnostics: [] }
    : parseSettings(text, settingsFile);
}

/** Whether the settings file is among the changed ones, under its name now or before. */
export function changesSettings(files: readonly ChangedFile[]): boolean {
  return files.some((file) => file.path === settingsFile || file.previousPath === settingsFile);
}

/**
 * After a merge the base branch holds what the pull request wrote, and which settings stood there just before cannot
 * be told for certain (GitHub's `base.sha` stays behind, and a rebase looks like a squash). So one pull request
 * changes the rules or what they are for, and never both.
 */
export const settingsWithTemplates: Diagnostic = {
  severity: 'error',
  code: 'settings-mixed',
  summary: 'This pull request changes the settings and templates at once',
  detail: 'Its templates would be planned under other rules than those that hold once it is merged.',
  remedy: `Change ${settingsFile} in a pull request of its own, and merge that one first.`,
  where: { file: settingsFile, line: 1, column: 1 },
};
