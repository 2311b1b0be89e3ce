import { context, propagation, SpanKind, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { type Scope, scope, within } from '../../src/base/scope.ts';
import { traced } from '../../src/base/trace.ts';
import type { EndedJob } from '../../src/jobs/dispatcher.ts';
import { createQueue } from '../../src/jobs/queue.ts';
import { describeWithDatabases } from '../db/databases.ts';
import { quiet } from './recorder.ts';

type Kinds = { review: object; merge: object };

const spans = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });

describe('what a job was asked for by', () => {
  beforeAll(() => provider.register());
  // Other files run in this process, too.
  afterAll(() => {
    trace.disable();
    context.disable();
    propagation.disable();
  });

  const webhook = (delivery: string, sender: string, work: () => Promise<void>) =>
    within({ origin: { delivery, event: 'pull_request', sender } }, () =>
      traced(`webhook ${delivery}`, { kind: 'server' }, work),
    );

  return describeWithDatabases('goes with it', (fresh) => {
    test('into whoever does it, what follows from it, and the trace; of a burst all are named', async () => {
      spans.reset();
      const seen: Scope[] = [];
      const ended: EndedJob[] = [];
      const handler = (handle: () => Promise<void>) => ({ handle, retries: 0, retryDelaySeconds: 0 });
      const queue = await createQueue<Kinds>(await fresh(), {
        handlers: {
          review: handler(async () => {
            seen.push(scope());
            await queue.enqueue('merge', {}, { key: 'acme/shop#8' });
          }),
          merge: handler(async () => void seen.push(scope())),
        },
        log: quiet,
        clock: systemClock,
        onEnd: (job) => ended.push(job),
      });
      const place = { owner: 'acme', repo: 'shop', number: 7 };
      const receivedAt = new Date(Date.now() - 5_000).toISOString();
      for (const [id, by] of [
        ['d-1', 'author'],
        ['d-2', 'reviewer'],
        ['d-3', 'operator'],
      ] as const)
        await webhook(id, by, () =>
          queue.enqueue('review', place, { key: 'acme/shop#7', coalesce: true, receivedAt }),
        );
      await queue.start();
      await expect.poll(() => ended.length).toBe(2);
      await queue.stop({ gracefulMs: 0 });

      const origin = { delivery: 'd-3', event: 'pull_request', sender: 'operator' };
      expect(seen).toMatchObject([
        {
          origin: { ...origin, also: ['d-2', 'd-1'] },
          kind: 'review',
          repository: 'acme/shop',
          pullRequest: 7,
        },
        { origin, kind: 'merge' },
      ]);
      expect(seen[1]?.origin).not.toHaveProperty('also');
      // What follows from a job is not late because its webhook was long ago.
      expect(ended.map((job) => job.webhook?.event)).toEqual(['pull_request', undefined]);
      expect(ended[0]?.webhook?.seconds).toBeGreaterThanOrEqual(5);

      const all = spans.getFinishedSpans();
      const called = (name: string) => all.find((span) => span.name === name)!;
      const traceOf = (name: string) => called(name).spanContext().traceId;
      const newest = traceOf('webhook d-3');
      for (const name of ['process review', 'send merge', 'process merge'])
        expect(traceOf(name)).toBe(newest);
      expect(called('process review').kind).toBe(SpanKind.CONSUMER);
      expect(called('process review').links.map((link) => link.context.traceId)).toEqual([
        traceOf('webhook d-2'),
        traceOf('webhook d-1'),
      ]);
    });
  });
});
