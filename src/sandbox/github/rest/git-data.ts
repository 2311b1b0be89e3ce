import { signatureOf } from '../actions/identity.ts';
import { deleteRef, moveRef } from '../actions/refs.ts';
import { commitOf, readCommit, writeCommit } from '../git/commits.ts';
import type { GitStore } from '../git/store.ts';
import { readTree, type TreeChange, type TreeEntry, writeBlob, writeTree } from '../git/trees.ts';
import { type Call, created, noContent, ok, onRepository, type RouteTable } from '../http/call.ts';
import { type Fields, fieldsOf } from '../http/fields.ts';
import { invalid, notFound, refusal } from '../http/refusal.ts';
import { timestamp } from '../model/world.ts';
import { nodeId, repositoryApiUrl } from '../render/addresses.ts';
import { renderGitCommit } from '../render/commit.ts';

/** Git's own objects and references. */
export const gitDataRoutes: RouteTable = {
  'GET /repos/{owner}/{repo}/git/blobs/{file_sha}': {
    access: onRepository('contents', 'read'),
    async handle(call) {
      const { world, repository, path, accept } = call;
      const object = await repository.git.objects.read(path.file_sha!);
      if (object?.type !== 'blob') throw notFound();
      if (/raw/.test(accept))
        return { status: 200, raw: object.data, type: 'application/vnd.github.raw; charset=utf-8' };
      return ok({
        sha: object.oid,
        node_id: nodeId('Blob', object.oid),
        size: object.data.length,
        url: `${repositoryApiUrl(world, repository)}/git/blobs/${object.oid}`,
        content: object.data.toString('base64').replace(/(.{60})/g, '$1\n'),
        encoding: 'base64',
      });
    },
  },
  'POST /repos/{owner}/{repo}/git/blobs': {
    access: onRepository('contents', 'write'),
    async handle(call) {
      const { world, repository } = call;
      const body = fieldsOf(call, 'Blob');
      const encoding = body.optionalOneOf('encoding', ['utf-8', 'base64']) ?? 'utf-8';
      const oid = await writeBlob(repository.git, Buffer.from(body.text('content'), encoding));
      return created({ sha: oid, url: `${repositoryApiUrl(world, repository)}/git/blobs/${oid}` });
    },
  },
  'GET /repos/{owner}/{repo}/git/trees/{tree_sha}': {
    access: onRepository('contents', 'read'),
    async handle(call) {
      const { repository, path } = call;
      const tree = await findTree(repository.git, path.tree_sha!);
      if (!tree) throw notFound();
      return ok(renderTree(call, tree, await readTree(repository.git, tree, call.query.has('recursive'))));
    },
  },
  'POST /repos/{owner}/{repo}/git/trees': {
    access: onRepository('contents', 'write'),
    async handle(call) {
      const { git } = call.repository;
      const body = fieldsOf(call, 'Tree');
      const base = body.optionalText('base_tree');
      const baseTree = base === undefined ? null : await findTree(git, base);
      if (base !== undefined && !baseTree)
        throw invalid({ resource: 'Tree', field: 'base_tree', code: 'invalid' });
      const changes = await Promise.all((body.objects('tree') ?? []).map((entry) => treeChange(git, entry)));
      const tree = await writeTree(git, baseTree, changes);
      return created(renderTree(call, tree, await readTree(git, tree, false)));
    },
  },
  'GET /repos/{owner}/{repo}/git/commits/{commit_sha}': {
    access: onRepository('contents', 'read'),
    async handle({ world, repository, path }) {
      const commit = await readCommit(repository.git, path.commit_sha!);
      if (!commit) throw notFound();
      return ok(renderGitCommit(world, repository, commit));
    },
  },
  'POST /repos/{owner}/{repo}/git/commits': {
    access: onRepository('contents', 'write'),
    async handle(call) {
      const { world, repository, actor } = call;
      const body = fieldsOf(call, 'Commit');
      const tree = await findTree(repository.git, body.text('tree'));
      if (!tree) throw refusal(422, 'Tree SHA does not exist');
      const parents = body.texts('parents') ?? [];
      for (const parent of parents) {
        if (!(await readCommit(repository.git, parent)))
          throw refusal(422, 'Parent SHA does not exist or is not a commit object');
      }
      const own = signatureOf(world, actor.account);
      const signature = (name: string) => {
        const given = body.object(name);
        if (!given) return undefined;
        const date = given.optionalText('date') ?? timestamp(world);
        return { name: given.text('name'), email: given.text('email'), date };
      };
      const author = signature('author') ?? own;
      const oid = await writeCommit(repository.git, {
        tree,
        parents,
        message: body.text('message'),
        author,
        committer: signature('committer') ?? author,
      });
      return created(renderGitCommit(world, repository, await commitOf(repository.git, oid)));
    },
  },
  'GET /repos/{owner}/{repo}/git/ref/{ref}': {
    access: onRepository('contents', 'read'),
    handle(call) {
      const ref = `refs/${call.path.ref}`;
      const oid = call.repository.git.refs.get(ref);
      if (!oid) throw notFound();
      return ok(renderRef(call, ref, oid));
    },
  },
  'GET /repos/{owner}/{repo}/git/matching-refs/{ref}': {
    access: onRepository('contents', 'read'),
    handle(call) {
      const prefix = `refs/${call.path.ref}`;
      const found = [...call.repository.git.refs].filter(([ref]) => ref.startsWith(prefix)).sort();
      return ok(call.page(found).map(([ref, oid]) => renderRef(call, ref, oid)));
    },
  },
  'POST /repos/{owner}/{repo}/git/refs': {
    access: onRepository('contents', 'write'),
    async handle(call) {
      const body = fieldsOf(call, 'Reference');
      const ref = body.text('ref');
      const sha = body.text('sha');
      if (!/^refs\/(heads|tags)\/./.test(ref))
        throw refusal(422, "Reference name must start with 'refs/heads/' or 'refs/tags/'.");
      if (call.repository.git.refs.has(ref)) throw refusal(422, 'Reference already exists');
      await moveRef(call.world, call.repository, call.actor, ref, sha, { force: false });
      return created(renderRef(call, ref, sha));
    },
  },
  'PATCH /repos/{owner}/{repo}/git/refs/{ref}': {
    access: onRepository('contents', 'write'),
    async handle(call) {
      const body = fieldsOf(call, 'Reference');
      const ref = `refs/${call.path.ref}`;
      if (!call.repository.git.refs.has(ref)) throw refusal(422, 'Reference does not exist');
      const sha = body.text('sha');
      await moveRef(call.world, call.repository, call.actor, ref, sha, {
        force: body.flag('force') ?? false,
      });
      return ok(renderRef(call, ref, sha));
    },
  },
  'DELETE /repos/{owner}/{repo}/git/refs/{ref}': {
    access: onRepository('contents', 'write'),
    async handle(call) {
      await deleteRef(call.world, call.repository, call.actor, `refs/${call.path.ref}`);
      return noContent;
    },
  },
};

