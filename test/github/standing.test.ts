import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { SlipwayError } from '../../src/base/error.ts';
import { createMetrics } from '../../src/base/metrics.ts';
import { countingListener, limitOf, listeningFetch } from '../../src/github/client-class.ts';
import { missingIn } from '../../src/github/own-app.ts';
import { githubStanding } from '../../src/github/standing.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** Somebody who answers as GitHub does. */
async function answering(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  ends.push(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function clockAt() {
  let at = 0;
  return { now: () => new Date(at), sleep: async () => {}, pass: (ms: number) => (at += ms) };
}

describe('how GitHub stands', () => {
  test('is known from the calls that there are', async () => {
    const status = { now: 200, headers: {} as Record<string, string> };
    const url = await answering((_, response) => response.writeHead(status.now, status.headers).end('{}'));
    const standing = githubStanding(clockAt(), async () => []);
    const metrics = createMetrics();
    const ask = listeningFetch([countingListener(metrics), standing]);
    const seen: string[] = [];
    for (const [now, headers] of [
      [200, {}],
      [304, {}],
      [404, {}],
      [502, {}],
      [403, {}],
      [403, { 'retry-after': '60' }],
      [429, { 'x-ratelimit-remaining': '0' }],
    ] as const) {
      Object.assign(status, { now, headers });
      await ask(url);
      seen.push(standing.now().status);
    }
    expect(seen).toEqual(['ok', 'ok', 'ok', 'failing', 'ok', 'limited', 'limited']);
    ends.pop()?.();
    await expect(ask('http://127.0.0.1:9')).rejects.toThrow();
    expect(standing.now()).toEqual({ status: 'unreachable', reason: 'GitHub does not answer' });
    const text = await metrics.text(async () => []);
    for (const line of [
      'slipway_github_answers_total{status="403"} 2',
      'slipway_github_answers_total{status="none"} 1',
      'slipway_github_throttles_total{limit="primary"} 1',
      'slipway_github_throttles_total{limit="secondary"} 1',
    ])
      expect(text).toContain(line);
  });

  test('is not asked for by a call that we gave up, but by one that took too long', async () => {
    const url = await answering(() => {});
    const standing = githubStanding(clockAt(), async () => []);
    const ask = listeningFetch([standing]);
    const stopping = new AbortController();
    setTimeout(() => stopping.abort(new Error('this process ends')), 20);
    await expect(ask(url, { signal: stopping.signal })).rejects.toThrow();
    expect(standing.now().status).toBe('unknown');
    await expect(ask(url, { signal: AbortSignal.timeout(20) })).rejects.toThrow();
    expect(standing.now().status).toBe('unreachable');
  });

  test('is asked for once where nothing was heard for a minute, and not while it is asked for', async () => {
    const clock = clockAt();
    let asked = 0;
    const standing = githubStanding(clock, async () => {
      asked++;
      standing.answered(200, new Headers());
      return ['event push'];
    });
    for (let i = 0; i < 3; i++) standing.now();
    await expect.poll(() => standing.now().status).toBe('incomplete');
    expect(standing.now().reason).toContain('event push');
    clock.pass(59_000);
    standing.now();
    expect(asked).toBe(1);
    clock.pass(2_000);
    standing.now();
    await expect.poll(() => asked).toBe(2);
  });

  test('is refused where the key is not the one of the App, whatever else is answered', async () => {
    const clock = clockAt();
    const standing = githubStanding(clock, async () => {
      standing.answered(401, new Headers());
      throw new SlipwayError('github-app-refused', { summary: 'no' });
    });
    await expect(standing.look()).rejects.toThrow('no');
    expect(standing.now()).toMatchObject({ status: 'refused' });
  });

  test.each([
    [403, {}, undefined],
    [403, { 'x-ratelimit-remaining': '0' }, 'primary'],
    [403, { 'retry-after': '1' }, 'secondary'],
    [429, {}, 'secondary'],
    [200, { 'x-ratelimit-remaining': '0' }, undefined],
  ] as const)('an answer of %i with %o passed the limit: %s', (status, headers, limit) => {
    expect(limitOf(status, new Headers(headers))).toBe(limit);
  });
});

describe('what the App lacks', () => {
  const manifest = { events: ['push', 'issues'], permissions: { contents: 'read', checks: 'write' } };
  test.each([
    ['nothing', { events: ['issues', 'push'], permissions: { contents: 'write', checks: 'write' } }, []],
    ['an event', { events: ['issues'], permissions: { contents: 'read', checks: 'write' } }, ['event push']],
    [
      'a permission, and half of one',
      { events: ['issues', 'push'], permissions: { checks: 'read' } },
      ['permission contents: read', 'permission checks: write'],
    ],
  ] as const)('is %s', (_, app, missing) => {
    expect(missingIn(app, manifest)).toEqual(missing);
  });
});
