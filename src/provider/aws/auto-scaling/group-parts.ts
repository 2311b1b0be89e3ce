/** What a group has beside its own settings, each part with calls of its own. */
import type { AutoScaling, LifecycleHookSpecification } from '@aws-sdk/client-auto-scaling';
import { sameValue } from '../../../base/canonical-json.ts';
import type { Properties, Value } from '../../../base/value.ts';
import { objects, text, texts } from '../../plain-value.ts';
import type { ProviderContext, UpdateRequest } from '../../provider.ts';
import { eventually } from '../eventually.ts';
import { isUnknownName } from './describe.ts';
import { groupTagChanges } from './group-tags.ts';

/** Hooks, load balancers and tags go into the create call itself; metrics and notifications do not. */
export async function putWhatCreateLacks(
  context: ProviderContext,
  name: string,
  p: Properties,
): Promise<void> {
  const autoScaling = await context.aws.autoScaling();
  await setMetrics(context, autoScaling, name, undefined, p.MetricsCollection);
  await setNotifications(autoScaling, name, undefined, p.NotificationConfigurations);
}

export async function bringAboutParts(context: ProviderContext, request: UpdateRequest): Promise<void> {
  const { before, after, physicalId: name, ownership } = request;
  const autoScaling = await context.aws.autoScaling();
  await setTargets(autoScaling, name, before, after);
  await setHooks(
    autoScaling,
    name,
    before.LifecycleHookSpecificationList,
    after.LifecycleHookSpecificationList,
  );
  await setMetrics(context, autoScaling, name, before.MetricsCollection, after.MetricsCollection);
  await setNotifications(
    autoScaling,
    name,
    before.NotificationConfigurations,
    after.NotificationConfigurations,
  );
  const { put, remove } = groupTagChanges(name, before.Tags, after.Tags, ownership);
  if (put.length > 0) await autoScaling.createOrUpdateTags({ Tags: put });
  if (remove.length > 0) await autoScaling.deleteTags({ Tags: remove });
}

/** What sends traffic to the group's instances: first what is new, so that they are never without. */
async function setTargets(
  autoScaling: AutoScaling,
  AutoScalingGroupName: string,
  before: Properties,
  after: Properties,
) {
  const groups = difference(texts(before.TargetGroupARNs), texts(after.TargetGroupARNs));
  const balancers = difference(texts(before.LoadBalancerNames), texts(after.LoadBalancerNames));
  const sources = difference(sourcesOf(before.TrafficSources), sourcesOf(after.TrafficSources));
  if (groups.more.length > 0)
    await autoScaling.attachLoadBalancerTargetGroups({ AutoScalingGroupName, TargetGroupARNs: groups.more });
  if (balancers.more.length > 0)
    await autoScaling.attachLoadBalancers({ AutoScalingGroupName, LoadBalancerNames: balancers.more });
  if (sources.more.length > 0)
    await autoScaling.attachTrafficSources({
      AutoScalingGroupName,
      TrafficSources: sources.more.map(parsed),
    });
  if (groups.less.length > 0)
    await autoScaling.detachLoadBalancerTargetGroups({ AutoScalingGroupName, TargetGroupARNs: groups.less });
  if (balancers.less.length > 0)
    await autoScaling.detachLoadBalancers({ AutoScalingGroupName, LoadBalancerNames: balancers.less });
  if (sources.less.length > 0)
    await autoScaling.detachTrafficSources({
      AutoScalingGroupName,
      TrafficSources: sources.less.map(parsed),
    });
}

function difference(before: readonly string[] = [], after: readonly string[] = []) {
  return {
    more: after.filter((one) => !before.includes(one)),
    less: before.filter((one) => !after.includes(one)),
  };
}

function sourcesOf(value: Value | undefined): string[] {
  return objects(value).map(({ Type, Identifier }) => JSON.stringify([text(Type), text(Identifier)]));
}

function parsed(source: string): { Type: string; Identifier: string } {
  const [Type, Identifier] = JSON.parse(source) as [string, string];
  return { Type, Identifier };
}

async function setHooks(
  autoScaling: AutoScaling,
  AutoScalingGroupName: string,
  before: Value | undefined,
  after: Value | undefined,
): Promise<void> {
  const [old, wanted] = [objects(before), objects(after)];
  for (const hook of wanted) {
    if (old.some((one) => sameValue(one, hook))) continue;
    await autoScaling.putLifecycleHook({
      AutoScalingGroupName,
      ...(hook as unknown as LifecycleHookSpecification),
    });
  }
  for (const { LifecycleHookName } of old) {
    if (wanted.some((one) => one.LifecycleHookName === LifecycleHookName)) continue;
    try {
      await autoScaling.deleteLifecycleHook({
        AutoScalingGroupName,
        LifecycleHookName: text(LifecycleHookName),
      });
    } catch (error) {
      if (!isUnknownName(error)) throw error;
    }
  }
}

async function setMetrics(
  context: ProviderContext,
  autoScaling: AutoScaling,
  AutoScalingGroupName: string,
  before: Value | undefined,
  after: Value | undefined,
): Promise<void> {
  if (sameValue(before, after)) return;
  const [old, wanted] = [objects(before), objects(after)];
  // Enabling adds to what is enabled.
  if (old.length > 0) await autoScaling.disableMetricsCollection({ AutoScalingGroupName });
  for (const { Granularity, Metrics } of wanted) {
    await eventually(
      context,
      () =>
        autoScaling.enableMetricsCollection({
          AutoScalingGroupName,
          Granularity: text(Granularity),
          Metrics: texts(Metrics),
        }),
      isUnknownName,
    );
  }
}

/** By topic: putting the types of a topic takes the place of those that it had. */
async function setNotifications(
  autoScaling: AutoScaling,
  AutoScalingGroupName: string,
  before: Value | undefined,
  after: Value | undefined,
): Promise<void> {
  const [old, wanted] = [objects(before), objects(after)];
  for (const notification of wanted) {
    if (old.some((one) => sameValue(one, notification))) continue;
    await autoScaling.putNotificationConfiguration({
      AutoScalingGroupName,
      TopicARN: topicOf(notification),
      NotificationTypes: texts(notification.NotificationTypes) ?? [],
    });
  }
  for (const notification of old) {
    const TopicARN = topicOf(notification);
    if (wanted.some((one) => topicOf(one) === TopicARN)) continue;
    await autoScaling.deleteNotificationConfiguration({ AutoScalingGroupName, TopicARN });
  }
}

/** The published schema lets it be a list of one too. */
function topicOf({ TopicARN }: Properties): string | undefined {
  return text(TopicARN) ?? texts(TopicARN)?.[0];
}
