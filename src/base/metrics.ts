/**
 * What a process counts and times, for Prometheus to collect. Labels are of few values: kinds, services, outcomes and
 * codes, never the name of a repository, a person or a stack.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

export type JobOutcome = 'done' | 'retried' | 'aside' | 'superseded' | 'handed-back';

/** How many jobs of a kind are in a state, and how long the oldest of them has been. */
export interface QueueDepth {
  readonly kind: string;
  readonly state: 'waiting' | 'delayed' | 'active' | 'retrying' | 'aside';
  readonly jobs: number;
  readonly oldestSeconds: number;
}

export interface Metrics {
  /** @param seconds from when it was received until it was stored, and can be acknowledged */
  webhookStored(event: string, seconds: number): void;
  /** @param seconds from when it was received until the first job began that it asked for */
  webhookTaken(event: string, seconds: number): void;
  /** @param waited seconds from when it could have begun until it did */
  jobEnded(job: {
    readonly kind: string;
    readonly outcome: JobOutcome;
    readonly waited: number;
    readonly seconds: number;
  }): void;
  /** A plan was made, or an apply ended. */
  timed(what: 'plan' | 'apply', outcome: string, seconds: number): void;
  /** @param operation `Service.Operation` */
  awsCalled(operation: string): void;
  awsThrottled(operation: string): void;
  /** @param headers of an answer of GitHub's; `none` where there was no answer */
  githubAnswered(status: number | 'none', headers: Headers): void;
  /** An answer of GitHub's said that a limit was passed. */
  githubThrottled(limit: 'primary' | 'secondary'): void;
  /** Something ended with an error of this code. */
  failed(code: string): void;
  /** Everything, as Prometheus reads it; the queue is asked now. */
  text(queue: () => Promise<readonly QueueDepth[]>): Promise<string>;
  readonly contentType: string;
}

const brief = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];
const short = [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const long = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600];

export function createMetrics(): Metrics {
  const registry = new Registry();
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter({ name, help, labelNames: [...labelNames], registers: [registry] });
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Gauge({ name, help, labelNames: [...labelNames], registers: [registry] });
  const histogram = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    buckets: number[],
  ) => new Histogram({ name, help, labelNames: [...labelNames], buckets, registers: [registry] });

  const webhooks = counter('slipway_webhooks_total', 'Webhooks that were stored', ['event']);
  const stored = histogram(
    'slipway_webhook_store_seconds',
    'From when a webhook was received until it was stored, and could be acknowledged',
    ['event'],
    brief,
  );
  const lag = histogram(
    'slipway_webhook_lag_seconds',
    'From when a webhook was received until the job began that it asked for',
    ['event'],
    short,
  );
  const waited = histogram(
    'slipway_job_wait_seconds',
    'From when a job could have begun until it did',
    ['kind'],
    short,
  );
  const ran = histogram('slipway_job_seconds', 'How long a job took', ['kind', 'outcome'], long);
  const timed = histogram(
    'slipway_run_seconds',
    'How long a plan or an apply took',
    ['what', 'outcome'],
    long,
  );
  const called = counter('slipway_aws_calls_total', 'Requests to AWS, each retry too', [
    'service',
    'operation',
  ]);
  const throttled = counter('slipway_aws_throttles_total', 'Requests that AWS throttled', [
    'service',
    'operation',
  ]);
  const answers = counter('slipway_github_answers_total', "GitHub's answers, to each retry too", ['status']);
  const limited = counter('slipway_github_throttles_total', 'Requests that GitHub throttled', ['limit']);
  const left = gauge(
    'slipway_github_rate_remaining',
    'What GitHub leaves of its rate limits: of the installation that has least',
    ['resource'],
  );
  const failures = counter('slipway_failures_total', 'What ended with an error, by its code', ['code']);
  const depth = gauge('slipway_queue_jobs', 'Jobs of all processes', ['kind', 'state']);
  const age = gauge('slipway_queue_oldest_seconds', 'Age of the oldest job', ['kind', 'state']);
  const memory = gauge('slipway_memory_bytes', 'Resident memory of this process', []);

  /** Each installation has a limit of its own, and they end at different times. */
  const limits = new Map<string, { resource: string; remaining: number; until: number }>();
  const tellLimits = () => {
    left.reset();
    const least = new Map<string, number>();
    for (const [key, { resource, remaining, until }] of limits) {
      if (until <= Date.now()) limits.delete(key);
      else least.set(resource, Math.min(least.get(resource) ?? remaining, remaining));
    }
    for (const [resource, remaining] of least) left.set({ resource }, remaining);
  };

  const call = (operation: string) => {
    const [service = '', name = ''] = operation.split('.');
    return { service, operation: name };
  };
  return {
    contentType: registry.contentType,
    webhookStored(event, seconds) {
      webhooks.inc({ event });
      stored.observe({ event }, seconds);
    },
    webhookTaken: (event, seconds) => lag.observe({ event }, seconds),
    jobEnded({ kind, outcome, waited: wait, seconds }) {
      waited.observe({ kind }, wait);
      ran.observe({ kind, outcome }, seconds);
    },
    timed: (what, outcome, seconds) => timed.observe({ what, outcome }, seconds),
    awsCalled: (operation) => called.inc(call(operation)),
    awsThrottled: (operation) => throttled.inc(call(operation)),
    githubAnswered(status, headers) {
      answers.inc({ status: String(status) });
      const remaining = Number.parseInt(headers.get('x-ratelimit-remaining') ?? '', 10);
      const reset = Number.parseInt(headers.get('x-ratelimit-reset') ?? '', 10);
      if (Number.isNaN(remaining) || Number.isNaN(reset)) return;
      const resource = headers.get('x-ratelimit-resource') ?? 'core';
      const key = `${resource} ${reset}`;
      const before = limits.get(key)?.remaining ?? remaining;
      limits.set(key, { resource, remaining: Math.min(before, remaining), until: reset * 1000 });
    },
    githubThrottled: (limit) => limited.inc({ limit }),
    failed: (code) => failures.inc({ code }),
    async text(queue) {
      tellLimits();
      depth.reset();
      age.reset();
      for (const { kind, state, jobs, oldestSeconds } of await queue()) {
        depth.set({ kind, state }, jobs);
        age.set({ kind, state }, oldestSeconds);
      }
      memory.set(process.memoryUsage.rss());
      return registry.metrics();
    },
  };
}
