import { runGit } from './command.ts';
import { type GitStore, remember } from './store.ts';

/** How one file differs between two commits, in the API's words. */
export interface FileChange {
  readonly filename: string;
  readonly previousFilename: string | null;
  readonly status: 'added' | 'removed' | 'modified' | 'renamed' | 'copied' | 'changed';
  /** The blob after the change, or before it where the file is gone. */
  readonly oid: string;
  readonly additions: number;
  readonly deletions: number;
  /** The hunks alone, as the API gives them; null for binary files and pure renames. */
  readonly patch: string | null;
}

const statuses: Readonly<Record<string, FileChange['status']>> = {
  A: 'added',
  C: 'copied',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  T: 'changed',
};

/** The tree without any files, which git knows without storing it: what a first commit is compared with. */
export const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** The files that differ between two commits or trees, renames found, in path order. */
export function changedFiles(store: GitStore, from: string, to: string): Promise<FileChange[]> {
  return remember(store, `diff ${from} ${to}`, async () => {
    if (from === to) return [];
    const [raw, counts, patches] = await Promise.all([
      runGit(store.directory, ['diff-tree', '-r', '-M', '-z', '--raw', '--no-abbrev', from, to]),
      runGit(store.directory, ['diff-tree', '-r', '-M', '-z', '--numstat', from, to]),
      runGit(store.directory, ['diff-tree', '-r', '-M', '-p', '--no-color', from, to]),
    ]);
    const lines = parseCounts(counts.stdout.toString());
    const texts = splitPatches(patches.stdout.toString());
    return parseRaw(raw.stdout.toString()).map((file, index) => ({
      ...file,
      ...(lines[index] ?? { additions: 0, deletions: 0 }),
      patch: texts[index] ?? null,
    }));
  });
}

/** The whole difference as `git diff` prints it, for the `diff` media type. */
export async function diffText(store: GitStore, from: string, to: string): Promise<string> {
  return (
    await runGit(store.directory, ['diff-tree', '-r', '-M', '-p', '--no-color', from, to])
  ).stdout.toString();
}

type RawChange = Pick<FileChange, 'filename' | 'previousFilename' | 'status' | 'oid'>;

function parseRaw(text: string): RawChange[] {
  const fields = text.split('\0');
  const changes: RawChange[] = [];
  for (let index = 0; index < fields.length && fields[index]?.startsWith(':'); ) {
    const [, , before, after, letter] = fields[index++]!.split(' ');
    const status = statuses[letter![0]!] ?? 'changed';
    const first = fields[index++]!;
    const moved = status === 'renamed' || status === 'copied';
    changes.push({
      filename: moved ? fields[index++]! : first,
      previousFilename: moved ? first : null,
      status,
      oid: status === 'removed' ? before! : after!,
    });
  }
  return changes;
}

function parseCounts(text: string): { additions: number; deletions: number }[] {
  const fields = text.split('\0');
  const counts: { additions: number; deletions: number }[] = [];
  for (let index = 0; index < fields.length && fields[index] !== ''; index++) {
    const [added, deleted, path] = fields[index]!.split('\t');
    // A rename prints an empty path here and the two names as fields of their own.
    if (path === '') index += 2;
    counts.push({ additions: Number(added) || 0, deletions: Number(deleted) || 0 });
  }
  return counts;
}

function splitPatches(text: string): (string | null)[] {
  if (text === '') return [];
  // Content lines begin with a space, a sign or a backslash, so only a header can begin with these words.
  return text.split(/^(?=diff --git )/m).map((section) => {
    const hunk = section.search(/^@@ /m);
    return hunk < 0 ? null : section.slice(hunk).replace(/\n$/, '');
  });
}

/** The paths that each commit of a push added, removed and modified, by commit id. */
export async function pathsByCommit(
  store: GitStore,
  ids: readonly string[],
): Promise<Map<string, { added: string[]; removed: string[]; modified: string[] }>> {
  const paths = new Map<string, { added: string[]; removed: string[]; modified: string[] }>();
  if (ids.length === 0) return paths;
  const parameters = [
    'diff-tree',
    '--stdin',
    '--root',
    '-r',
    '-m',
    '--first-parent',
    '--no-renames',
    '-z',
    '--name-status',
  ];
  const { stdout } = await runGit(store.directory, parameters, { input: `${ids.join('\n')}\n` });
  let current: { added: string[]; removed: string[]; modified: string[] } | null = null;
  const fields = stdout.toString().split('\0');
  for (let index = 0; index < fields.length; index++) {
    const field = fields[index]!.trim();
    if (field === '') continue;
    if (/^[0-9a-f]{40}/.test(field)) {
      current = { added: [], removed: [], modified: [] };
      paths.set(field.slice(0, 40), current);
      continue;
    }
    const path = fields[++index] ?? '';
    const list = field === 'A' ? 'added' : field === 'D' ? 'removed' : 'modified';
    current?.[list].push(path);
  }
  return paths;
}
