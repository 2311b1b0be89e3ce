import { branchNames, branchTip } from '../git/store.ts';
import { pullRequestsOf } from '../model/pull-request.ts';
import type { Repository } from '../model/repository.ts';

/** Branches that differ from the default branch and that no open pull request proposes. */
export function branchesToPropose(repository: Repository): string[] {
  const { git, defaultBranch } = repository;
  const pulls = pullRequestsOf(repository);
  return branchNames(git).filter((name) => {
    // The merge queue's own branches are not anybody's proposal.
    if (name.startsWith('gh-readonly-queue/')) return false;
    const tip = branchTip(git, name);
    if (name === defaultBranch || tip === branchTip(git, defaultBranch)) return false;
    // A merged branch that was left standing has nothing more to propose until somebody pushes to it.
    return !pulls.some(
      ({ state, pull }) =>
        pull.headRepository === repository &&
        pull.headRef === name &&
        (state === 'open' || pull.headSha === tip),
    );
  });
}
