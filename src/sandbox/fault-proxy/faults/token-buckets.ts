import type { Clock } from '../../../base/clock.ts';
import { type Call, listParameter } from '../call.ts';
import {
  BUCKETS,
  type BucketSize,
  MUTATING,
  NON_MUTATING,
  RESOURCE_BUCKETS,
  UNFILTERED,
} from './bucket-sizes.ts';
import type { Fault } from './fault.ts';
import { throttled } from './throttle.ts';

export interface TokenBucketSettings {
  /** In place of the documented request bucket of these actions. */
  readonly sizes?: Readonly<Record<string, BucketSize>>;
}

/**
 * Throttles EC2 calls as EC2 does: for each account and region every action has a bucket of tokens, a call
 * takes one, and tokens come back at a steady rate. Starting and ending instances also takes a token for
 * each instance from a second bucket.
 */
export const tokenBuckets: Fault<TokenBucketSettings> = {
  create: ({ sizes = {} }, { clock }) => {
    const buckets = new Map<string, Bucket>();
    const bucketFor = (name: string, size: BucketSize): Bucket => {
      const bucket = buckets.get(name) ?? newBucket(size, clock);
      buckets.set(name, bucket);
      return bucket;
    };
    return {
      matched: async (call, next) => {
        if (call.protocol !== 'ec2') return next(call);
        const where = `${call.accessKeyId} ${call.region} ${call.action}`;
        const category = categoryOf(call);
        const size = sizes[call.action] ?? category.size;
        if (!bucketFor(`${where} ${category.name}`, size).take(1)) return throttled(call);

        const forResources = RESOURCE_BUCKETS[call.action];
        if (forResources === undefined) return next(call);
        const took = bucketFor(`${where} resources`, forResources).take(instancesIn(call));
        return took ? next(call) : throttled(call);
      },
    };
  },
};

interface Bucket {
  /** Takes so many tokens, or none where there are fewer. */
  take(tokens: number): boolean;
}

function newBucket({ capacity, refillPerSecond }: BucketSize, clock: Clock): Bucket {
  let tokens = capacity;
  let filledAt = clock.now().getTime();
  return {
    take: (wanted) => {
      const now = clock.now().getTime();
      tokens = Math.min(capacity, tokens + ((now - filledAt) / 1000) * refillPerSecond);
      filledAt = now;
      if (tokens < wanted) return false;
      tokens -= wanted;
      return true;
    },
  };
}

function categoryOf(call: Call): { readonly name: string; readonly size: BucketSize } {
  const own = BUCKETS[call.action];
  if (own !== undefined) return { name: 'own', size: own };
  if (!/^(Describe|List|Search|Get)/.test(call.action)) return { name: 'mutating', size: MUTATING };
  const isUnfiltered = !Object.keys(call.parameters).some((name) =>
    /^(Filter\.|MaxResults$|NextToken$)/.test(name),
  );
  return isUnfiltered && UNFILTERED.actions.includes(call.action)
    ? { name: 'unfiltered', size: UNFILTERED.size }
    : { name: 'non-mutating', size: NON_MUTATING };
}

function instancesIn(call: Call): number {
  if (call.action === 'RunInstances') return Number(call.parameters.MaxCount ?? 1);
  return listParameter(call, 'InstanceId').length;
}
