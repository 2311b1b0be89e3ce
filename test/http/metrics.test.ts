import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { systemClock } from '../../src/base/clock.ts';
import { createMetrics } from '../../src/base/metrics.ts';
import { metricsHandler } from '../../src/http/metrics.ts';
import type { EndedJob } from '../../src/jobs/dispatcher.ts';
import { createQueue } from '../../src/jobs/queue.ts';
import { describeWithDatabases } from '../db/databases.ts';

const nothing = async () => [];
const soon = Math.floor(Date.now() / 1000) + 1800;
const ago = soon - 3600;
const limits = (remaining: string, until: number) =>
  new Headers({
    'x-ratelimit-remaining': remaining,
    'x-ratelimit-reset': String(until),
    'x-ratelimit-resource': 'graphql',
  });
const values = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('what is counted', () => {
  test('by labels of few values', async () => {
    const metrics = createMetrics();
    metrics.webhookStored('pull_request', 0.02);
    metrics.webhookTaken('pull_request', 3);
    metrics.awsCalled('EC2.DescribeVpcs');
    metrics.awsThrottled('EC2.DescribeVpcs');
    for (const [remaining, until] of [
      ['4999', soon],
      ['70', soon + 1],
      ['71', soon + 1],
      ['1', ago],
    ] as const)
      metrics.githubAnswered(200, limits(remaining, until));
    metrics.githubAnswered(502, new Headers());
    metrics.githubThrottled('secondary');
    metrics.timed('apply', 'failed', 12);
    metrics.failed('cloud-refused');
    const text = await metrics.text(async () => [
      { kind: 'review', state: 'waiting', jobs: 3, oldestSeconds: 61.5 },
    ]);
    for (const line of [
      'slipway_webhooks_total{event="pull_request"} 1',
      'slipway_webhook_store_seconds_bucket{le="0.025",event="pull_request"} 1',
      'slipway_webhook_lag_seconds_sum{event="pull_request"} 3',
      'slipway_aws_calls_total{service="EC2",operation="DescribeVpcs"} 1',
      'slipway_aws_throttles_total{service="EC2",operation="DescribeVpcs"} 1',
      'slipway_github_answers_total{status="502"} 1',
      'slipway_github_throttles_total{limit="secondary"} 1',
      // Of two installations the one with less left, and of none whose time is over.
      'slipway_github_rate_remaining{resource="graphql"} 70',
      'slipway_run_seconds_sum{what="apply",outcome="failed"} 12',
      'slipway_failures_total{code="cloud-refused"} 1',
      'slipway_queue_jobs{kind="review",state="waiting"} 3',
      'slipway_queue_oldest_seconds{kind="review",state="waiting"} 61.5',
    ])
      expect(values(text)).toContain(line);
  });

  test('of the queue, what there is none of any more is not told', async () => {
    const metrics = createMetrics();
    await metrics.text(async () => [{ kind: 'review', state: 'aside', jobs: 1, oldestSeconds: 1 }]);
    expect(await metrics.text(nothing)).not.toContain('kind="review"');
  });
});

describe('dashboard and alert rules', () => {
  const folder = new URL('../../docs/monitoring/', import.meta.url);
  const named = (text: string) => [...new Set(text.match(/\bslipway_\w+/g))].sort();

  test('name only metrics that there are, and leave none out', async () => {
    const known = (await createMetrics().text(nothing)).match(/(?<=^# TYPE )slipway_\w+/gm)!;
    const alerts = await readFile(new URL('alerts.yml', folder), 'utf8');
    const dashboard = await readFile(new URL('grafana-dashboard.json', folder), 'utf8');
    const base = (name: string) => name.replace(/_(?:bucket|count|sum)$/, '');
    const used = [...named(alerts), ...named(dashboard)].map((name) =>
      known.includes(name) ? name : base(name),
    );
    expect(used.filter((name) => !known.includes(name))).toEqual([]);
    expect(known.filter((name) => !used.includes(name))).toEqual([]);
    const rules = parse(alerts).groups.flatMap((group: { rules: object[] }) => group.rules);
    for (const rule of rules)
      expect(rule).toMatchObject({ alert: expect.any(String), expr: expect.any(String) });
    expect(JSON.parse(dashboard).panels.length).toBeGreaterThan(10);
  });
});

await describeWithDatabases('the queue', (fresh, kind) => {
  test('tells of each job how it ended, and of what it holds', async () => {
    const database = await fresh();
    const ended: EndedJob[] = [];
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const handler = (handle: () => Promise<void>, retries = 0) => ({
      handle,
      retries,
      retryDelaySeconds: 60,
    });
    const queue = await createQueue<{ well: object; badly: object; later: object }>(database, {
      handlers: {
        well: handler(async () => {}),
        badly: handler(async () => {
          throw new Error('no');
        }),
        later: handler(async () => {
          throw new Error('not yet');
        }, 3),
      },
      log,
      clock: systemClock,
      onEnd: (job) => ended.push(job),
    });
    for (const name of ['well', 'badly', 'later'] as const) await queue.enqueue(name, {});
    await queue.enqueue('well', {}, { delaySeconds: 600 });
    await queue.start();
    await expect.poll(() => ended.length, { timeout: 20_000 }).toBe(3);
    expect(ended.map(({ kind, outcome }) => `${kind} ${outcome}`).sort()).toEqual([
      'badly aside',
      'later retried',
      'well done',
    ]);
    for (const { waited, seconds } of ended) expect(Math.min(waited, seconds)).toBeGreaterThanOrEqual(0);
    expect((await queue.depths()).map(({ kind, state, jobs }) => `${kind} ${state} ${jobs}`)).toEqual([
      'badly aside 1',
      'later retrying 1',
      'well delayed 1',
    ]);
    await queue.stop({ gracefulMs: 0 });
    if (kind === 'server') await database.close();
  });
});

test('a queue that cannot be read is an error, and not an empty one', async () => {
  const statuses: number[] = [];
  const response = {
    writeHead(code: number) {
      statuses.push(code);
      return response;
    },
    end() {},
  };
  const depths = () => Promise.reject(new Error('gone'));
  await metricsHandler({ depths }, createMetrics())({ url: '/metrics' } as never, response as never);
  expect(statuses).toEqual([503]);
});
