/** How what a job concerns, and the trace that it is a part of, reach whoever does it, in whichever process. */
import { type Origin, type Scope, scope, within } from '../base/scope.ts';
import { markFailed, type TraceParent, traced, traceParent, vcsAttributes } from '../base/trace.ts';

/** What a job was asked for by. */
export interface JobFrom {
  readonly origin?: Origin;
  /** When the webhook was received that asked for this very job, ISO 8601. */
  readonly receivedAt?: string;
  /** The span that sent it. */
  readonly trace?: TraceParent;
}

/** As it is stored with the job. */
export interface SentJob {
  readonly from?: JobFrom;
  /** What those were asked for by whose place it took, the latest first. */
  readonly also?: readonly JobFrom[];
}

/** So many of them are kept. */
export const alsoKept = 20;

/** Sends a job. What it is asked for by is what the work in hand was. */
export function sending(
  kind: string,
  { receivedAt }: Pick<JobFrom, 'receivedAt'>,
  send: (from: JobFrom) => Promise<void>,
): Promise<void> {
  return traced(`send ${kind}`, { kind: 'producer', attributes: messaging('send', kind) }, () => {
    const { origin } = scope();
    const trace = traceParent();
    return send({
      ...(origin ? { origin: alone(origin) } : {}),
      ...(receivedAt === undefined ? {} : { receivedAt }),
      ...(trace === undefined ? {} : { trace }),
    });
  });
}

interface TakenJob {
  readonly id: string;
  readonly retryCount: number;
  readonly data: SentJob & { readonly kind: string; readonly payload: unknown };
}

/**
 * Does a job as a part of the trace that asked for it: the conventions leave it open whether that is its parent, and
 * so one trace goes from a webhook to the last resource that it leads to. Of whose place it took, it has links.
 * https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
 */
export function inJob<Outcome extends string>(
  { id, retryCount, data }: TakenJob,
  work: () => Promise<readonly [outcome: Outcome, error?: unknown]>,
): Promise<readonly [outcome: Outcome, error?: unknown]> {
  const { kind, payload, from = {}, also = [] } = data;
  const deliveries = also.flatMap(({ origin }) => origin?.delivery ?? []);
  const origin = from.origin && { ...from.origin, ...(deliveries.length > 0 ? { also: deliveries } : {}) };
  const { owner, repo, number } = placeIn(payload);
  const concerns: Scope = {
    ...(origin ? { origin } : {}),
    job: id,
    kind,
    ...(owner !== undefined && repo !== undefined ? { repository: `${owner}/${repo}` } : {}),
    ...(number === undefined ? {} : { pullRequest: number }),
  };
  const options = {
    kind: 'consumer',
    parent: from.trace,
    links: also.flatMap(({ trace }) => trace ?? []),
    attributes: {
      ...messaging('process', kind),
      'messaging.message.id': id,
      'slipway.job.attempt': retryCount + 1,
      ...(origin ? { 'slipway.delivery': origin.delivery } : {}),
      ...(owner === undefined ? {} : vcsAttributes({ owner, repo, number })),
    },
  } as const;
  return within(concerns, () =>
    traced(`process ${kind}`, options, async (span) => {
      const ended = await work();
      const [outcome, error] = ended;
      span.setAttribute('slipway.job.outcome', outcome);
      if (error !== undefined) markFailed(span, error);
      return ended;
    }),
  );
}

/** The webhook that asked for the job itself, and how many seconds ago by this clock. */
export function webhookOf(
  { from }: SentJob,
  now: number,
): { readonly event: string; readonly seconds: number } | undefined {
  if (from?.receivedAt === undefined || !from.origin) return undefined;
  return { event: from.origin.event, seconds: Math.max(0, now - Date.parse(from.receivedAt)) / 1000 };
}

function alone({ also: _, ...origin }: Origin): Origin {
  return origin;
}

function messaging(operation: 'send' | 'process', kind: string) {
  return {
    'messaging.system': 'pg-boss',
    'messaging.operation.type': operation,
    'messaging.operation.name': operation,
    'messaging.destination.name': kind,
  };
}

/** What of it says where the job is, if it is anywhere. */
function placeIn(payload: unknown): {
  readonly owner?: string;
  readonly repo?: string;
  readonly number?: number;
} {
  const { owner, repo, number } = (payload ?? {}) as Readonly<Record<string, unknown>>;
  return {
    ...(typeof owner === 'string' ? { owner } : {}),
    ...(typeof repo === 'string' ? { repo } : {}),
    ...(typeof number === 'number' ? { number } : {}),
  };
}
