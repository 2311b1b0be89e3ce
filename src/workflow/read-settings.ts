import type { Diagnostic } from '../base/diagnostic.ts';
import { parseSettings } from '../settings/parse.ts';
import { defaultSettings, type Settings, settingsFile } from '../settings/settings.ts';
import type { PullRequest, Repository } from './repository.ts';

/**
 * The repository's settings, read from the base branch as it is now and never from the pull request's head: a pull
 * request must not loosen its own gate. Undefined settings when the file has errors: nothing is then planned or
 * applied.
 */
export async function readSettings(
  repository: Repository,
  pullRequest: Pick<PullRequest, 'number' | 'merged' | 'baseRef' | 'baseSha'>,
): Promise<{ settings?: Settings; diagnostics: readonly Diagnostic[] }> {
  // GitHub's `base.sha` stays behind when the branch moves on, so it is asked only where the branch cannot be:
  // after a merge, when the branch holds what the pull request itself wrote.
  const revision = (await wroteSettings(repository, pullRequest))
    ? pullRequest.baseSha
    : `refs/heads/${pullRequest.baseRef}`;
  const files = await repository.readFiles(revision, [settingsFile]);
  const text = files.get(settingsFile);
  return text === undefined
    ? { settings: defaultSettings, diagnostics: [] }
    : parseSettings(text, settingsFile);
}

async function wroteSettings(
  repository: Repository,
  { number, merged }: Pick<PullRequest, 'number' | 'merged'>,
): Promise<boolean> {
  if (!merged) return false;
  const files = await repository.changedFiles(number);
  return files.some((file) => file.path === settingsFile || file.previousPath === settingsFile);
}
