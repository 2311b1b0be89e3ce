import type { LifecycleRule, TransitionDefaultMinimumObjectSize } from '@aws-sdk/client-s3';
import type { Properties, Value } from '../../../base/value.ts';
import { objects, present, text } from '../../plain-value.ts';
import { canonicalFilter, filterOf, fromFilter, withoutFilter } from './filter.ts';
import {
  argument,
  type BucketSetting,
  compact,
  ifSet,
  isPlain,
  listOf,
  mapped,
  renamed,
  reversed,
} from './setting.ts';

const transitionNames = { TransitionInDays: 'Days', TransitionDate: 'Date' };
const noncurrentNames = { TransitionInDays: 'NoncurrentDays' };

export const lifecycle: BucketSetting = {
  property: 'LifecycleConfiguration',
  canonical: (value) =>
    isPlain(value) ? compact({ ...value, Rules: mapped(value.Rules, canonicalRule) }) : value,
  async get(s3, Bucket) {
    const found = await ifSet(s3.getBucketLifecycleConfiguration({ Bucket }));
    if (found === undefined) return undefined;
    const { TransitionDefaultMinimumObjectSize, Rules = [] } = found;
    const rules = Rules.map((rule) => canonicalRule(fromRule(present(rule))));
    return present({ Rules: rules, TransitionDefaultMinimumObjectSize });
  },
  put: (s3, Bucket, value) => {
    const given = value as Properties;
    const size = text(given.TransitionDefaultMinimumObjectSize);
    return s3.putBucketLifecycleConfiguration({
      Bucket,
      LifecycleConfiguration: { Rules: objects(given.Rules).map((rule) => withDates(toRule(rule))) },
      ...(size === undefined
        ? {}
        : { TransitionDefaultMinimumObjectSize: size as TransitionDefaultMinimumObjectSize }),
    });
  },
  remove: (s3, Bucket) => s3.deleteBucketLifecycle({ Bucket }),
};

/** The older keys (one transition, days alone) in terms of the newer ones. */
function canonicalRule(rule: Properties): Properties {
  const { Transition, NoncurrentVersionTransition, NoncurrentVersionExpirationInDays, ...rest } =
    canonicalFilter(rule);
  const both = (one: Value | undefined, many: Value | undefined) =>
    one === undefined && many === undefined
      ? undefined
      : [...(one === undefined ? [] : [one]), ...listOf(many)];
  return compact({
    ...rest,
    ExpirationDate: canonicalDate(rest.ExpirationDate),
    NoncurrentVersionExpiration:
      rest.NoncurrentVersionExpiration ??
      (NoncurrentVersionExpirationInDays === undefined
        ? undefined
        : { NoncurrentDays: NoncurrentVersionExpirationInDays }),
    Transitions: mapped(both(Transition, rest.Transitions), canonicalTransition),
    NoncurrentVersionTransitions: mapped(
      both(NoncurrentVersionTransition, rest.NoncurrentVersionTransitions),
      canonicalTransition,
    ),
  });
}

function canonicalTransition(one: Properties): Properties {
  return compact({
    ...one,
    StorageClass: one.StorageClass === 'Glacier' ? 'GLACIER' : one.StorageClass,
    TransitionDate: canonicalDate(one.TransitionDate),
  });
}

/** S3 takes midnights only, and answers them in one form. */
function canonicalDate(date: Value | undefined): Value | undefined {
  if (typeof date !== 'string') return date;
  const time = new Date(date);
  return Number.isNaN(time.getTime()) ? date : time.toISOString();
}

function toRule(rule: Properties): Properties {
  const { Id, ExpirationInDays, ExpirationDate, ExpiredObjectDeleteMarker, ...rest } = withoutFilter(rule);
  const Expiration = compact({ Days: ExpirationInDays, Date: ExpirationDate, ExpiredObjectDeleteMarker });
  return compact({
    ...rest,
    ID: Id,
    Filter: filterOf(rule) ?? { Prefix: '' },
    Expiration: Object.keys(Expiration).length === 0 ? undefined : Expiration,
    Transitions: mapped(rest.Transitions, (one) => renamed(one, transitionNames)),
    NoncurrentVersionTransitions: mapped(rest.NoncurrentVersionTransitions, (one) =>
      renamed(one, noncurrentNames),
    ),
  });
}

function fromRule(rule: Properties): Properties {
  const { ID, Expiration, Filter, Prefix, ...rest } = rule;
  const expiration = isPlain(Expiration) ? Expiration : {};
  return compact({
    ...rest,
    Id: ID,
    Prefix,
    ...fromFilter(Filter),
    ExpirationInDays: expiration.Days,
    ExpirationDate: expiration.Date,
    // S3 answers false where another expiry is set.
    ExpiredObjectDeleteMarker: expiration.ExpiredObjectDeleteMarker || undefined,
    Transitions: mapped(rest.Transitions, (one) => renamed(one, reversed(transitionNames))),
    NoncurrentVersionTransitions: mapped(rest.NoncurrentVersionTransitions, (one) =>
      renamed(one, reversed(noncurrentNames)),
    ),
  });
}

/** The SDK wants `Date`s, which are no values of ours. */
function withDates(rule: Properties): LifecycleRule {
  const plain = argument<LifecycleRule>(rule);
  const dated = <T extends { Date?: unknown }>(one: T) =>
    one.Date === undefined ? one : { ...one, Date: new Date(String(one.Date)) };
  return {
    ...plain,
    ...(plain.Expiration === undefined ? {} : { Expiration: dated(plain.Expiration) }),
    ...(plain.Transitions === undefined ? {} : { Transitions: plain.Transitions.map(dated) }),
  };
}
