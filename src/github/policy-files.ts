import type { ListedFile, PolicyRepository } from '../workflow/policy-files.ts';
import type { RepositoryAccess } from './open-repository.ts';
import { readFiles } from './read-files.ts';

interface RefAnswer {
  readonly target: { readonly oid: string; readonly target?: { readonly oid: string } } | null;
}

/** An annotated tag is an object of its own, which names the commit. */
const target = '{ target { oid ... on Tag { target { oid } } } }';

const refsQuery = `query ($owner: String!, $repo: String!, $branch: String!, $tag: String!, $whole: String!) {
  repository(owner: $owner, name: $repo) {
    branch: ref(qualifiedName: $branch) ${target}
    tag: ref(qualifiedName: $tag) ${target}
    whole: ref(qualifiedName: $whole) ${target}
  }
}`;

interface Entry {
  readonly name: string;
  readonly object: { readonly byteSize?: number; readonly entries?: readonly Entry[] | null } | null;
}

const folderQuery = `query ($owner: String!, $repo: String!, $folder: String!) {
  repository(owner: $owner, name: $repo) {
    object(expression: $folder) {
      ... on Tree {
        entries { name object { ... on Blob { byteSize } ... on Tree { entries { name object { ... on Blob { byteSize } } } } } }
      }
    }
  }
}`;

/** The repository of the organisation's policies: a call for where a name is, one for what is there, one for the texts. */
export function openPolicyFiles(access: RepositoryAccess): PolicyRepository {
  const { octokit, owner, repo } = access;
  return {
    async commitsOf(ref) {
      if (/^[0-9a-f]{40}$/.test(ref)) return [ref];
      const isWhole = ref.startsWith('refs/');
      const { repository } = await octokit.graphql<{
        readonly repository: Readonly<Record<'branch' | 'tag' | 'whole', RefAnswer | null>>;
      }>(refsQuery, {
        owner,
        repo,
        branch: `refs/heads/${ref}`,
        tag: `refs/tags/${ref}`,
        whole: isWhole ? ref : `refs/heads/${ref}`,
      });
      const found = isWhole ? [repository.whole] : [repository.branch, repository.tag];
      return found.flatMap((one) => one?.target?.target?.oid ?? one?.target?.oid ?? []);
    },
    async list(commit, folder) {
      const { repository } = await octokit.graphql<{
        readonly repository: { readonly object: { readonly entries?: readonly Entry[] | null } | null };
      }>(folderQuery, { owner, repo, folder: `${commit}:${folder}` });
      const entries = repository.object?.entries;
      return entries ? filesOf(entries, folder) : undefined;
    },
    readFiles: (commit, paths) => readFiles(access, commit, paths),
  };
}

function filesOf(entries: readonly Entry[], folder: string): readonly ListedFile[] {
  return entries.flatMap(({ name, object }) => {
    const path = folder === '' ? name : `${folder}/${name}`;
    if (object?.entries) return filesOf(object.entries, path);
    return object?.byteSize === undefined ? [] : [{ path, bytes: object.byteSize }];
  });
}
