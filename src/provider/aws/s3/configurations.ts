/**
 * Lists of configurations that S3 knows by their ids: analytics, intelligent tiering, inventories, metrics. Each is
 * put and deleted on its own; the list is a set.
 */
import type {
  AnalyticsConfiguration,
  IntelligentTieringConfiguration,
  InventoryConfiguration,
  MetricsConfiguration,
  S3,
} from '@aws-sdk/client-s3';
import { sameValue } from '../../../base/canonical-json.ts';
import type { Properties, Value } from '../../../base/value.ts';
import { objects, present, sortedSet, text } from '../../plain-value.ts';
import { canonicalFilter, filterOf, fromFilter, withoutFilter } from './filter.ts';
import { argument, type BucketSetting, compact, ifSet, isPlain, mapped } from './setting.ts';

interface Page {
  readonly items: readonly object[] | undefined;
  readonly next: string | undefined;
}

interface ById {
  readonly property: string;
  canonical(one: Properties): Properties;
  toS3(one: Properties): Properties;
  fromS3(one: Properties): Properties;
  list(s3: S3, Bucket: string, ContinuationToken: string | undefined): Promise<Page>;
  put(s3: S3, Bucket: string, Id: string, configuration: Properties): Promise<unknown>;
  remove(s3: S3, Bucket: string, Id: string): Promise<unknown>;
}

function byId(kind: ById): BucketSetting {
  const canonical = (list: Value | undefined) => sorted(mapped(list, kind.canonical));
  const bringAbout = async (s3: S3, Bucket: string, before: Value | undefined, after: Value | undefined) => {
    const [old, wanted] = [objects(before), objects(after)];
    for (const one of wanted) {
      if (!old.some((other) => sameValue(other, one))) await kind.put(s3, Bucket, idOf(one), kind.toS3(one));
    }
    for (const one of old) {
      if (!wanted.some((other) => idOf(other) === idOf(one))) await ifSet(kind.remove(s3, Bucket, idOf(one)));
    }
  };
  return {
    property: kind.property,
    canonical: (value) => canonical(value)!,
    async get(s3, Bucket) {
      const found: Value[] = [];
      for (let token: string | undefined; ; ) {
        const page: Page | undefined = await ifSet(kind.list(s3, Bucket, token));
        found.push(...(page?.items ?? []).map((one) => kind.fromS3(present(one))));
        token = page?.next;
        if (token === undefined) break;
      }
      return found.length === 0 ? undefined : canonical(found);
    },
    put: (s3, Bucket, value, before) => bringAbout(s3, Bucket, before, value),
    remove: (s3, Bucket, before) => bringAbout(s3, Bucket, before, undefined),
  };
}

function idOf(one: Properties): string {
  return text(one.Id) ?? '';
}

function sorted(list: Value | undefined): Value | undefined {
  if (!Array.isArray(list)) return list;
  return [...list].sort((a, b) => (isPlain(a) && isPlain(b) && idOf(a) < idOf(b) ? -1 : 1));
}

/** CloudFormation's flat destination of a report, and S3's. */
function toDestination(value: Value | undefined, account: string): Value | undefined {
  if (!isPlain(value)) return value;
  const { BucketAccountId, BucketArn, ...rest } = value;
  return { S3BucketDestination: compact({ ...rest, [account]: BucketAccountId, Bucket: BucketArn }) };
}

function fromDestination(value: Value | undefined, account: string): Value | undefined {
  if (!isPlain(value) || !isPlain(value.S3BucketDestination)) return undefined;
  const { [account]: BucketAccountId, Bucket, ...rest } = value.S3BucketDestination;
  return compact({ ...rest, BucketAccountId, BucketArn: Bucket });
}

export const analytics = byId({
  property: 'AnalyticsConfigurations',
  canonical: canonicalFilter,
  toS3: (one) =>
    compact({
      ...withoutFilter(one),
      Filter: filterOf(one),
      StorageClassAnalysis: analysis(one.StorageClassAnalysis, toDestination),
    }),
  fromS3: ({ Filter, ...one }) =>
    compact({
      ...one,
      ...fromFilter(Filter),
      StorageClassAnalysis: analysis(one.StorageClassAnalysis, fromDestination),
    }),
  async list(s3, Bucket, ContinuationToken) {
    const answer = await s3.listBucketAnalyticsConfigurations({ Bucket, ContinuationToken });
    return { items: answer.AnalyticsConfigurationList, next: answer.NextContinuationToken };
  },
  put: (s3, Bucket, Id, configuration) =>
    s3.putBucketAnalyticsConfiguration({
      Bucket,
      Id,
      AnalyticsConfiguration: argument<AnalyticsConfiguration>(configuration),
    }),
  remove: (s3, Bucket, Id) => s3.deleteBucketAnalyticsConfiguration({ Bucket, Id }),
});

