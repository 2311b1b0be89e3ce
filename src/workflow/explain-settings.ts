import type { SettingsChange } from '../approval/decide-settings.ts';
import { canonicalJson, digestOf } from '../base/canonical-json.ts';
import { type Diagnostic, hasErrors } from '../base/diagnostic.ts';
import { diagnosticsOf } from '../base/error.ts';
import { type Settings, settingsFile } from '../settings/settings.ts';
import { compareOwners } from './compare-owners.ts';
import { compareSettings } from './compare-settings.ts';
import { checkNames, checkOverrides } from './judge.ts';
import { livingStacks } from './places.ts';
import {
  asksForOwners,
  type BaseSettings,
  changedRules,
  pathsOf,
  ruleFiles,
  settingsOf,
} from './read-settings.ts';
import type { ChangedFile, Repository } from './repository.ts';
import type { Workflow } from './workflow.ts';

/** What a pull request that changes the settings would make of them. It has no effect on its own gate. */
export interface ProposedSettings {
  /** A sentence each. */
  readonly lines: readonly string[];
  /** What is wrong with the file as it would be. */
  readonly diagnostics: readonly Diagnostic[];
  /** Nothing else is changed, and what is wrong on the base branch would be right. */
  readonly mends: boolean;
  /** What has to be approved; absent where they cannot be read, or mean the same as before. */
  readonly change?: SettingsChange;
}

/**
 * Reads the settings, and CODEOWNERS where they ask for owners, as the merge would make them, and says what that means;
 * undefined where the pull request does not change them.
 *
 * @param commit what the merge would make
 * @param before the base branch's settings; undefined where they have errors
 */
export async function explainSettings(
  { state, policies, scanners, clock }: Pick<Workflow, 'state' | 'policies' | 'scanners' | 'clock'>,
  repository: Repository,
  commit: string,
  files: readonly ChangedFile[],
  before: BaseSettings | undefined,
): Promise<ProposedSettings | undefined> {
  const changed = changedRules(files, before);
  if (changed.length === 0) {
    // CODEOWNERS that nobody asks for needs no approval. It is told, so that it is looked at again once they do.
    const isRule = before && pathsOf(files).some((path) => ruleFiles.includes(path));
    return isRule ? { lines: [unasked], diagnostics: [], mends: false } : undefined;
  }
  const { settings: after, diagnostics } = settingsOf(await repository.readFiles(commit, ruleFiles));
  if (!after || hasErrors(diagnostics)) return { lines: [], diagnostics, mends: false };
  const unknown = unknownNames({ policies, scanners }, after);
  if (unknown.length > 0) return { lines: [], diagnostics: [...diagnostics, ...unknown], mends: false };
  const change = changeOf(before, after, changed);
  if (!before) return { lines: [mended], diagnostics, mends: files.every(isOnlySettings), ...change };
  const alive = await livingStacks(state, repository.fullName);
  const today = clock.now().toISOString().slice(0, 10);
  const lines = [...compareSettings(before, after, alive, today), ...compareOwners(before, after, alive)];
  if (!canBeShown(lines)) return { lines, diagnostics: [...diagnostics, tooMuch], mends: false };
  return {
    lines: lines.length > 0 ? lines : ['Nothing changes in what they mean.'],
    diagnostics,
    mends: false,
    ...change,
  };
}

/** Nobody can approve what is not shown: each line, to its end. */
function canBeShown(lines: readonly string[]): boolean {
  return lines.length <= mostLines && lines.join('').length <= mostCharacters;
}

const mostLines = 50;
const mostCharacters = 10_000;

const tooMuch: Diagnostic = {
  severity: 'error',
  code: 'settings-too-large',
  summary: 'More of the settings changes than can be shown, and so approved, at once',
  remedy: 'Split this pull request.',
  where: { file: settingsFile, line: 1, column: 1 },
};

/** What the settings of a commit mean, as `SettingsChange` has it of what is proposed; undefined where they have errors. */
export async function settingsDigest(repository: Repository, commit: string): Promise<string | undefined> {
  const { settings } = settingsOf(await repository.readFiles(commit, ruleFiles));
  return settings && digestOfSettings(settings);
}

/** What settings mean. */
export function digestOfSettings(settings: BaseSettings): string {
  return digestOf(meaningOf(settings));
}

/** What an approval is bound to: all that the settings mean, before and after. */
function changeOf(
  before: BaseSettings | undefined,
  after: BaseSettings,
  files: readonly string[],
): Pick<ProposedSettings, 'change'> {
  const [was, is] = [before && meaningOf(before), meaningOf(after)];
  if (was !== undefined && canonicalJson(was) === canonicalJson(is)) return {};
  return { change: { digest: digestOf({ before: was ?? null, after: is }), after: digestOf(is), files } };
}

function meaningOf({ codeowners, ...settings }: BaseSettings): object {
  return asksForOwners(settings) ? { ...settings, codeowners: codeowners.lines } : settings;
}

/** Packs, policies and parameters that there are not: merged, they would stop every plan. */
function unknownNames(
  { policies, scanners }: Pick<Workflow, 'policies' | 'scanners'>,
  { policies: packs, environments }: Settings,
): readonly Diagnostic[] {
  let inForce: ReturnType<typeof policies>;
  try {
    inForce = policies();
  } catch (error) {
    return diagnosticsOf(error);
  }
  const found = environments.flatMap((environment) => {
    try {
      checkNames(inForce, { packs, environment }, scanners);
      checkOverrides(inForce, environment, scanners);
      return [];
    } catch (error) {
      return diagnosticsOf(error);
    }
  });
  // A pack is wrong for each environment alike.
  const once = new Map(
    found.map((d) => [d.summary, { ...d, where: { file: settingsFile, line: 1, column: 1 } }]),
  );
  return [...once.values()];
}

/** What was renamed to it was something else before, a template perhaps. */
function isOnlySettings({ path, previousPath }: ChangedFile): boolean {
  return path === settingsFile && previousPath === undefined;
}

const unasked = 'CODEOWNERS changes, for which no rule asks.';
const mended = 'The settings can be read again: until then nothing is planned or applied.';
