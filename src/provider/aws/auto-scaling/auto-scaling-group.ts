import { sameValue } from '../../../base/canonical-json.ts';
import { isList, isObject, type Properties, type Value } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { sortedBy, sortedSet, text } from '../../plain-value.ts';
import { type CreateRequest, defineResourceType, type ProviderContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { readingIds } from '../ec2/describe.ts';
import { attachmentsAround } from '../ec2/gateway-dependency.ts';
import { createOnce, until } from '../eventually.ts';
import { generatedName } from '../generated-name.ts';
import { canonicalTags, tagRecord } from '../tags.ts';
import { capacityReached } from './capacity.ts';
import { groupNamed, groupOfIntent, isNotYetUsable, readGroups } from './describe.ts';
import { deleteGroup } from './group-delete.ts';
import { createInput, sizes, updateInput } from './group-input.ts';
import { liveGroup } from './group-live.ts';
import { bringAboutParts, putWhatCreateLacks } from './group-parts.ts';
import { beginRolling, endRolling, replaceOutdated, rollingOf } from './rolling-update.ts';
import {
  canonicalPolicy,
  instanceProperties,
  leavesSizes,
  rollingUpdate,
  willReplace,
} from './update-policy.ts';

const type = 'AWS::AutoScaling::AutoScalingGroup';
const longestName = 255;

/** A create and an update return once the group has its capacity in service. */
export const autoScalingGroup = defineResourceType({
  type,
  adoption: {
    id: 'shop-app',
    tags: async (context, name) => tagRecord((await readGroups(readingIds(context), [name]))[0]?.Tags),
  },
  attributes: ['AutoScalingGroupARN'],
  // The first two can be asked for, one group a call, which a bulk read does not do. The third is where the other
  // properties were taken from, the last a word to the call itself.
  writeOnly: [
    'LifecycleHookSpecificationList',
    'NotificationConfigurations',
    'InstanceId',
    'SkipZonalShiftValidation',
  ],

  order: (before, after) =>
    after.AutoScalingGroupName !== undefined &&
    sameValue(before.AutoScalingGroupName, after.AutoScalingGroupName)
      ? 'delete-before-create'
      : 'create-before-delete',

  replaces: (property, _before, after) => willReplace(after) && instanceProperties.includes(property),

  leftToOthers: (properties) => (leavesSizes(properties) ? sizes : []),

  canonicalise(properties) {
    const {
      NotificationConfiguration: single,
      UpdatePolicy,
      ...given
    } = coerce(typeSchema(type), properties);
    return {
      ...given,
      ...(UpdatePolicy === undefined ? {} : { UpdatePolicy: canonicalPolicy(UpdatePolicy) }),
      ...sets(given),
      // The singular is the former name of the plural.
      ...(single === undefined ? {} : { NotificationConfigurations: [single] }),
      Tags: canonicalTags(given.Tags),
    };
  },

  async read(context, wanted) {
    const byName = new Map(wanted.map((one) => [one.physicalId, one]));
    const found = await readGroups(context, [...byName.keys()]);
    return new Map(
      found.flatMap((one) => {
        const want = byName.get(one.AutoScalingGroupName!);
        return want === undefined ? [] : [[want.logicalId, liveGroup(one, want.properties)] as const];
      }),
    );
  },

  async find(context, pending) {
    const found = await groupOfIntent(context, pending.intent);
    return found && liveGroup(found, pending.properties);
  },

  async create(context, request) {
    const autoScaling = await context.aws.autoScaling();
    const { properties: p, intent } = request;
    const name = nameOf(context, request);
    await createOnce<unknown>(
      context,
      () => autoScaling.createAutoScalingGroup(createInput(name, request)),
      () => groupOfIntent(context, intent),
      isNotYetUsable,
    );
    await shown(context, name);
    await putWhatCreateLacks(context, name, p);
    return liveGroup(await capacityReached(context, name), p);
  },

  async update(context, request) {
    const { before, after, physicalId: name } = request;
    const autoScaling = await context.aws.autoScaling();
    const now = await shown(context, name);
    const rolling = rollingUpdate(after);
    const begun =
      rolling && isOfInstances(before, after, liveGroup(now, after).properties)
        ? await beginRolling(context, now, rolling, Number(after.MaxSize))
        : rollingOf(now);
    const changes = updateInput(before, after);
    if (changes !== undefined) {
      await autoScaling.updateAutoScalingGroup({ AutoScalingGroupName: name, ...changes });
    }
    await bringAboutParts(context, request);
    if (begun && rolling) await replaceOutdated(context, name, rolling, begun);
    else if (begun) await endRolling(context, name, begun);
    return liveGroup(await capacityReached(context, name), after);
  },

  delete: (context, { physicalId }) => deleteGroup(context, physicalId),

  /** Its instances may have public addresses, and need the way out from their first moment. */
  hiddenDependencies(self, others) {
    const subnets = self.VPCZoneIdentifier;
    return attachmentsAround(isList(subnets) ? subnets : [], others);
  },
});

/** Whether other instances are wanted than those of now: after a crash the group may say already what they are. */
function isOfInstances(before: Properties, after: Properties, now: Properties): boolean {
  return instanceProperties.some(
    (name) => !sameValue(before[name], after[name]) && !isSaid(after[name], now[name]),
  );
}

/** By the keys that are wanted: the cloud says more. */
function isSaid(wanted: Value | undefined, now: Value | undefined): boolean {
  if (!isObject(wanted) || !isObject(now)) return sameValue(wanted, now);
  return Object.entries(wanted).every(([key, value]) => isSaid(value, now[key]));
}

/** Lists whose order means nothing. */
function sets(given: Properties): Properties {
  const byKey = { LifecycleHookSpecificationList: 'LifecycleHookName', TrafficSources: 'Identifier' };
  const plain = [
    'AvailabilityZones',
    'AvailabilityZoneIds',
    'LoadBalancerNames',
    'TargetGroupARNs',
    'VPCZoneIdentifier',
  ];
  const result = [
    ...plain.map((name) => [name, sortedSet(given[name])] as const),
    ...Object.entries(byKey).map(([name, key]) => [name, sortedBy(key, given[name])] as const),
  ];
  return Object.fromEntries(result.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function nameOf(
  context: ProviderContext,
  create: Pick<CreateRequest, 'logicalId' | 'intent' | 'properties'>,
): string {
  const given = text(create.properties.AutoScalingGroupName);
  return given ?? generatedName({ ...create, stack: context.stack }, longestName);
}

function shown(context: ProviderContext, name: string) {
  return until(context, `Auto Scaling group ${name} to show`, 60_000, () => groupNamed(context, name));
}