function analysis(value: Value | undefined, destination: typeof toDestination): Value | undefined {
  if (!isPlain(value) || !isPlain(value.DataExport)) return value;
  const { Destination, ...rest } = value.DataExport;
  return { DataExport: compact({ ...rest, Destination: destination(Destination, 'BucketAccountId') }) };
}

export const intelligentTiering = byId({
  property: 'IntelligentTieringConfigurations',
  canonical: (one) => compact({ ...canonicalFilter(one), Tierings: sortedSet(one.Tierings) }),
  toS3: (one) => compact({ ...withoutFilter(one), Filter: filterOf(one) }),
  fromS3: ({ Filter, ...one }) => ({ ...one, ...fromFilter(Filter) }),
  async list(s3, Bucket, ContinuationToken) {
    const answer = await s3.listBucketIntelligentTieringConfigurations({ Bucket, ContinuationToken });
    return { items: answer.IntelligentTieringConfigurationList, next: answer.NextContinuationToken };
  },
  put: (s3, Bucket, Id, configuration) =>
    s3.putBucketIntelligentTieringConfiguration({
      Bucket,
      Id,
      IntelligentTieringConfiguration: argument<IntelligentTieringConfiguration>(configuration),
    }),
  remove: (s3, Bucket, Id) => s3.deleteBucketIntelligentTieringConfiguration({ Bucket, Id }),
});

export const inventories = byId({
  property: 'InventoryConfigurations',
  canonical: (one) => compact({ ...canonicalFilter(one), OptionalFields: sortedSet(one.OptionalFields) }),
  toS3: ({ Prefix, Enabled, ScheduleFrequency, ...one }) =>
    compact({
      ...one,
      IsEnabled: Enabled,
      Schedule: compact({ Frequency: ScheduleFrequency }),
      Filter: Prefix === undefined ? undefined : { Prefix },
      Destination: toDestination(one.Destination, 'AccountId'),
    }),
  fromS3: ({ Filter, IsEnabled, Schedule, ...one }) =>
    compact({
      ...one,
      ...fromFilter(Filter),
      Enabled: IsEnabled,
      ScheduleFrequency: isPlain(Schedule) ? Schedule.Frequency : undefined,
      Destination: fromDestination(one.Destination, 'AccountId'),
    }),
  async list(s3, Bucket, ContinuationToken) {
    const answer = await s3.listBucketInventoryConfigurations({ Bucket, ContinuationToken });
    return { items: answer.InventoryConfigurationList, next: answer.NextContinuationToken };
  },
  put: (s3, Bucket, Id, configuration) =>
    s3.putBucketInventoryConfiguration({
      Bucket,
      Id,
      InventoryConfiguration: argument<InventoryConfiguration>(configuration),
    }),
  remove: (s3, Bucket, Id) => s3.deleteBucketInventoryConfiguration({ Bucket, Id }),
});

export const metrics = byId({
  property: 'MetricsConfigurations',
  canonical: canonicalFilter,
  toS3: (one) => compact({ ...withoutFilter(one), Filter: filterOf(one) }),
  fromS3: ({ Filter, ...one }) => ({ ...one, ...fromFilter(Filter) }),
  async list(s3, Bucket, ContinuationToken) {
    const answer = await s3.listBucketMetricsConfigurations({ Bucket, ContinuationToken });
    return { items: answer.MetricsConfigurationList, next: answer.NextContinuationToken };
  },
  put: (s3, Bucket, Id, configuration) =>
    s3.putBucketMetricsConfiguration({
      Bucket,
      Id,
      MetricsConfiguration: argument<MetricsConfiguration>(configuration),
    }),
  remove: (s3, Bucket, Id) => s3.deleteBucketMetricsConfiguration({ Bucket, Id }),
});
