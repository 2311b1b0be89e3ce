import { runGit } from './command.ts';
import { type Commit, commitOf, commitsBetween, type Signature, writeCommit } from './commits.ts';
import { type GitStore, remember } from './store.ts';

/** What merging two commits gives: a tree, or the paths that conflict. */
export type MergeOutcome = { readonly tree: string } | { readonly conflicts: readonly string[] };

/** Merges two commits in memory, as `git merge-tree --write-tree` does; no working tree, no reference moves. */
export function mergeTrees(store: GitStore, base: string, head: string): Promise<MergeOutcome> {
  return remember(store, `merge ${base} ${head}`, async (): Promise<MergeOutcome> => {
    const parameters = ['merge-tree', '--write-tree', '--name-only', '--no-messages', '-z', base, head];
    const { code, stdout } = await runGit(store.directory, parameters, { accept: [1] });
    const [tree, ...rest] = stdout.toString().split('\0');
    if (code === 0) return { tree: tree!.trim() };
    return { conflicts: rest.filter((path) => path !== '') };
  });
}

/**
 * Replays the commits of `head` that `base` lacks on top of `base`, as a rebase merge does, and answers the new tip;
 * or null when one of them does not apply.
 */
export async function rebaseCommits(
  store: GitStore,
  base: string,
  head: string,
  committer: Signature,
): Promise<string | null> {
  const commits = (await commitsBetween(store, base, head)).filter((commit) => commit.parents.length < 2);
  let tip = base;
  for (const commit of commits) {
    const tree = await applyCommit(store, tip, commit, committer);
    if (tree === null) return null;
    tip = await writeCommit(store, {
      tree,
      parents: [tip],
      message: commit.message,
      author: commit.author,
      committer,
    });
  }
  return tip;
}

/** The tree of `commit`'s change made on `tip`. */
async function applyCommit(
  store: GitStore,
  tip: string,
  commit: Commit,
  committer: Signature,
): Promise<string | null> {
  // This merge-tree finds the merge base itself; a stand-in for the tip whose parent is the commit's own parent makes
  // it find that one, which is what a cherry-pick needs (`--merge-base` came with git 2.40).
  const standIn = await writeCommit(store, {
    tree: (await commitOf(store, tip)).tree,
    parents: commit.parents,
    message: 'stand-in',
    author: committer,
    committer,
  });
  const outcome = await mergeTrees(store, standIn, commit.oid);
  return 'tree' in outcome ? outcome.tree : null;
}
