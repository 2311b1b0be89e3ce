/** Opens the AWS clients of one target: credentials, retries, the count of calls, errors in Slipway's words. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { EC2ClientConfig } from '@aws-sdk/client-ec2';
import { type Clock, systemClock } from '../../base/clock.ts';
import { type AwsCredentials, assumedRole, type CredentialProvider } from './assume-role.ts';
import type { Aws } from './aws.ts';
import { callRates } from './call-rate.ts';
import { type CallListener, type InstrumentedClient, instrument } from './instrument.ts';
import { isLoopback, refuseStaticKeys } from './static-keys.ts';

export interface OpenAwsOptions {
  readonly region: string;
  /** Overrides AWS_ENDPOINT_URL, which is honoured otherwise. */
  readonly endpoint?: string;
  /** The SDK's default chain (environment, profile, instance role...) where absent. */
  readonly credentials?: AwsCredentials | CredentialProvider;
  /** ARN of the role that does the work, assumed with the credentials above. */
  readonly role?: string;
  readonly externalId?: string;
  /** Shows in CloudTrail; `slipway` where absent. */
  readonly sessionName?: string;
  /** Tags of the assumed role's session. */
  readonly sessionTags?: Readonly<Record<string, string>>;
  /** Whether keys that do not end are refused, where nobody gives others. An emulator on this machine takes any. */
  readonly refuseStaticKeys?: boolean;
  /** Told of each request that is sent, by `Service.Operation`, each retry too. */
  readonly onCall?: (operation: string) => void;
  /** Told of each request that AWS throttled. */
  readonly onThrottle?: (operation: string) => void;
  /** Tells when an assumed role's credentials run out, and paces calls that AWS throttles. */
  readonly clock?: Clock;
}

/** 5xx and broken connections are tried again up to this often: with the SDK's jittered backoff, about half a minute. */
const maxAttempts = 8;

/**
 * @example
 * const aws = openAws({ region: 'eu-west-1', role: 'arn:aws:iam::111111111111:role/slipway-dev' });
 * const ec2 = await aws.ec2();
 * await ec2.describeVpcs({});
 */
export function openAws(options: OpenAwsOptions): Aws {
  const calls = new Map<string, number>();
  const listener: CallListener = {
    sent(operation) {
      calls.set(operation, (calls.get(operation) ?? 0) + 1);
      options.onCall?.(operation);
    },
    throttled: (operation) => options.onThrottle?.(operation),
  };
  const clock = options.clock ?? systemClock;
  const rates = callRates(clock);
  const agent = { keepAlive: true, maxSockets: 50 };
  const base = {
    region: options.region,
    retryMode: 'standard',
    maxAttempts,
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: 60_000,
      httpAgent: new HttpAgent(agent),
      httpsAgent: new HttpsAgent(agent),
    },
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
  } satisfies EC2ClientConfig;
  const opened: InstrumentedClient[] = [];
  const ready = <Client extends InstrumentedClient>(client: Client): Client => {
    opened.push(client);
    instrument(client, listener, rates);
    return client;
  };
  const openSts = async (config: typeof base) => {
    const { STS } = await import('@aws-sdk/client-sts');
    const sts = ready(new STS(config));
    // Who Slipway is itself, is asked of this one before all others.
    if (config === base && refuses(options)) await refuseStaticKeys(sts);
    return sts;
  };
  const config =
    options.role === undefined
      ? base
      : {
          ...base,
          credentials: assumedRole({
            sts: lazily(() => openSts(base)),
            role: options.role,
            sessionName: options.sessionName ?? 'slipway',
            clock,
            ...(options.externalId === undefined ? {} : { externalId: options.externalId }),
            ...(options.sessionTags === undefined ? {} : { sessionTags: options.sessionTags }),
          }),
        };
  return {
    ec2: lazily(async () => {
      const { EC2 } = await import('@aws-sdk/client-ec2');
      return ready(new EC2(config));
    }),
    iam: lazily(async () => {
      const { IAM } = await import('@aws-sdk/client-iam');
      return ready(new IAM(config));
    }),
    elbv2: lazily(async () => {
      const { ElasticLoadBalancingV2 } = await import('@aws-sdk/client-elastic-load-balancing-v2');
      return ready(new ElasticLoadBalancingV2(config));
    }),
    autoScaling: lazily(async () => {
      const { AutoScaling } = await import('@aws-sdk/client-auto-scaling');
      return ready(new AutoScaling(config));
    }),
    logs: lazily(async () => {
      const { CloudWatchLogs } = await import('@aws-sdk/client-cloudwatch-logs');
      return ready(new CloudWatchLogs(config));
    }),
    s3: lazily(async () => {
      const { S3 } = await import('@aws-sdk/client-s3');
      return ready(new S3({ ...config, forcePathStyle: isElsewhere(options) }));
    }),
    secretsManager: lazily(async () => {
      const { SecretsManager } = await import('@aws-sdk/client-secrets-manager');
      return ready(new SecretsManager(config));
    }),
    ssm: lazily(async () => {
      const { SSM } = await import('@aws-sdk/client-ssm');
      return ready(new SSM(config));
    }),
    sts: lazily(() => openSts(config)),
    calls,
    stopWaiting: rates.dismiss,
    destroy: () => {
      for (const client of opened) client.destroy();
    },
  };
}

function refuses({ refuseStaticKeys: refuse, credentials, endpoint }: OpenAwsOptions): boolean {
  if (!refuse || credentials !== undefined) return false;
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_STS } = process.env;
  return !isLoopback(endpoint ?? AWS_ENDPOINT_URL_STS ?? AWS_ENDPOINT_URL);
}

/** An emulator has one name: a bucket cannot be a part of it, least of all one with dots in its own. */
function isElsewhere({ endpoint }: OpenAwsOptions): boolean {
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3 } = process.env;
  return (endpoint ?? AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL) !== undefined;
}

function lazily<T>(open: () => Promise<T>): () => Promise<T> {
  let opening: Promise<T> | undefined;
  return () => {
    opening ??= open();
    return opening;
  };
}
