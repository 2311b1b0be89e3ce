import type { Diagnostic } from '../base/diagnostic.ts';
import { parseSettings } from '../settings/parse.ts';
import { defaultSettings, type Settings, settingsFile } from '../settings/settings.ts';
import type { PullRequest, Repository } from './repository.ts';

/**
 * The repository's settings, read from the pull request's base and never from its head: a pull request must not
 * loosen its own gate. Undefined settings when the file has errors: nothing is then planned or applied.
 */
export async function readSettings(
  repository: Repository,
  pullRequest: Pick<PullRequest, 'baseSha'>,
): Promise<{ settings?: Settings; diagnostics: readonly Diagnostic[] }> {
  const files = await repository.readFiles(pullRequest.baseSha, [settingsFile]);
  const text = files.get(settingsFile);
  return text === undefined
    ? { settings: defaultSettings, diagnostics: [] }
    : parseSettings(text, settingsFile);
}
