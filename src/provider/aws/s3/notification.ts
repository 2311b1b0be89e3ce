import type { Properties, Value } from '../../../base/value.ts';
import { objects, present, sortedSet } from '../../plain-value.ts';
import { argument, type BucketSetting, compact, isPlain, listOf, mapped } from './setting.ts';

/** CloudFormation's list, its target's key, and S3's names of both. */
const targets = [
  ['LambdaConfigurations', 'Function', 'LambdaFunctionConfigurations', 'LambdaFunctionArn'],
  ['QueueConfigurations', 'Queue', 'QueueConfigurations', 'QueueArn'],
  ['TopicConfigurations', 'Topic', 'TopicConfigurations', 'TopicArn'],
] as const;

/** CloudFormation has one event an item; S3 has lists of events, ids of its own and no order. */
export const notification: BucketSetting = {
  property: 'NotificationConfiguration',
  canonical(value) {
    if (!isPlain(value)) return value;
    const lists = targets.map(
      ([list]) => [list, empty(sortedSet(mapped(value[list], canonicalItem)))] as const,
    );
    const EventBridgeConfiguration = eventBridge(value.EventBridgeConfiguration);
    return compact({ ...value, ...Object.fromEntries(lists), EventBridgeConfiguration });
  },
  async get(s3, Bucket) {
    const found = await s3.getBucketNotificationConfiguration({ Bucket });
    const lists = targets.map(([list, key, theirList, theirKey]) => {
      const items = objects(present(found)[theirList]).flatMap((item) =>
        listOf(item.Events).map((Event) =>
          compact({ Event, [key]: item[theirKey], Filter: fromFilterRules(item.Filter) }),
        ),
      );
      return [list, items.length === 0 ? undefined : sortedSet(items.map(canonicalItem))] as const;
    });
    return compact({
      ...Object.fromEntries(lists),
      EventBridgeConfiguration:
        found.EventBridgeConfiguration === undefined ? undefined : { EventBridgeEnabled: true },
    });
  },
  put: (s3, Bucket, value) => {
    const given = value as Properties;
    const lists = targets.map(([list, key, theirList, theirKey]) => [
      theirList,
      objects(given[list]).map((item) =>
        compact({ Events: [item.Event!], [theirKey]: item[key], Filter: toFilterRules(item.Filter) }),
      ),
    ]);
    return s3.putBucketNotificationConfiguration({
      Bucket,
      NotificationConfiguration: {
        ...argument<object>(Object.fromEntries(lists)),
        ...(isPlain(given.EventBridgeConfiguration) ? { EventBridgeConfiguration: {} } : {}),
      },
    });
  },
  remove: (s3, Bucket) => s3.putBucketNotificationConfiguration({ Bucket, NotificationConfiguration: {} }),
};

function empty(list: Value | undefined): Value | undefined {
  return Array.isArray(list) && list.length === 0 ? undefined : list;
}

/** On where it is there at all, unless it says that it is off. */
function eventBridge(value: Value | undefined): Value | undefined {
  if (!isPlain(value)) return value;
  return value.EventBridgeEnabled === false
    ? undefined
    : { EventBridgeEnabled: value.EventBridgeEnabled ?? true };
}

/** S3 answers `Prefix` for `prefix`. */
function canonicalItem(item: Properties): Properties {
  const { Filter } = item;
  if (!isPlain(Filter) || !isPlain(Filter.S3Key)) return item;
  const rules = mapped(Filter.S3Key.Rules, (rule) => ({
    ...rule,
    ...(typeof rule.Name === 'string' ? { Name: rule.Name.toLowerCase() } : {}),
  }));
  return { ...item, Filter: { S3Key: compact({ Rules: sortedSet(rules) }) } };
}

function toFilterRules(filter: Value | undefined): Value | undefined {
  if (!isPlain(filter) || !isPlain(filter.S3Key)) return undefined;
  return { Key: compact({ FilterRules: filter.S3Key.Rules }) };
}

function fromFilterRules(filter: Value | undefined): Value | undefined {
  if (!isPlain(filter) || !isPlain(filter.Key)) return undefined;
  return { S3Key: compact({ Rules: filter.Key.FilterRules }) };
}
