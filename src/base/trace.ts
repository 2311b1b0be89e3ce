/**
 * Traces, by the API of OpenTelemetry: what takes them, if anything does, the operator loads before Slipway
 * (`node --import`), and without that nothing is kept and next to nothing is spent. Names and attributes are those of
 * the semantic conventions where there are some (https://opentelemetry.io/docs/specs/semconv/), and `slipway.*` else.
 *
 * No secret gets into a span: its name and attributes are kinds, ids, counts and codes, never a value or a message. Of
 * an error it has the code; the message is in the log, masked, in lines that name the trace.
 */
import { setTimeout as delay } from 'node:timers/promises';
import {
  type Attributes,
  context,
  isSpanContextValid,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { SlipwayError } from './error.ts';

/** A span as another process can know it: `00-<trace>-<span>-<flags>`, https://www.w3.org/TR/trace-context/ */
export type TraceParent = string;

export interface TraceOptions {
  /** `internal` unless told. */
  readonly kind?: 'server' | 'client' | 'producer' | 'consumer';
  readonly attributes?: Attributes;
  /** What it is a part of, where that is not the work in hand. */
  readonly parent?: TraceParent | undefined;
  /** What else it has to do with. */
  readonly links?: readonly TraceParent[];
}

const kinds = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

/** Not kept: whoever takes traces may be registered later than this file is read. */
const tracer = () => trace.getTracer('slipway');

/** Does the work as a span of its own. One that throws is marked, and thrown on. */
export function traced<T>(
  name: string,
  { kind, attributes, parent, links = [] }: TraceOptions,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const from = parent === undefined ? undefined : parse(parent);
  const around = from ? trace.setSpanContext(ROOT_CONTEXT, from) : context.active();
  const options = {
    kind: kind === undefined ? SpanKind.INTERNAL : kinds[kind],
    ...(attributes ? { attributes } : {}),
    ...(links.length > 0 ? { links: links.flatMap(linkTo) } : {}),
  };
  return tracer().startActiveSpan(name, options, around, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      markFailed(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Marks a span of what ended with an error, also where that was not thrown. */
export function markFailed(span: Span, error: unknown): void {
  markCode(span, errorType(error));
}

/** The same where the error is known by its code. */
export function markCode(span: Span, code: string): void {
  if (!span.isRecording()) return;
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttribute('error.type', code);
}

/** Adds to the span of the work in hand. */
export function annotate(attributes: Attributes): void {
  trace.getActiveSpan()?.setAttributes(attributes);
}

/** Says of the work in hand that it has to do with another trace's. */
export function linkWork(other: TraceParent | undefined): void {
  const [link] = other === undefined ? [] : linkTo(other);
  if (link) trace.getActiveSpan()?.addLink(link);
}

/** Where on GitHub something is, in the conventions' words. */
export function vcsAttributes({ owner, repo, number }: VcsPlace): Attributes {
  return {
    'vcs.provider.name': 'github',
    ...(owner === undefined ? {} : { 'vcs.owner.name': owner }),
    ...(repo === undefined ? {} : { 'vcs.repository.name': repo }),
    ...(number === undefined ? {} : { 'vcs.change.id': String(number) }),
  };
}

interface VcsPlace {
  readonly owner?: string | undefined;
  readonly repo?: string | undefined;
  /** Of a pull request. */
  readonly number?: number | undefined;
}

/** The span of the work in hand; undefined where nobody takes traces. */
export function traceParent(): TraceParent | undefined {
  const span = activeContext();
  return span && `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}`;
}

/** The same as lines of a log name it. */
export function traceIds(): { readonly trace_id?: string; readonly span_id?: string } {
  const span = activeContext();
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
}

/** How long an end waits for a collector. */
const patienceMs = 2_000;

/** Has what was taken sent, before this process ends: SDKs send in batches. Who takes traces sees to failures. */
export async function sendTraces(): Promise<void> {
  const provider = trace.getTracerProvider() as { getDelegate?(): unknown };
  const taker = (provider.getDelegate?.() ?? provider) as { forceFlush?(): Promise<void> };
  const sent = taker.forceFlush?.().catch(() => {});
  await Promise.race([sent, delay(patienceMs, undefined, { ref: false })]);
}

function activeContext(): SpanContext | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  return span && isSpanContextValid(span) ? span : undefined;
}

function linkTo(other: TraceParent): Link[] {
  const span = parse(other);
  return span ? [{ context: span }] : [];
}

function parse(text: TraceParent): SpanContext | undefined {
  const [, traceId = '', spanId = '', flags = ''] =
    /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(text) ?? [];
  const span = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(span) ? span : undefined;
}

/** A code or a class, never a message. */
function errorType(error: unknown): string {
  if (error instanceof SlipwayError) return error.code;
  return error instanceof Error ? error.name : 'error';
}
