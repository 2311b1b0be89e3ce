import { type CodeOwners, codeownersFiles, readCodeOwners } from '../approval/codeowners.ts';
import { isCodeowners } from '../approval/people.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import { parseSettings } from '../settings/parse.ts';
import { defaultSettings, type Settings, settingsFile } from '../settings/settings.ts';
import type { PullRequestRecord } from '../state/pull-requests.ts';
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
  return settingsOf(await repository.readFiles(`refs/heads/${pullRequest.baseRef}`, ruleFiles));
}

/**
 * The settings by which what is shown of a pull request is judged; undefined where they have errors, unless it is that
 * which it mends.
 */
export async function settingsToJudge(
  repository: Repository,
  pullRequest: Pick<PullRequest, 'baseRef'>,
  record: Pick<PullRequestRecord, 'review'> | undefined,
): Promise<BaseSettings | undefined> {
  const { settings } = await readSettings(repository, pullRequest);
  return settings ?? (record?.review.settings?.gate ? withoutSettings : undefined);
}

/** Where the base branch says who decides about what. */
export const ruleFiles: readonly string[] = [settingsFile, ...codeownersFiles];

/** The settings, with who owns what. */
export interface BaseSettings extends Settings {
  readonly codeowners: CodeOwners;
}

/** Those by which it is judged what mends settings that cannot be read: who may write may approve that. */
export const withoutSettings: BaseSettings = { ...defaultSettings, codeowners: readCodeOwners(new Map()) };

export interface ReadSettings {
  readonly settings?: BaseSettings;
  readonly diagnostics: readonly Diagnostic[];
}

/** The settings that those of `ruleFiles` give which are there; the defaults where there is none. */
export function settingsOf(files: ReadonlyMap<string, string>): ReadSettings {
  const text = files.get(settingsFile);
  const { settings, diagnostics } =
    text === undefined ? { settings: defaultSettings, diagnostics: [] } : parseSettings(text, settingsFile);
  if (!settings) return { diagnostics };
  const codeowners = readCodeOwners(files);
  // What is wrong with a file that nothing here depends on is not for us to say.
  const problems = asksForOwners(settings) ? codeowners.problems : [];
  return { settings: { ...settings, codeowners }, diagnostics: [...diagnostics, ...problems] };
}

/**
 * Whether a file that the gate depends on is among the changed ones, under its name now or before: the settings, and
 * CODEOWNERS where the settings ask for owners.
 */
export function changesSettings(files: readonly ChangedFile[], settings: Settings | undefined): boolean {
  return changedRules(files, settings).length > 0;
}

/** Which files those are. */
export function changedRules(
  files: readonly ChangedFile[],
  settings: Settings | undefined,
): readonly string[] {
  const rules = settings && asksForOwners(settings) ? ruleFiles : [settingsFile];
  return pathsOf(files).filter((path) => rules.includes(path));
}

/** Every path that the files have, or had before they were renamed. */
export function pathsOf(files: readonly ChangedFile[]): readonly string[] {
  return [...new Set(files.flatMap((f) => [f.path, f.previousPath ?? []].flat()))];
}

/** Whether anybody is asked because CODEOWNERS names them. */
export function asksForOwners({ environments }: Settings): boolean {
  return environments.some((e) =>
    [...e.approvals, ...(e.overrides ?? [])].some((rule) => rule.from.some(isCodeowners)),
  );
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
  remedy: `Change ${settingsFile} in a pull request of its own, and merge that one first. So with CODEOWNERS, where the settings ask for code owners.`,
  where: { file: settingsFile, line: 1, column: 1 },
};
