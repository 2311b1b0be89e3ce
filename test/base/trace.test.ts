import { context, propagation, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  BatchSpanProcessor,
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-node';
import { describe, expect, test } from 'vitest';
import { SlipwayError } from '../../src/base/error.ts';
import { annotate, linkWork, sendTraces, traced, traceIds, traceParent } from '../../src/base/trace.ts';
import { threadTime } from '../thread-time.ts';

describe('a trace', () => {
  test('where nobody takes it, costs next to nothing and names nothing', async () => {
    let named: unknown;
    const work = async () => {
      named ??= traceParent() ?? traceIds().trace_id;
    };
    const times = 100_000;
    const began = threadTime();
    for (let i = 0; i < times; i++) await traced('work', { attributes: { 'slipway.stack': 's' } }, work);
    const took = threadTime() - began;
    console.info(`a span that nobody takes: ${((took / times) * 1000).toFixed(2)} µs`);
    expect(named).toBeUndefined();
    // Milliseconds. Measured: 0.0015; a run of a thousand resources has some five thousand spans.
    expect(took / times).toBeLessThan(0.02);
  });

  test('has of an error its code, and nothing that the error says', async () => {
    const spans = new InMemorySpanExporter();
    new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }).register();
    try {
      const secret = 'hunter2-the-canary';
      const failing = (error: unknown) =>
        traced('work', {}, async () => {
          annotate({ 'slipway.run': 'run-1' });
          throw error;
        }).catch(() => {});
      await failing(
        new SlipwayError('cloud-refused', { summary: secret, detail: secret, cause: new Error(secret) }),
      );
      await failing(new TypeError(secret));
      await failing(secret);
      const ended = spans.getFinishedSpans();
      expect(ended.map((span) => span.attributes['error.type'])).toEqual([
        'cloud-refused',
        'TypeError',
        'error',
      ]);
      for (const span of ended) expect(span.status).toEqual({ code: SpanStatusCode.ERROR });
      const { attributes, events, links, status } = ended[0]!;
      expect(attributes['slipway.run']).toBe('run-1');
      const text = JSON.stringify(ended.map((s) => [s.name, s.attributes, s.events, s.links, s.status]));
      expect(text).not.toContain(secret);
      expect([events, links, status.message]).toEqual([[], [], undefined]);
    } finally {
      trace.disable();
      context.disable();
      propagation.disable();
    }
  });

  test('is sent before the end, and a collector that is away is not waited for', async () => {
    await sendTraces();
    const exported: string[] = [];
    const exporter: SpanExporter = {
      export(spans, done) {
        exported.push(...spans.map(({ name }) => name));
        done({ code: 0 });
      },
      shutdown: async () => {},
    };
    const silent: SpanExporter = { export() {}, shutdown: async () => {} };
    new NodeTracerProvider({
      spanProcessors: [new BatchSpanProcessor(exporter), new BatchSpanProcessor(silent)],
    }).register();
    try {
      await traced('last', {}, async () => {});
      expect(exported).toEqual([]);
      const began = performance.now();
      await sendTraces();
      expect(exported).toEqual(['last']);
      expect(performance.now() - began).toBeLessThan(10_000);
    } finally {
      trace.disable();
      context.disable();
      propagation.disable();
    }
  });

  test('goes on elsewhere by its name, and does not by a name that is none', async () => {
    const spans = new InMemorySpanExporter();
    new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }).register();
    try {
      let name: string | undefined;
      await traced('here', {}, async () => {
        name = traceParent();
      });
      await traced('there', { parent: name }, async () => linkWork(name));
      for (const wrong of ['', 'nonsense', `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`])
        await traced('lost', { parent: wrong, links: [wrong] }, async () => linkWork(wrong));
      const [here, there, ...lost] = spans.getFinishedSpans();
      expect(there?.parentSpanContext?.spanId).toBe(here?.spanContext().spanId);
      expect(there?.links).toHaveLength(1);
      for (const span of lost) expect([span.parentSpanContext, span.links]).toEqual([undefined, []]);
    } finally {
      trace.disable();
      context.disable();
      propagation.disable();
    }
  });
});
