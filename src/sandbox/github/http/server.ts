import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveGraphql } from '../graphql/serve.ts';
import type { World } from '../model/world.ts';
import type { Announce } from '../webhooks/announcement.ts';
import type { Dispatcher } from '../webhooks/dispatch.ts';
import { type Api, serveApi } from './api.ts';
import { send } from './message.ts';
import { isRefusal, refusalBody } from './refusal.ts';
import { isGitPath, serveGit } from './smart-http.ts';

/** Answers requests that are neither the API's nor git's; false when it knows no such page. */
export type PageHandler = (
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
) => boolean | Promise<boolean>;

/**
 * Makes the pages of a world: what answers their requests, and an ear that hears every event on its way to the
 * webhooks (it must pass them on), so that pages can show what has happened. `world` is a function because the two
 * are made together.
 */
export type MakePages = (
  world: () => World,
  webhooks: Dispatcher,
) => { readonly handle: PageHandler; readonly announce: Announce };

/** Starts listening on the loopback interface; port 0 is any free one. */
export async function listen(api: Api, port: number, pages: PageHandler): Promise<Server> {
  const server = createServer((request, response) => {
    route(api, pages, request, response).catch((error: unknown) => {
      if (response.headersSent) return void response.destroy();
      const status = isRefusal(error) ? error.status : 500;
      const body = isRefusal(error)
        ? refusalBody(error)
        : { message: `The sandbox GitHub failed: ${error instanceof Error ? error.stack : String(error)}` };
      send(response, status, { 'content-type': 'application/json' }, JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  api.world.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return server;
}

async function route(
  api: Api,
  pages: PageHandler,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', api.world.url);
  if (/^\/api\/(v3\/)?graphql$/.test(url.pathname)) return serveGraphql(api, request, response);
  if (url.pathname === '/api/v3' || url.pathname.startsWith('/api/v3/')) {
    return serveApi(api, request, response, url);
  }
  if (isGitPath(url.pathname)) return serveGit(api.world, request, response, url);
  if (await pages(api.world, request, response)) return;
  send(response, 404, { 'content-type': 'text/plain; charset=utf-8' }, 'Not Found');
}
