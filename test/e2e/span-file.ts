/** What an operator loads with `node --import` to have traces, with a file in the place of a collector. */
import { appendFileSync } from 'node:fs';
import {
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-node';

const file = process.env.SLIPWAY_TEST_SPANS!;

const exporter: SpanExporter = {
  export(spans, done) {
    appendFileSync(file, spans.map((span) => `${JSON.stringify(lineOf(span))}\n`).join(''));
    done({ code: 0 });
  },
  shutdown: async () => {},
};

function lineOf(span: ReadableSpan) {
  const { name, parentSpanContext, attributes, links, status, events, startTime } = span;
  const { traceId, spanId } = span.spanContext();
  return {
    name,
    traceId,
    spanId,
    parent: parentSpanContext?.spanId,
    attributes,
    links: links.map(({ context }) => context.traceId),
    status,
    events,
    began: startTime[0] * 1e3 + startTime[1] / 1e6,
  };
}

new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