/** The tree that a tree's, commit's or branch's name stands for. */
async function findTree(git: GitStore, name: string): Promise<string | null> {
  const known = git.refs.get(`refs/heads/${name}`) ?? git.refs.get(name) ?? name;
  const object = await git.objects.read(`${known}^{tree}`);
  return object?.oid ?? null;
}

async function treeChange(git: GitStore, entry: Fields): Promise<TreeChange> {
  const path = entry.text('path');
  const mode = entry.optionalOneOf('mode', ['100644', '100755', '040000', '160000', '120000']) ?? '100644';
  if (entry.values.sha === null) return { path, mode, oid: null };
  const content = entry.optionalText('content');
  const oid = content === undefined ? entry.text('sha') : await writeBlob(git, Buffer.from(content));
  return { path, mode, oid };
}

function renderTree({ world, repository }: Call, tree: string, entries: readonly TreeEntry[]) {
  const api = `${repositoryApiUrl(world, repository)}/git`;
  return {
    sha: tree,
    url: `${api}/trees/${tree}`,
    truncated: false,
    tree: entries.map((entry) => ({
      path: entry.path,
      mode: entry.mode,
      type: entry.type,
      sha: entry.oid,
      ...(entry.size === null ? {} : { size: entry.size }),
      url: `${api}/${entry.type}s/${entry.oid}`,
    })),
  };
}

function renderRef({ world, repository }: Call, ref: string, sha: string) {
  const api = `${repositoryApiUrl(world, repository)}/git`;
  return {
    ref,
    node_id: nodeId('Ref', ref),
    url: `${api}/${ref}`,
    object: { type: 'commit', sha, url: `${api}/commits/${sha}` },
  };
}
