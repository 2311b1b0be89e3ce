import type { ChangedFile, TrialMerge } from '../workflow/repository.ts';
import { refuseTooManyFiles } from '../workflow/too-many-files.ts';
import type { RepositoryAccess } from './open-repository.ts';

/** GitHub lists the files of a pull request by so many, and those of a commit by these. */
const filesPerPage = 100;
const filesOfCommitPerPage = 300;

/** What a pull request changes. Where that is much, `trial` and `mayMove` make it cheaper: see `Repository`. */
export async function changedFiles(
  access: RepositoryAccess,
  number: number,
  trial?: TrialMerge,
  mayMove?: (path: string) => boolean,
): Promise<readonly ChangedFile[]> {
  const { octokit, owner, repo } = access;
  const ofTrees = trial && mayMove && (await filesOfTrees(access, trial, mayMove));
  if (ofTrees) return ofTrees;
  const ofMerge = trial && (await filesOfCommit(access, trial.sha));
  if (ofMerge) return ofMerge;
  const files = await octokit.paginate(octokit.rest.pulls.listFiles, {
    owner,
    repo,
    pull_number: number,
    per_page: filesPerPage,
  });
  refuseTooManyFiles(files.length);
  return files.map(changedFile);
}

/**
 * https://docs.github.com/en/rest/commits/commits#get-a-commit. Undefined where the list ends with a full page: then
 * there may be more of it that nothing tells of. Without hunks: their lines are those of the merge, so that what is
 * said of one would stand on another line of the pull request's head.
 */
async function filesOfCommit(
  { octokit, owner, repo }: RepositoryAccess,
  ref: string,
): Promise<readonly ChangedFile[] | undefined> {
  const files: ChangedFile[] = [];
  for (let page = 1; ; page++) {
    const { data, headers } = await octokit.rest.repos.getCommit({ owner, repo, ref, page });
    files.push(...(data.files ?? []).map(({ patch: _, ...file }) => changedFile(file)));
    if (headers.link?.includes('rel="next"')) continue;
    return files.length % filesOfCommitPerPage === 0 ? undefined : files;
  }
}

/**
 * What differs between the trees before and after the merge. Undefined where GitHub does not tell all of one, or a file
 * went that may have been renamed: trees do not say which file it was. Without hunks.
 * https://docs.github.com/en/rest/git/trees#get-a-tree
 */
async function filesOfTrees(
  access: RepositoryAccess,
  { sha, base }: TrialMerge,
  mayMove: (path: string) => boolean,
): Promise<readonly ChangedFile[] | undefined> {
  const [before, after] = await Promise.all([readTree(access, base), readTree(access, sha)]);
  if (!before || !after) return undefined;
  access.trees?.set(sha, new Set(after.keys()));
  const here = [...after].flatMap(([path, version]): ChangedFile[] => {
    const was = before.get(path);
    if (was === undefined) return [{ path, status: 'added' }];
    return was === version ? [] : [{ path, status: 'modified' }];
  });
  const gone = [...before.keys()].filter((path) => !after.has(path));
  if (gone.some(mayMove) && here.some(({ status }) => status === 'added')) return undefined;
  return [...here, ...gone.map((path): ChangedFile => ({ path, status: 'removed' }))];
}

/** Path to what is there, with its mode; undefined where there is more than GitHub tells. */
async function readTree(
  { octokit, owner, repo }: RepositoryAccess,
  commit: string,
): Promise<ReadonlyMap<string, string> | undefined> {
  const { data } = await octokit.rest.git.getTree({ owner, repo, tree_sha: commit, recursive: 'true' });
  if (data.truncated) return undefined;
  const files = data.tree.filter(({ type }) => type !== 'tree');
  return new Map(files.map(({ path, mode, sha }) => [path, `${mode} ${sha}`]));
}

function changedFile(file: {
  readonly filename: string;
  readonly status: ChangedFile['status'];
  readonly previous_filename?: string;
  readonly patch?: string;
}): ChangedFile {
  const { filename: path, status, previous_filename: previousPath, patch } = file;
  return {
    path,
    status,
    ...(previousPath === undefined ? {} : { previousPath }),
    ...(patch === undefined ? {} : { patch }),
  };
}
