import { commitFile } from '../actions/contents.ts';
import { commitOf, resolveCommit } from '../git/commits.ts';
import { readTree } from '../git/trees.ts';
import {
  type Call,
  created,
  type Data,
  ok,
  onRepository,
  type RawAnswer,
  type RouteTable,
} from '../http/call.ts';
import { fieldsOf, present } from '../http/fields.ts';
import { invalid, notFound, refusal } from '../http/refusal.ts';
import type { Repository } from '../model/repository.ts';
import { timestamp, type World } from '../model/world.ts';
import { repositoryApiUrl, repositoryUrl } from '../render/addresses.ts';
import { renderGitCommit } from '../render/commit.ts';

/** Files and directories at a commit. */
export const contentsRoutes: RouteTable = {
  'GET /repos/{owner}/{repo}/contents/{path}': {
    access: onRepository('contents', 'read'),
    handle: getContents,
  },
  'PUT /repos/{owner}/{repo}/contents/{path}': {
    access: onRepository('contents', 'write'),
    async handle(call) {
      const { world, repository, path } = call;
      const body = fieldsOf(call, 'Content');
      const content = Buffer.from(body.text('content'), 'base64');
      const { commit, created: isNew } = await commitFile(world, repository, call.actor, {
        branch: branchOf(call),
        path: path.path!,
        content,
        message: body.text('message'),
        ...present({ sha: body.optionalText('sha'), author: signatureIn(call) }),
      });
      const data = {
        content: await renderFile(world, repository, commit, path.path!, branchOf(call)),
        commit: renderGitCommit(world, repository, await commitOf(repository.git, commit)),
      };
      return isNew ? created(data) : ok(data);
    },
  },
  'DELETE /repos/{owner}/{repo}/contents/{path}': {
    access: onRepository('contents', 'write'),
    async handle(call) {
      const { world, repository, path } = call;
      const body = fieldsOf(call, 'Content');
      const { commit } = await commitFile(world, repository, call.actor, {
        branch: branchOf(call),
        path: path.path!,
        content: null,
        message: body.text('message'),
        sha: body.text('sha'),
      });
      return ok({
        content: null,
        commit: renderGitCommit(world, repository, await commitOf(repository.git, commit)),
      });
    },
  },
};

function branchOf(call: Call): string {
  return (
    fieldsOf(call, 'Content').optionalText('branch') ??
    call.query.get('branch') ??
    call.repository.defaultBranch
  );
}

function signatureIn(call: Call) {
  const author = fieldsOf(call, 'Content').object('author');
  if (!author) return undefined;
  const date = author.optionalText('date') ?? timestamp(call.world);
  return { name: author.text('name'), email: author.text('email'), date };
}

type Contents = Data<'GET /repos/{owner}/{repo}/contents/{path}'>;

async function getContents(
  call: Call,
): Promise<{ readonly status: 200; readonly data: Contents } | RawAnswer> {
  const { world, repository, accept } = call;
  const path = (call.path.path ?? '').replace(/\/+$/, '');
  const ref = call.query.get('ref') ?? repository.defaultBranch;
  const commit = await resolveCommit(repository.git, ref);
  if (!commit)
    throw refusal(
      404,
      repository.git.refs.size === 0 ? 'This repository is empty.' : `No commit found for the ref ${ref}`,
    );
  if (path.split('/').includes('..')) throw invalid({ resource: 'Content', field: 'path', code: 'invalid' });
  const object = await repository.git.objects.read(`${commit}:${path}`);
  if (!object) throw notFound();
  if (object.type === 'blob') {
    if (/raw/.test(accept))
      return { status: 200, raw: object.data, type: 'application/vnd.github.raw; charset=utf-8' };
    return ok(await renderFile(world, repository, commit, path, ref));
  }
  const entries = await readTree(repository.git, object.oid, false);
  const listed = entries.map((entry) => {
    const child = path === '' ? entry.path : `${path}/${entry.path}`;
    return {
      ...describe(world, repository, ref, child, entry.type === 'tree' ? 'tree' : 'blob', entry.oid),
      type: entry.type === 'tree' ? ('dir' as const) : ('file' as const),
      size: entry.size ?? 0,
      ...(entry.type === 'tree' ? { download_url: null } : {}),
    };
  });
  return ok(listed);
}

/** The fields that files and directories share. */
function describe(
  world: World,
  repository: Repository,
  ref: string,
  path: string,
  kind: 'blob' | 'tree',
  oid: string,
) {
  const api = repositoryApiUrl(world, repository);
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  const url = `${api}/contents/${encoded}?ref=${encodeURIComponent(ref)}`;
  const html = `${repositoryUrl(world, repository)}/${kind}/${ref}/${encoded}`;
  const git = `${api}/git/${kind}s/${oid}`;
  return {
    name: path.split('/').at(-1)!,
    path,
    sha: oid,
    url,
    html_url: html,
    git_url: git,
    download_url: `${repositoryUrl(world, repository)}/raw/${ref}/${encoded}`,
    _links: { self: url, git, html },
  };
}

/** The most that the API gives of a file's text, in bytes; above it the content is empty. */
const largestContent = 1024 * 1024;

async function renderFile(world: World, repository: Repository, commit: string, path: string, ref: string) {
  const object = await repository.git.objects.read(`${commit}:${path}`);
  if (object?.type !== 'blob') throw notFound();
  const whole = object.data.length <= largestContent;
  // GitHub breaks base64 every 60 characters; clients that forget to allow for that should fail here too.
  const content = whole ? object.data.toString('base64').replace(/(.{60})/g, '$1\n') : '';
  return {
    ...describe(world, repository, ref, path, 'blob', object.oid),
    type: 'file' as const,
    size: object.data.length,
    encoding: whole ? 'base64' : 'none',
    content: content === '' || content.endsWith('\n') ? content : `${content}\n`,
  };
}
