import { mkdir } from 'node:fs/promises';
import { gitLine, runGit } from './command.ts';
import { type ObjectReader, openObjectReader } from './object-reader.ts';

/** The id that git uses for 'no commit', in reference updates and push payloads. */
export const noCommit = '0000000000000000000000000000000000000000';

/** One bare repository on disk, with its references held in memory so that most API calls need no child process. */
export interface GitStore {
  readonly directory: string;
  readonly objects: ObjectReader;
  /** Every reference, by full name (`refs/heads/main`). Replaced as a whole; read it, never keep it. */
  refs: ReadonlyMap<string, string>;
  /** Runs one task at a time: two merges into one branch must not both start from the same tip. */
  exclusive<T>(task: () => Promise<T>): Promise<T>;
  /** Answers that depend on object ids alone, by a key that names them. */
  readonly immutable: Map<string, Promise<unknown>>;
  close(): void;
}

/** Makes an empty bare repository. */
export async function createStore(directory: string, defaultBranch: string): Promise<GitStore> {
  await mkdir(directory, { recursive: true });
  await runGit(directory, ['init', '--quiet', '--bare', '--template=', `--initial-branch=${defaultBranch}`]);
  return openStore(directory);
}

/** Makes a bare repository with all the objects and branches of another, as a fork has. */
export async function cloneStore(from: GitStore, directory: string): Promise<GitStore> {
  await mkdir(directory, { recursive: true });
  await runGit(directory, ['init', '--quiet', '--bare', '--template=', '.']);
  await runGit(directory, ['fetch', '--quiet', from.directory, '+refs/heads/*:refs/heads/*']);
  const head = await gitLine(from.directory, ['symbolic-ref', 'HEAD']);
  await runGit(directory, ['symbolic-ref', 'HEAD', head]);
  const store = openStore(directory);
  store.refs = await readRefs(directory);
  return store;
}

function openStore(directory: string): GitStore {
  let last: Promise<unknown> = Promise.resolve();
  return {
    directory,
    objects: openObjectReader(directory),
    refs: new Map(),
    immutable: new Map(),
    exclusive(task) {
      const next = last.then(task, task);
      last = next.catch(() => {});
      return next;
    },
    close() {
      this.objects.close();
    },
  };
}

/** Remembers an answer that can never change, under a key made of object ids. Failures are not kept. */
export function remember<T>(store: GitStore, key: string, compute: () => Promise<T>): Promise<T> {
  const known = store.immutable.get(key);
  if (known) return known as Promise<T>;
  const answer = compute();
  store.immutable.set(key, answer);
  answer.catch(() => store.immutable.delete(key));
  return answer;
}

/** Reads every reference from disk. */
export async function readRefs(directory: string): Promise<Map<string, string>> {
  const { stdout } = await runGit(directory, ['for-each-ref', '--format=%(objectname) %(refname)']);
  const refs = new Map<string, string>();
  for (const line of stdout.toString().split('\n')) {
    if (line !== '') refs.set(line.slice(41), line.slice(0, 40));
  }
  return refs;
}

/** A reference that moved. */
export interface RefChange {
  readonly ref: string;
  readonly before: string;
  readonly after: string;
}

/** Reads these references again, after a push, and says which of them moved. */
export async function reloadRefs(store: GitStore, names: readonly string[]): Promise<RefChange[]> {
  const onDisk = await readRefs(store.directory);
  // Only those: another reference may have been moved in memory while git was listing them.
  const refs = new Map(store.refs);
  const changes: RefChange[] = [];
  for (const ref of new Set(names)) {
    const change = { ref, before: refs.get(ref) ?? noCommit, after: onDisk.get(ref) ?? noCommit };
    if (change.before === change.after) continue;
    changes.push(change);
    if (change.after === noCommit) refs.delete(ref);
    else refs.set(ref, change.after);
  }
  store.refs = refs;
  return changes;
}

/**
 * Moves, makes or (with `after` all zeros) deletes one reference. `before` guards against a change in between; git
 * refuses when it does not hold.
 */
export async function updateRef(
  store: GitStore,
  ref: string,
  after: string,
  before?: string,
): Promise<RefChange> {
  const old = store.refs.get(ref) ?? noCommit;
  const guard = before === undefined ? [] : [before];
  const parameters =
    after === noCommit ? ['update-ref', '-d', ref, ...guard] : ['update-ref', ref, after, ...guard];
  await runGit(store.directory, parameters);
  const refs = new Map(store.refs);
  if (after === noCommit) refs.delete(ref);
  else refs.set(ref, after);
  store.refs = refs;
  return { ref, before: old, after };
}

/** The commit a branch points at, or null. */
export function branchTip(store: GitStore, branch: string): string | null {
  return store.refs.get(`refs/heads/${branch}`) ?? null;
}

/** Branch names in alphabetical order, as GitHub lists them. */
export function branchNames(store: GitStore): string[] {
  const prefix = 'refs/heads/';
  return [...store.refs.keys()]
    .filter((ref) => ref.startsWith(prefix))
    .map((ref) => ref.slice(prefix.length))
    .sort();
}
