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
  webhookReceived(event: string): void;
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
  /** @param headers of an answer of GitHub's */
  githubAnswered(status: number, headers: Readonly<Record<string, unknown>>): void;
  /** Something ended with an error of this code. */
  failed(code: string): void;
  /** Everything, as Prometheus reads it; the queue is asked now. */
  text(queue: () => Promise<readonly QueueDepth[]>): Promise<string>;
  readonly contentType: string;
}

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
  const waited = histogram(
    'slipway_job_wait_seconds',
    'From when a job could have begun until it did: the lag of webhooks, of kinds that they ask for',
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
  const answers = counter('slipway_github_answers_total', "GitHub's answers", ['status']);
  const left = gauge(
    'slipway_github_rate_remaining',
    'Least that GitHub left of a rate limit, as last told',
    ['resource'],
  );
  const failures = counter('slipway_failures_total', 'What ended with an error, by its code', ['code']);
  const depth = gauge('slipway_queue_jobs', 'Jobs of all processes', ['kind', 'state']);
  const age = gauge('slipway_queue_oldest_seconds', 'Age of the oldest job', ['kind', 'state']);
  const memory = gauge('slipway_memory_bytes', 'Resident memory of this process', []);

  const call = (operation: string) => {
    const [service = '', name = ''] = operation.split('.');
    return { service, operation: name };
  };
  return {
    contentType: registry.contentType,
    webhookReceived: (event) => webhooks.inc({ event }),
    jobEnded({ kind, outcome, waited: wait, seconds }) {
      waited.observe({ kind }, wait);
      ran.observe({ kind, outcome }, seconds);
    },
    timed: (what, outcome, seconds) => timed.observe({ what, outcome }, seconds),
    awsCalled: (operation) => called.inc(call(operation)),
    awsThrottled: (operation) => throttled.inc(call(operation)),
    githubAnswered(status, headers) {
      answers.inc({ status: String(status) });
      const remaining = Number(headers['x-ratelimit-remaining'] ?? Number.NaN);
      if (!Number.isNaN(remaining))
        left.set({ resource: String(headers['x-ratelimit-resource'] ?? 'core') }, remaining);
    },
    failed: (code) => failures.inc({ code }),
    async text(queue) {
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
