/**
 * Clone, fetch and push over HTTP. In: git's requests. It asks for a token where GitHub does, refuses pushes that a
 * branch's protection forbids, hands the rest to `git http-backend`, and after a push tells {@link refMoved} which
 * references have moved. Out: git's own answers.
 */
import { spawn } from 'node:child_process';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { pushObstacle } from '../actions/push-allowed.ts';
import { refMoved } from '../actions/ref-moved.ts';
import { gitEnvironment, withSettings } from '../git/command.ts';
import { reloadRefs } from '../git/store.ts';
import type { Actor } from '../model/actor.ts';
import type { Repository } from '../model/repository.ts';
import { includesRole, type Role } from '../model/role.ts';
import { findRepository, type World } from '../model/world.ts';
import { actorOf, includesLevel, tokenRole } from './allow.ts';
import { authenticate } from './authenticate.ts';
import { readBody, send } from './message.ts';
import { type PushRequest, parsePushCommands, refusePush } from './push-request.ts';
import { isRefusal } from './refusal.ts';

const gitPath =
  /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack|HEAD|objects\/.+)$/;

/** Whether a path is one of git's. */
export function isGitPath(path: string): boolean {
  return gitPath.test(path);
}

/** Answers one of git's requests. */
export async function serveGit(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const [, owner, name, rest] = gitPath.exec(url.pathname)!;
  const repository = findRepository(world, `${owner}/${name}`);
  const writes = rest === 'git-receive-pack' || url.searchParams.get('service') === 'git-receive-pack';
  const admitted = admit(world, request, repository, writes);
  if ('status' in admitted) {
    const challenge = admitted.status === 401 ? { 'www-authenticate': 'Basic realm="GitHub"' } : {};
    return send(response, admitted.status, { ...challenge, 'content-type': 'text/plain' }, admitted.message);
  }
  if (rest === 'git-receive-pack') {
    return receivePack(world, request, response, url, admitted.repository, admitted.actor!);
  }
  const body = request.method === 'POST' ? await readBody(request) : Buffer.alloc(0);
  const answer = await runBackend(request, url, admitted.repository, rest!, body);
  send(response, answer.status, answer.headers, answer.body);
}

type Admission =
  | { readonly repository: Repository; readonly actor: Actor | null }
  | { readonly status: 401 | 403 | 404; readonly message: string };

function admit(
  world: World,
  request: IncomingMessage,
  repository: Repository | null,
  writes: boolean,
): Admission {
  let actor: Actor | null = null;
  let role: Role = 'none';
  try {
    const { token } = authenticate(world, request.headers.authorization);
    actor = token && actorOf(token);
    if (repository) role = tokenRole(world, repository, token);
    const reads = token?.kind !== 'installation' || includesLevel(token.permissions.contents, 'read');
    if (!reads && repository?.private) role = 'none';
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return {
      status: 401,
      message: 'Invalid username or token. Password authentication is not supported for Git operations.',
    };
  }
  if (!actor && (writes || role === 'none')) return { status: 401, message: 'Authentication required' };
  if (!repository || role === 'none') return { status: 404, message: 'Repository not found.' };
  if (writes && !includesRole(role, 'write')) {
    return {
      status: 403,
      message: `Permission to ${repository.owner.login}/${repository.name}.git denied to ${actor?.account.login}.`,
    };
  }
  return { repository, actor };
}

/** Takes a push. The answer waits until its consequences are in the model, so that who pushed can see them at once. */
async function receivePack(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  repository: Repository,
  actor: Actor,
): Promise<void> {
  const body = await readBody(request);
  const answer = await repository.git.exclusive(async () => {
    const push = parsePushCommands(body);
    const refused = push.commands.flatMap(({ ref, after }) => {
      const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
      const reason = branch === undefined ? null : pushObstacle(world, repository, actor, branch, after);
      return reason === null ? [] : [{ ref, reason }];
    });
    if (refused.length > 0) return refusePush(push, refused);
    const result = await runBackend(
      request,
      url,
      repository,
      'git-receive-pack',
      body,
      forcing(repository, push),
    );
    const changes = await reloadRefs(
      repository.git,
      push.commands.map(({ ref }) => ref),
    );
    for (const change of changes) await refMoved(world, repository, actor, change);
    return result;
  });
  send(response, answer.status, answer.headers, answer.body);
}

/** Makes git refuse to rewrite history where a protected branch that does not allow it is among those pushed to. */
function forcing(repository: Repository, push: PushRequest): Readonly<Record<string, string>> {
  const rigid = push.commands.some(({ ref }) => {
    const protection = repository.protections.get(ref.replace('refs/heads/', ''));
    return protection !== undefined && !protection.allowForcePushes;
  });
  return rigid ? withSettings({ 'receive.denyNonFastForwards': 'true' }) : {};
}

/** What git answered. */
export interface GitAnswer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

function runBackend(
  request: IncomingMessage,
  url: URL,
  repository: Repository,
  rest: string,
  body: Buffer,
  environment: Readonly<Record<string, string>> = {},
): Promise<GitAnswer> {
  const header = (name: string) => String(request.headers[name] ?? '');
  const variables = {
    ...gitEnvironment,
    ...environment,
    GIT_PROJECT_ROOT: repository.git.directory,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: `/${rest}`,
    REQUEST_METHOD: request.method ?? 'GET',
    QUERY_STRING: url.search.slice(1),
    CONTENT_TYPE: header('content-type'),
    CONTENT_LENGTH: String(body.length),
    HTTP_CONTENT_ENCODING: header('content-encoding'),
    GIT_PROTOCOL: header('git-protocol'),
    REMOTE_USER: 'sandbox',
    REMOTE_ADDR: request.socket.remoteAddress ?? '',
  };
  return new Promise((resolve, reject) => {
    const child = spawn('git', ['http-backend'], { cwd: repository.git.directory, env: variables });
    const chunks: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    child.stdin.on('error', () => {});
    child.on('error', reject);
    child.on('close', () => {
      const answer = parseCgi(Buffer.concat(chunks));
      if (answer) resolve(answer);
      else reject(new Error(`git http-backend gave no answer: ${Buffer.concat(errors).toString().trim()}`));
    });
    child.stdin.end(body);
  });
}

function parseCgi(output: Buffer): GitAnswer | null {
  const end = output.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const headers: Record<string, string> = {};
  for (const line of output.subarray(0, end).toString().split('\r\n')) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const { status = '200', ...rest } = headers;
  return { status: Number.parseInt(status, 10), headers: rest, body: output.subarray(end + 4) };
}
