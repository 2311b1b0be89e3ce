import { joinWords } from '../approval/people.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import { isTemplatePath } from '../settings/paths.ts';
import type { Places } from './places.ts';
import { pathsOf, type ReadSettings, ruleFiles, settingsOf } from './read-settings.ts';
import type { ChangedFile, PullRequest, Repository, TrialMerge } from './repository.ts';
import { refuseTooManyFiles } from './too-many-files.ts';
import type { Workflow } from './workflow.ts';

export interface Proposal extends ReadSettings {
  /** The commit to plan: what the merge would make, so that what others merged meanwhile is not planned away. */
  readonly commit: string;
  /** It conflicts with the base branch, so its own newest commit is all that there is to plan. */
  readonly conflicts: boolean;
  /** That commit, where it merges both as they are now. */
  readonly trial?: TrialMerge;
  /** Of the files with the rules, those that the merge would change. */
  readonly changed: readonly string[];
}

/** GitHub takes a second or two for its trial merge after a push. */
const pauseMs = 700;
const tries = 5;

/** Reads the settings of the base branch and waits until it is known what merging the pull request would make. */
export async function readProposal(
  { clock }: Pick<Workflow, 'clock'>,
  repository: Repository,
  pullRequest: PullRequest,
): Promise<Proposal> {
  let base = await repository.readBase(pullRequest, ruleFiles);
  for (let i = 1; i < tries && base.merge.kind === 'computing'; i++) {
    await clock.sleep(pauseMs);
    base = await repository.readBase(pullRequest, ruleFiles);
  }
  const { files, merge } = base;
  const read = settingsOf(files);
  const isTried = merge.kind === 'commit';
  const stale = isTried && merge.rebased.length > 0;
  const unlisted = stale ? await repository.changedRepeatedly(pullRequest.number, merge.rebased) : [];
  return {
    ...read,
    ...(unlisted.length > 0 ? { diagnostics: [...read.diagnostics, rebasedRules(unlisted)] } : {}),
    changed: isTried ? merge.changed : [],
    // Where GitHub is too slow the head has to do: the merge plans again in any case.
    commit: isTried ? merge.sha : pullRequest.headSha,
    conflicts: merge.kind === 'conflict',
    ...(isTried ? { trial: { sha: merge.sha, base: merge.base } } : {}),
  };
}

/** Each commit is merged for itself then, and what they come to one after the other nobody has tried. */
function rebasedRules(paths: readonly string[]): Diagnostic {
  return {
    severity: 'error',
    code: 'settings-unlisted',
    summary: `Several commits of this branch change ${joinWords(paths, 'and')}, of which the base branch has another version by now`,
    detail: 'Merged by a rebase, they may come to other rules than the merge that is tried and shown here.',
    remedy: 'Update the branch, or squash its commits on top of the base branch; or turn rebase merging off.',
    where: { file: paths[0]!, line: 1, column: 1 },
  };
}

/** Of more files than these, GitHub's list of a pull request takes more calls than that of a commit. */
const fewFiles = 100;

/** And of more than these, that of a commit takes more than to compare two trees. */
const manyFiles = 300;

/** What the pull request changes, in as few calls as there can be. Throws `github-too-large`. */
export async function filesOf(
  repository: Repository,
  { number, fileCount }: Pick<PullRequest, 'number' | 'fileCount'>,
  proposal: Promise<Pick<Proposal, 'trial' | 'settings' | 'changed'>>,
  places: Places,
): Promise<readonly ChangedFile[]> {
  // Its merge would be refused, whatever the list of its trial merge says.
  refuseTooManyFiles(fileCount);
  // The list is of what the branch has done since it began; what merging it changes can be more.
  const [files, { changed }] = await Promise.all([
    fileCount <= fewFiles ? repository.changedFiles(number) : listOfMany(),
    proposal,
  ]);
  const known = pathsOf(files);
  const unlisted = changed.filter((path) => !known.includes(path));
  return [...files, ...unlisted.map((path): ChangedFile => ({ path, status: 'modified' }))];

  async function listOfMany(): Promise<readonly ChangedFile[]> {
    const { trial, settings } = await proposal;
    if (fileCount <= manyFiles || !settings) return repository.changedFiles(number, trial);
    const mayMove = (path: string) => isTemplatePath(settings, path) || places.knows(path);
    return repository.changedFiles(number, trial, mayMove);
  }
}
