import { isTemplatePath } from '../settings/paths.ts';
import type { Places } from './places.ts';
import { type ReadSettings, ruleFiles, settingsOf } from './read-settings.ts';
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
  return {
    ...settingsOf(files),
    // Where GitHub is too slow the head has to do: the merge plans again in any case.
    commit: merge.kind === 'commit' ? merge.sha : pullRequest.headSha,
    conflicts: merge.kind === 'conflict',
    ...(merge.kind === 'commit' ? { trial: { sha: merge.sha, base: merge.base } } : {}),
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
  proposal: Promise<Pick<Proposal, 'trial' | 'settings'>>,
  places: Places,
): Promise<readonly ChangedFile[]> {
  // Its merge would be refused, whatever the list of its trial merge says.
  refuseTooManyFiles(fileCount);
  if (fileCount <= fewFiles) return repository.changedFiles(number);
  const { trial, settings } = await proposal;
  if (fileCount <= manyFiles || !settings) return repository.changedFiles(number, trial);
  const mayMove = (path: string) => isTemplatePath(settings, path) || places.knows(path);
  return repository.changedFiles(number, trial, mayMove);
}
