/**
 * The REST API's way in. In: HTTP requests below `/api/v3`. It authenticates, matches a route of `rest/`, enforces
 * what the caller may do, counts against the rate limit, answers conditional requests, and logs. Out: what the
 * handler answered, or the refusal that it threw, in GitHub's shape.
 */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { findAccount, findRepository, type World } from '../model/world.ts';
import { actorOf, requireAllowed, tokenRole } from './allow.ts';
import { authenticate, type Caller } from './authenticate.ts';
import type { Call } from './call.ts';
import type { FaultPlan, RequestFault } from './faults.ts';
import { apiHeaders, etagOf, namesEtag, readJson, send } from './message.ts';
import { pagingOf } from './paging.ts';
import type { RateLimit, RateLimiter } from './rate-limit.ts';
import { isRefusal, notFound, type Refusal, refusal, refusalBody } from './refusal.ts';
import type { WritableRequestLog } from './request-log.ts';
import { type CompiledRoute, matchRoute } from './router.ts';

/** What the API needs beside the world. */
export interface Api {
  readonly world: World;
  readonly routes: readonly CompiledRoute[];
  readonly faults: FaultPlan;
  readonly limiter: RateLimiter;
  readonly log: WritableRequestLog;
  readonly hooks: Call['hooks'];
}

/** What is to be sent. */
export interface Reply {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string | Buffer;
}

/** Answers one request to the API. `url` is the request's, whole. */
export async function serveApi(
  api: Api,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
  const path = url.pathname.slice('/api/v3'.length) || '/';
  const match = matchRoute(api.routes, method, path);
  await answer(api, request, response, { method, path, route: match?.route.name ?? null }, async (caller) => {
    if (!match) throw notFound();
    const paging = pagingOf(url.searchParams);
    const call = makeCall(api.world, caller, {
      hooks: api.hooks,
      limit: api.limiter.peek(caller.key),
      path: match.path,
      query: url.searchParams,
      body: await readJson(request),
      accept: request.headers.accept ?? '',
      page: paging.slice,
    });
    requireAllowed(call, match.route.access, caller.token !== null);
    const result = await match.route.handle(call);
    const link = paging.link(url);
    const headers: OutgoingHttpHeaders = link ? { link } : {};
    if ('raw' in result) {
      return { status: 200, headers: { ...headers, 'content-type': result.type }, body: result.raw };
    }
    const body = result.data === undefined ? '' : JSON.stringify(result.data);
    return { status: result.status, headers, body };
  });
}

/**
 * The frame around every API call, REST or GraphQL: faults, authentication, rate limit, conditional requests,
 * refusals, the log.
 */
export async function answer(
  api: Api,
  request: IncomingMessage,
  response: ServerResponse,
  target: { readonly method: string; readonly path: string; readonly route: string | null },
  handle: (caller: Caller) => Promise<Reply>,
): Promise<void> {
  const started = performance.now();
  let caller: Caller | null = null;
  let limit: RateLimit | null = null;
  let reply: Reply;
  const by = isOfApp(request.headers.authorization) ? 'app' : 'person';
  const fault = api.faults.takeRequestFault({ ...target, by });
  if (fault?.kind === 'cut' && !fault.afterHandling) return void request.socket.destroy();
  try {
    await beforeHandling(api, fault);
    caller = authenticate(api.world, request.headers.authorization);
    limit = api.limiter.peek(caller.key);
    if (limit.remaining === 0 && target.route !== 'GET /rate_limit') throw exhausted(limit);
    reply = await handle(caller);
  } catch (error) {
    reply = refuse(isRefusal(error) ? error : unexpected(error));
  }
  if (fault?.kind === 'cut') return void request.socket.destroy();
  const etag = target.method === 'GET' && reply.status === 200 ? etagOf(reply.body) : null;
  const ifNoneMatch = request.headers['if-none-match'];
  const unchanged = etag !== null && namesEtag(ifNoneMatch, etag);
  if (caller && !unchanged && target.route !== 'GET /rate_limit') limit = api.limiter.count(caller.key);
  const headers = {
    ...apiHeaders(),
    'content-type': 'application/json; charset=utf-8',
    ...(limit ? rateHeaders(limit) : {}),
    ...(etag ? { etag } : {}),
    ...reply.headers,
  };
  const status = unchanged ? 304 : reply.status;
  api.log.add({
    ...target,
    at: api.world.clock.now(),
    status,
    conditional: ifNoneMatch !== undefined,
    caller: caller?.token ? actorOf(caller.token).account.login : caller?.app ? 'app' : null,
    milliseconds: performance.now() - started,
  });
  send(response, status, headers, request.method === 'HEAD' ? '' : reply.body);
}

/** By the look of what it carries: an App's JSON web token, or the token of an installation. */
function isOfApp(authorization: string | undefined): boolean {
  return /^(bearer|token) (ghs_|ey)/i.test(authorization ?? '');
}

async function beforeHandling(api: Api, fault: RequestFault | null): Promise<void> {
  if (!fault) return;
  if (fault.kind === 'delay') return api.world.clock.sleep(fault.milliseconds);
  if (fault.kind === 'server-error') throw refusal(fault.status ?? 502, 'Server Error');
  if (fault.kind === 'secondary-rate-limit') {
    const message =
      'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
    throw refusal(403, message, { headers: { 'retry-after': String(fault.retryAfterSeconds ?? 1) } });
  }
}

function makeCall(
  world: World,
  caller: Caller,
  parts: Pick<Call, 'path' | 'query' | 'body' | 'accept' | 'page' | 'hooks' | 'limit'>,
): Call {
  const { token } = caller;
  const call: Call = {
    world,
    token,
    ...parts,
    get actor() {
      if (!token) throw refusal(401, 'Requires authentication');
      return actorOf(token);
    },
    get app() {
      if (!caller.app) throw refusal(401, 'A JSON web token could not be decoded');
      return caller.app;
    },
    get repository() {
      const repository = findRepository(world, `${parts.path.owner}/${parts.path.repo}`);
      if (!repository) throw notFound();
      return repository;
    },
    get organisation() {
      const account = findAccount(world, parts.path.org ?? '');
      if (account?.type !== 'Organization') throw notFound();
      return account;
    },
    get role() {
      return tokenRole(world, call.repository, token);
    },
    number(name) {
      const text = parts.path[name] ?? '';
      if (!/^\d{1,15}$/.test(text)) throw notFound();
      return Number(text);
    },
  };
  return call;
}

function rateHeaders(limit: RateLimit): OutgoingHttpHeaders {
  return {
    'x-ratelimit-limit': String(limit.limit),
    'x-ratelimit-remaining': String(limit.remaining),
    'x-ratelimit-used': String(limit.used),
    'x-ratelimit-reset': String(limit.reset),
    'x-ratelimit-resource': 'core',
  };
}

function exhausted(limit: RateLimit): Refusal {
  return refusal(403, 'API rate limit exceeded', { headers: rateHeaders(limit) });
}

function refuse(problem: Refusal): Reply {
  return { status: problem.status, headers: problem.headers, body: JSON.stringify(refusalBody(problem)) };
}

/** A defect of the sandbox: it says so in the answer, where the test that met it will show it. */
function unexpected(error: unknown): Refusal {
  return refusal(
    500,
    `The sandbox GitHub failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`,
  );
}
