/**
 * A bucket is one create call and two dozen settings, each with a Get, a Put and a Delete of its own. A setting is
 * one top-level property of `AWS::S3::Bucket` in those terms.
 */
import type { S3 } from '@aws-sdk/client-s3';
import { isList, isObject, isSecret, isUnknown, type Properties, type Value } from '../../../base/value.ts';
import { present } from '../../plain-value.ts';
import { errorCode } from '../aws-error.ts';

export interface BucketSetting {
  readonly property: string;
  /** One form for what means the same; S3's own form is mapped to it by `get`. Idempotent. */
  canonical?(value: Value): Value;
  /** In CloudFormation's words; undefined when it is not set. */
  get(s3: S3, Bucket: string): Promise<Value | undefined>;
  put(s3: S3, Bucket: string, value: Value, before: Value | undefined): Promise<unknown>;
  /** Back to what a bucket has that never had it set. */
  remove(s3: S3, Bucket: string, before: Value): Promise<unknown>;
}

/** The answer; undefined for S3's many ways to say that a setting is not set. */
export async function ifSet<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (/^NoSuch(?!Bucket$)|NotFound(Error)?$/.test(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}

/** Maps with the same keys on both sides of the API: the one cast that this needs. */
export function answered(value: object | undefined): Value | undefined {
  return value === undefined ? undefined : present(value);
}

/** As an argument of an API call, whose type it has by the mapping that made it. */
export function argument<T>(value: Value | undefined): T {
  return value as unknown as T;
}

/** Whether it can be looked into: neither unknown nor secret. */
export function isPlain(value: Value | undefined): value is Properties {
  return isObject(value) && !isUnknown(value) && !isSecret(value);
}

export function listOf(value: Value | undefined): readonly Value[] {
  return isList(value) ? value : [];
}

/** Each plain item mapped; a list that is not known is left alone. */
export function mapped(value: Value | undefined, map: (item: Properties) => Value): Value | undefined {
  return isList(value) ? value.map((item) => (isPlain(item) ? map(item) : item)) : value;
}

/** Without the keys that have no value. */
export function compact(all: Readonly<Record<string, Value | undefined>>): Properties {
  return Object.fromEntries(
    Object.entries(all).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

/** With other names for some keys. */
export function renamed(value: Properties, names: Readonly<Record<string, string>>): Properties {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [names[key] ?? key, item]));
}

/** The same names the other way round. */
export function reversed(names: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(names).map(([a, b]) => [b, a]));
}
