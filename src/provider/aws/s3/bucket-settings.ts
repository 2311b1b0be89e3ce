/** The settings of a bucket, in the order in which they are put: each may need those before it. */
import type { S3 } from '@aws-sdk/client-s3';
import { sameValue } from '../../../base/canonical-json.ts';
import type { Properties, Value } from '../../../base/value.ts';
import { present, text } from '../../plain-value.ts';
import type { ProviderContext } from '../../provider.ts';
import { asRecorded } from '../as-recorded.ts';
import { errorCode } from '../aws-error.ts';
import { eventually } from '../eventually.ts';
import { analytics, intelligentTiering, inventories, metrics } from './configurations.ts';
import { lifecycle } from './lifecycle.ts';
import { notification } from './notification.ts';
import { replication } from './replication.ts';
import {
  answered,
  argument,
  type BucketSetting,
  compact,
  ifSet,
  isPlain,
  mapped,
  renamed,
  reversed,
} from './setting.ts';
import { website } from './website.ts';

const ownership: BucketSetting = {
  property: 'OwnershipControls',
  get: async (s3, Bucket) =>
    answered((await ifSet(s3.getBucketOwnershipControls({ Bucket })))?.OwnershipControls),
  put: (s3, Bucket, value) => s3.putBucketOwnershipControls({ Bucket, OwnershipControls: argument(value) }),
  remove: (s3, Bucket) => s3.deleteBucketOwnershipControls({ Bucket }),
};

const publicAccessBlock: BucketSetting = {
  property: 'PublicAccessBlockConfiguration',
  canonical: (value) =>
    isPlain(value)
      ? {
          BlockPublicAcls: value.BlockPublicAcls ?? false,
          BlockPublicPolicy: value.BlockPublicPolicy ?? false,
          IgnorePublicAcls: value.IgnorePublicAcls ?? false,
          RestrictPublicBuckets: value.RestrictPublicBuckets ?? false,
        }
      : value,
  get: async (s3, Bucket) =>
    answered((await ifSet(s3.getPublicAccessBlock({ Bucket })))?.PublicAccessBlockConfiguration),
  put: (s3, Bucket, value) =>
    s3.putPublicAccessBlock({ Bucket, PublicAccessBlockConfiguration: argument(value) }),
  remove: (s3, Bucket) => s3.deletePublicAccessBlock({ Bucket }),
};

/** A canned list that S3 keeps as grants and never names again, so there is nothing to read. */
const accessControl: BucketSetting = {
  property: 'AccessControl',
  get: async () => undefined,
  put: (s3, Bucket, value) => s3.putBucketAcl({ Bucket, ACL: argument(cannedAcl(String(value))) }),
  remove: (s3, Bucket) => s3.putBucketAcl({ Bucket, ACL: 'private' }),
};

/** `PublicReadWrite` is `public-read-write` to S3. */
function cannedAcl(value: string): string {
  return value.replace(/(?!^)[A-Z]/g, '-$&').toLowerCase();
}

/** A bucket that ever had versions can only suspend them. */
const versioning: BucketSetting = {
  property: 'VersioningConfiguration',
  get: async (s3, Bucket) => {
    const { Status } = await s3.getBucketVersioning({ Bucket });
    return Status === undefined ? undefined : { Status };
  },
  put: (s3, Bucket, value) => s3.putBucketVersioning({ Bucket, VersioningConfiguration: argument(value) }),
  remove: (s3, Bucket) =>
    s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: 'Suspended' } }),
};

