import { maximumTemplateBytes } from '../template/read-nodes.ts';
import type { RepositoryAccess } from './open-repository.ts';

/** GitHub truncates a blob's text in GraphQL beyond this; larger ones are fetched one by one. */
const filesPerQuery = 200;

/** Of files that are known to be there, and so are read for sure; fewer where GitHub takes too long over so many. */
const textsPerQuery = 500;
const fewestPerQuery = 50;

/**
 * How much text of one commit is held at a time, in bytes: thousands of files of a pull request, each as large as a
 * template may be, would be more than the process has, and with it would go everybody else's work.
 */
const maximumTotalBytes = 64 * 1024 * 1024;

/** Stands for a file that is more than anybody reads. Every reader refuses it for its length. */
const tooLarge = `Resources:${' '.repeat(maximumTemplateBytes)}`;

/** Stands for a file that is no text. It is there all the same: 'gone' would mean to delete a stack, or no settings. */
const noText = '\0';

/** What GraphQL tells of a file. */
export interface BlobAnswer {
  readonly byteSize: number;
  readonly text: string | null;
  readonly isTruncated: boolean;
  readonly isBinary: boolean | null;
}

/** What has to be selected of an object for `textOf`. */
export const blobSelection = '{ ... on Blob { byteSize text isTruncated isBinary } }';

/**
 * Files at a commit, by path, in one GraphQL query for many instead of one REST call each. Paths and commit go
 * in as variables: nothing that an author names becomes part of the query.
 */
export async function readFiles(
  access: RepositoryAccess,
  commit: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  const asked = [...new Set(paths)];
  // Most places where an environment's parameters may be are empty, and folders are asked about in few calls.
  const isMuch = asked.length > 2 * filesPerQuery;
  const there = access.trees?.get(commit) ?? (isMuch ? await presentAt(access, commit, asked) : undefined);
  const unique = there ? asked.filter((path) => there.has(path)) : asked;
  const room = { left: maximumTotalBytes };
  for (let at = 0; at < unique.length; at += textsPerQuery) {
    await readSome(access, commit, unique.slice(at, at + textsPerQuery), files, room);
  }
  return files;
}

/** Those of the paths at which there is anything, by what is in their folders. */
export async function presentAt(
  { octokit, owner, repo }: RepositoryAccess,
  commit: string,
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  const folders = [...new Set(paths.map(folderOf))];
  const there = new Set<string>();
  for (let at = 0; at < folders.length; at += filesPerQuery) {
    const some = folders.slice(at, at + filesPerQuery);
    const { query, expressions } = objectsQuery(commit, some, '{ ... on Tree { entries { name } } }');
    const answer = await octokit.graphql<Objects<FolderAnswer>>(query, { owner, repo, ...expressions });
    for (const [i, folder] of some.entries()) {
      for (const { name } of answer.repository[`f${i}`]?.entries ?? [])
        there.add(folder === '' ? name : `${folder}/${name}`);
    }
  }
  return new Set(paths.filter((path) => there.has(path)));
}

interface FolderAnswer {
  readonly entries: readonly { readonly name: string }[] | null;
}

interface Objects<T> {
  readonly repository: Readonly<Record<string, Partial<T> | null>>;
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}

/** Asks for what is at each of the paths, as `f0`, `f1` and so on; `selection` of it. */
function objectsQuery(commit: string, paths: readonly string[], selection: string) {
  const declared = paths.map((_, i) => `$e${i}: String!`).join(', ');
  const fields = paths.map((_, i) => `f${i}: object(expression: $e${i}) ${selection}`).join('\n');
  const query = `query ($owner: String!, $repo: String!, ${declared}) {
    repository(owner: $owner, name: $repo) { ${fields} }
  }`;
  const expressions = Object.fromEntries(paths.map((path, i) => [`e${i}`, `${commit}:${path}`]));
  return { query, expressions };
}

async function readSome(
  access: RepositoryAccess,
  commit: string,
  paths: readonly string[],
  files: Map<string, string>,
  room: { left: number },
): Promise<void> {
  const { octokit, owner, repo } = access;
  const { query, expressions } = objectsQuery(commit, paths, blobSelection);
  let answer: Objects<BlobAnswer>;
  try {
    answer = await octokit.graphql<Objects<BlobAnswer>>(query, { owner, repo, ...expressions });
  } catch (error) {
    const { status = 500 } = error as { status?: number };
    if (status < 500 || paths.length <= fewestPerQuery) throw error;
    const half = Math.ceil(paths.length / 2);
    await readSome(access, commit, paths.slice(0, half), files, room);
    await readSome(access, commit, paths.slice(half), files, room);
    return;
  }
  for (const [i, path] of paths.entries()) {
    const text = await textOf(access, commit, path, answer.repository[`f${i}`], room);
    if (text !== undefined) files.set(path, text);
  }
}

/** A file's text as it is handed on; undefined for what is no file. `room` is how many bytes may still be held. */
export async function textOf(
  access: RepositoryAccess,
  commit: string,
  path: string,
  blob: Partial<BlobAnswer> | null | undefined,
  room: { left: number },
): Promise<string | undefined> {
  if (blob?.byteSize === undefined) return undefined;
  room.left -= blob.byteSize;
  if (blob.byteSize > maximumTemplateBytes || room.left < 0) return tooLarge;
  if (blob.isTruncated) return readWhole(access, commit, path);
  return blob.isBinary ? noText : (blob.text ?? noText);
}

async function readWhole(
  { octokit, owner, repo }: Pick<RepositoryAccess, 'octokit' | 'owner' | 'repo'>,
  commit: string,
  path: string,
): Promise<string> {
  const { data } = await octokit.rest.repos.getContent({
    owner,
    repo,
    path,
    ref: commit,
    mediaType: { format: 'raw' },
  });
  // With the raw media type the body is the file itself, which the types of the default one do not know.
  return data as unknown as string;
}
