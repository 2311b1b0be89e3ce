import { gitLine, runGit } from './command.ts';
import { isObjectId } from './object-reader.ts';
import { type GitStore, remember } from './store.ts';

/** Who made a commit, and when (ISO 8601, UTC). */
export interface Signature {
  readonly name: string;
  readonly email: string;
  readonly date: string;
}

/** A commit as git stores it. */
export interface Commit {
  readonly oid: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
}

function parseSignature(line: string): Signature {
  const parts = /^(.*) <(.*)> (\d+) [+-]\d{4}$/.exec(line);
  if (!parts) return { name: line, email: '', date: new Date(0).toISOString() };
  const date = new Date(Number(parts[3]) * 1000).toISOString().replace('.000Z', 'Z');
  return { name: parts[1]!, email: parts[2]!, date };
}

function parseCommit(oid: string, text: string): Commit {
  const end = text.indexOf('\n\n');
  const head = end < 0 ? text : text.slice(0, end);
  const fields: Record<string, string> = {};
  const parents: string[] = [];
  for (const line of head.split('\n')) {
    const space = line.indexOf(' ');
    const name = line.slice(0, space);
    if (name === 'parent') parents.push(line.slice(space + 1));
    else if (name !== '') fields[name] ??= line.slice(space + 1);
  }
  return {
    oid,
    tree: fields.tree ?? '',
    parents,
    author: parseSignature(fields.author ?? ''),
    committer: parseSignature(fields.committer ?? ''),
    // git ends a message with a line feed; GitHub shows it without.
    message: end < 0 ? '' : text.slice(end + 2).replace(/\n+$/, ''),
  };
}

/** The commit with this id, or null. */
export async function readCommit(store: GitStore, oid: string): Promise<Commit | null> {
  const object = await store.objects.read(oid);
  if (object?.type !== 'commit') return null;
  return parseCommit(object.oid, object.data.toString());
}

/** Like {@link readCommit} for ids that git itself gave. */
export async function commitOf(store: GitStore, oid: string): Promise<Commit> {
  const commit = await readCommit(store, oid);
  if (!commit) throw new Error(`No commit ${oid} in ${store.directory}`);
  return commit;
}

/**
 * The commit that a name stands for, as the API resolves it: a branch, a tag, a full reference, or an object id, whole
 * or shortened. Null when there is none.
 */
export async function resolveCommit(store: GitStore, name: string): Promise<string | null> {
  const known =
    store.refs.get(`refs/heads/${name}`) ??
    store.refs.get(`refs/tags/${name}`) ??
    store.refs.get(name) ??
    store.refs.get(`refs/${name}`);
  const candidate = known ?? (/^[0-9a-f]{4,40}$/.test(name) ? name : null);
  if (!candidate) return null;
  const object = await store.objects.read(`${candidate}^{commit}`);
  return object?.oid ?? null;
}

/** Ids of the commits in a range (`rev-list` arguments), newest first. */
export async function listCommits(store: GitStore, parameters: readonly string[]): Promise<string[]> {
  const { stdout } = await runGit(store.directory, ['rev-list', '--topo-order', ...parameters]);
  return stdout.toString().split('\n').filter(isObjectId);
}

/** The commits reachable from `head` and not from `base`, oldest first, as a pull request lists them. */
export function commitsBetween(store: GitStore, base: string, head: string): Promise<Commit[]> {
  return remember(store, `between ${base} ${head}`, async () => {
    const ids = await listCommits(store, ['--reverse', head, `^${base}`]);
    return Promise.all(ids.map((oid) => commitOf(store, oid)));
  });
}

/** The best common ancestor of two commits, or null where the histories have none. */
export function mergeBase(store: GitStore, one: string, other: string): Promise<string | null> {
  return remember(store, `merge-base ${one} ${other}`, async () => {
    const { code, stdout } = await runGit(store.directory, ['merge-base', one, other], { accept: [1] });
    return code === 0 ? stdout.toString().trim() : null;
  });
}

/** Whether `ancestor` is reachable from `descendant`. */
export function isAncestor(store: GitStore, ancestor: string, descendant: string): Promise<boolean> {
  return remember(store, `ancestor ${ancestor} ${descendant}`, async () => {
    const parameters = ['merge-base', '--is-ancestor', ancestor, descendant];
    return (await runGit(store.directory, parameters, { accept: [1, 128] })).code === 0;
  });
}

/** What a new commit is made of. */
export interface NewCommit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: Signature;
  readonly committer: Signature;
}

/** Writes a commit object and answers its id. No reference moves. */
export function writeCommit(store: GitStore, commit: NewCommit): Promise<string> {
  const parents = commit.parents.flatMap((parent) => ['-p', parent]);
  return gitLine(store.directory, ['commit-tree', commit.tree, ...parents, '-F', '-'], {
    input: commit.message.endsWith('\n') ? commit.message : `${commit.message}\n`,
    environment: {
      GIT_AUTHOR_NAME: commit.author.name,
      GIT_AUTHOR_EMAIL: commit.author.email,
      GIT_AUTHOR_DATE: gitDate(commit.author.date),
      GIT_COMMITTER_NAME: commit.committer.name,
      GIT_COMMITTER_EMAIL: commit.committer.email,
      GIT_COMMITTER_DATE: gitDate(commit.committer.date),
    },
  });
}

function gitDate(date: string): string {
  return `@${Math.floor(Date.parse(date) / 1000)} +0000`;
}