const objectLock: BucketSetting = {
  property: 'ObjectLockConfiguration',
  get: async (s3, Bucket) =>
    answered((await ifSet(s3.getObjectLockConfiguration({ Bucket })))?.ObjectLockConfiguration),
  put: (s3, Bucket, value) =>
    s3.putObjectLockConfiguration({
      Bucket,
      ObjectLockConfiguration: argument({ ...(value as Properties), ObjectLockEnabled: 'Enabled' }),
    }),
  // The lock itself stays for ever; what it does to new objects by default goes.
  remove: (s3, Bucket) =>
    s3.putObjectLockConfiguration({ Bucket, ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' } }),
};

const encryptionNames = { ServerSideEncryptionByDefault: 'ApplyServerSideEncryptionByDefault' };

const encryption: BucketSetting = {
  property: 'BucketEncryption',
  async get(s3, Bucket) {
    const found = await ifSet(s3.getBucketEncryption({ Bucket }));
    const rules = found?.ServerSideEncryptionConfiguration?.Rules;
    if (rules === undefined) return undefined;
    const ServerSideEncryptionConfiguration = rules.map((rule) =>
      renamed(present(rule), reversed(encryptionNames)),
    );
    return { ServerSideEncryptionConfiguration };
  },
  put: (s3, Bucket, value) => {
    const rules = mapped((value as Properties).ServerSideEncryptionConfiguration, (rule) =>
      renamed(rule, encryptionNames),
    );
    return s3.putBucketEncryption({ Bucket, ServerSideEncryptionConfiguration: { Rules: argument(rules) } });
  },
  // Back to S3's own keys, which every bucket has.
  remove: (s3, Bucket) => s3.deleteBucketEncryption({ Bucket }),
};

const corsNames = { Id: 'ID', ExposedHeaders: 'ExposeHeaders', MaxAge: 'MaxAgeSeconds' };

const cors: BucketSetting = {
  property: 'CorsConfiguration',
  async get(s3, Bucket) {
    const rules = (await ifSet(s3.getBucketCors({ Bucket })))?.CORSRules;
    return rules && { CorsRules: rules.map((rule) => renamed(present(rule), reversed(corsNames))) };
  },
  put: (s3, Bucket, value) => {
    const rules = mapped((value as Properties).CorsRules, (rule) => renamed(rule, corsNames));
    return s3.putBucketCors({ Bucket, CORSConfiguration: { CORSRules: argument(rules) } });
  },
  remove: (s3, Bucket) => s3.deleteBucketCors({ Bucket }),
};

/** Into the bucket itself where no other is named. */
const logging: BucketSetting = {
  property: 'LoggingConfiguration',
  canonical: (value) => {
    if (!isPlain(value)) return value;
    const { LogFilePrefix, ...rest } = value;
    return compact({ ...rest, LogFilePrefix: LogFilePrefix === '' ? undefined : LogFilePrefix });
  },
  async get(s3, Bucket) {
    const found = (await s3.getBucketLogging({ Bucket })).LoggingEnabled;
    if (found === undefined) return undefined;
    const { TargetBucket, TargetPrefix, TargetObjectKeyFormat } = present(found);
    return compact({
      DestinationBucketName: TargetBucket,
      LogFilePrefix: TargetPrefix === '' ? undefined : TargetPrefix,
      TargetObjectKeyFormat,
    });
  },
  put: (s3, Bucket, value) => {
    const { DestinationBucketName, LogFilePrefix, TargetObjectKeyFormat } = value as Properties;
    return s3.putBucketLogging({
      Bucket,
      BucketLoggingStatus: {
        LoggingEnabled: {
          TargetBucket: text(DestinationBucketName) ?? Bucket,
          TargetPrefix: text(LogFilePrefix) ?? '',
          ...(TargetObjectKeyFormat === undefined
            ? {}
            : { TargetObjectKeyFormat: argument(TargetObjectKeyFormat) }),
        },
      },
    });
  },
  remove: (s3, Bucket) => s3.putBucketLogging({ Bucket, BucketLoggingStatus: {} }),
};

const acceleration: BucketSetting = {
  property: 'AccelerateConfiguration',
  async get(s3, Bucket) {
    const { Status } = await s3.getBucketAccelerateConfiguration({ Bucket });
    return Status === undefined ? undefined : { AccelerationStatus: Status };
  },
  put: (s3, Bucket, value) =>
    s3.putBucketAccelerateConfiguration({
      Bucket,
      AccelerateConfiguration: { Status: argument((value as Properties).AccelerationStatus) },
    }),
  remove: (s3, Bucket) =>
    s3.putBucketAccelerateConfiguration({ Bucket, AccelerateConfiguration: { Status: 'Suspended' } }),
};

/** Whether tags may decide over access. */
const abac: BucketSetting = {
  property: 'AbacStatus',
  get: async (s3, Bucket) => (await ifSet(s3.getBucketAbac({ Bucket })))?.AbacStatus?.Status,
  put: (s3, Bucket, value) => s3.putBucketAbac({ Bucket, AbacStatus: { Status: argument(value) } }),
  remove: (s3, Bucket) => s3.putBucketAbac({ Bucket, AbacStatus: { Status: 'Disabled' } }),
};

const settings: readonly BucketSetting[] = [
  ownership,
  publicAccessBlock,
  accessControl,
  versioning,
  objectLock,
  encryption,
  lifecycle,
  cors,
  website,
  logging,
  acceleration,
  notification,
  analytics,
  intelligentTiering,
  inventories,
  metrics,
  abac,
  replication,
];

/** Every setting that is given, in one form. */
export function canonicalSettings(properties: Properties): Properties {
  const result: Record<string, Value> = { ...properties };
  for (const { property, canonical } of settings) {
    const value = properties[property];
    if (value !== undefined && canonical) result[property] = canonical(value);
  }
  return result;
}

/**
 * The settings that the record speaks of, as S3 has them now. The rest are left to S3: each is a call, for each
 * bucket, and what is asked for newly is a difference whatever it was before.
 */
export async function readSettings(s3: S3, Bucket: string, recorded: Properties): Promise<Properties> {
  const spoken = settings.filter(({ property }) => recorded[property] !== undefined);
  const found = await Promise.all(
    spoken.map(async (setting) => {
      const value = await setting.get(s3, Bucket);
      if (value === undefined) return [setting.property, undefined] as const;
      // As items of lists: what S3 adds of its own inside of a setting is nobody's word.
      const own = asRecorded([value], [recorded[setting.property]!]) as readonly Value[];
      return [setting.property, own[0]] as const;
    }),
  );
  return compact(Object.fromEntries(found));
}

/** First takes away, last put first; then puts. What is in another's way is out of it in time. */
export async function bringAboutSettings(
  context: ProviderContext,
  Bucket: string,
  before: Properties,
  after: Properties,
): Promise<void> {
  const s3 = await context.aws.s3();
  const settle = (call: () => Promise<unknown>) => eventually(context, call, isNotYet);
  for (const setting of settings.toReversed()) {
    const old = before[setting.property];
    if (old !== undefined && after[setting.property] === undefined) {
      await settle(() => setting.remove(s3, Bucket, old));
    }
  }
  for (const setting of settings) {
    const [old, wanted] = [before[setting.property], after[setting.property]];
    if (wanted !== undefined && !sameValue(old, wanted)) {
      await settle(() => setting.put(s3, Bucket, wanted, old));
    }
  }
}

/** A bucket of a moment ago may not be seen, and S3 does one change of a bucket at a time. */
export function isNotYet(error: unknown): boolean {
  return /^(NoSuchBucket|NotFound|OperationAborted)$/.test(errorCode(error) ?? '');
}
