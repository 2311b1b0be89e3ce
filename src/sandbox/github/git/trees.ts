import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gitLine, runGit } from './command.ts';
import { type GitStore, remember } from './store.ts';

/** One entry of a tree. `size` is of blobs only. */
export interface TreeEntry {
  readonly path: string;
  readonly mode: string;
  readonly type: 'blob' | 'tree' | 'commit';
  readonly oid: string;
  readonly size: number | null;
}

/** The entries of a tree (or of a commit's tree), sorted as git sorts them; with `recursive`, of all below it too. */
export function readTree(store: GitStore, tree: string, recursive: boolean): Promise<TreeEntry[]> {
  return remember(store, `tree ${tree} ${recursive}`, async () => {
    const flags = recursive ? ['-r', '-t'] : [];
    const { stdout } = await runGit(store.directory, ['ls-tree', '-l', '-z', ...flags, tree]);
    const lines = stdout
      .toString()
      .split('\0')
      .filter((line) => line !== '');
    return lines.map((line) => {
      const tab = line.indexOf('\t');
      const [mode, type, oid, size] = line.slice(0, tab).split(/ +/);
      return {
        path: line.slice(tab + 1),
        mode: mode!,
        type: type as TreeEntry['type'],
        oid: oid!,
        size: size === '-' ? null : Number(size),
      };
    });
  });
}

/** A change to make to a tree: an object at a path, or (with a null id) nothing there any more. */
export interface TreeChange {
  readonly path: string;
  readonly mode: string;
  readonly oid: string | null;
}

/** Writes a tree that is `base` (or empty) with changes, and answers its id. */
export async function writeTree(
  store: GitStore,
  base: string | null,
  changes: readonly TreeChange[],
): Promise<string> {
  const index = join(store.directory, `index-${randomUUID()}`);
  const environment = { GIT_INDEX_FILE: index };
  try {
    if (base) await runGit(store.directory, ['read-tree', base], { environment });
    for (const subtree of changes.filter((change) => change.mode === '040000' && change.oid !== null)) {
      const { directory } = store;
      await runGit(directory, ['rm', '-r', '--cached', '-q', '--ignore-unmatch', '--', subtree.path], {
        environment,
      });
      await runGit(directory, ['read-tree', `--prefix=${subtree.path}/`, subtree.oid!], { environment });
    }
    const lines = changes
      .filter((change) => change.mode !== '040000' || change.oid === null)
      .map(({ path, mode, oid }) => (oid ? `${mode} ${oid}\t${path}\0` : `0 ${'0'.repeat(40)}\t${path}\0`));
    await runGit(store.directory, ['update-index', '-z', '--index-info'], {
      environment,
      input: lines.join(''),
    });
    return await gitLine(store.directory, ['write-tree'], { environment });
  } finally {
    await rm(index, { force: true });
  }
}

/** Writes a blob and answers its id. */
export function writeBlob(store: GitStore, data: Buffer): Promise<string> {
  return gitLine(store.directory, ['hash-object', '-w', '--stdin'], { input: data });
}
