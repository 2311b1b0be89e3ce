import type { ChangedFile } from '../workflow/repository.ts';
import { refuseTooManyFiles } from '../workflow/too-many-files.ts';
import type { RepositoryAccess } from './open-repository.ts';

/** GitHub lists the files of a pull request by so many, and those of a commit by these. */
const filesPerPage = 100;
const filesOfCommitPerPage = 300;

/**
 * What a pull request changes. Where that is much, `trial` makes it cheaper: the commit that merges it, whose first
 * parent is the base branch as it is now.
 */
export async function changedFiles(
  access: RepositoryAccess,
  number: number,
  trial: string | undefined,
): Promise<readonly ChangedFile[]> {
  const { octokit, owner, repo } = access;
  const ofMerge = trial === undefined ? undefined : await filesOfCommit(access, trial);
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
