import type { MiddlewareHandler } from 'hono';
import { problemPage } from './layout.ts';
import type { PageEnvironment } from './site.ts';

const loopback = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;

/**
 * Keeps other sites out. Nobody signs in here, but any web page that a developer has open could post to the loopback
 * interface, and one whose name is made to point at it (DNS rebinding) could read what these pages show, tokens
 * included. So a request must name a loopback host, and one that changes anything must come from a page of this very
 * host and port: `same-site` is not enough, because all ports of localhost are one site. A program that is not a
 * browser sends neither header; it could do the same with `git` or the API.
 */
export const guard: MiddlewareHandler<PageEnvironment> = async (c, next) => {
  const host = c.req.header('host') ?? '';
  if (!loopback.test(host)) {
    return problemPage(c, 421, `These pages answer to 127.0.0.1 and localhost only, not to ${host}.`);
  }
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
    const site = c.req.header('sec-fetch-site');
    const origin = c.req.header('origin');
    const elsewhere =
      (site !== undefined && site !== 'same-origin') || (origin !== undefined && origin !== `http://${host}`);
    if (elsewhere) return problemPage(c, 403, 'A form of another site cannot act here.');
  }
  await next();
  c.header('content-security-policy', policy);
  c.header('cross-origin-resource-policy', 'same-origin');
  c.header('referrer-policy', 'same-origin');
  c.header('x-content-type-options', 'nosniff');
  c.header('cache-control', c.res.headers.get('cache-control') ?? 'no-store');
};

/** No script but our own file, so that a comment that got past the sanitiser would still be only text. */
const policy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "img-src 'self' https: data:",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');
