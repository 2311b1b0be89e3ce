import type { SecurityGroup, SecurityGroupRule } from '@aws-sdk/client-ec2';
import { sameValue } from '../../../base/canonical-json.ts';
import { isList, type Properties, type Value } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { present, text } from '../../plain-value.ts';
import {
  defineResourceType,
  type Live,
  type ProviderContext,
  type ReadContext,
  type Wanted,
} from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { errorCode } from '../aws-error.ts';
import { deleteWhenFree } from '../delete-when-free.ts';
import { createOnce, eventually } from '../eventually.ts';
import { generatedName } from '../generated-name.ts';
import { canonicalTags, liveTags, ownershipTags, stackTag } from '../tags.ts';
import { byTaggedId } from './adoption.ts';
import { describeByIntent, listByFilter, readBulk, securityGroups, untilShown } from './describe.ts';
import { securityGroupRules } from './describe-network.ts';
import { interfacesIn } from './holders.ts';
import {
  allowAllOut,
  canonicalRules,
  type Direction,
  identityOf,
  liveRules,
  permissionOf,
  ruleChanges,
  ruleOf,
} from './security-group-rules.ts';
import { tagSpecifications, updateTags } from './tagging.ts';

const type = 'AWS::EC2::SecurityGroup';
const longestName = 255;

export const securityGroup = defineResourceType({
  type,
  adoption: byTaggedId('sg'),
  attributes: ['GroupId', 'Id', 'VpcId'],
  // By name only groups of the default VPC can be meant; the answer has ids.
  unsupported: ['SecurityGroupIngress.SourceSecurityGroupName'],

  // A name is unique in its VPC. Without one of the template's, each generation has its own.
  order: (before, after) =>
    after.GroupName !== undefined &&
    sameValue(before.GroupName, after.GroupName) &&
    sameValue(before.VpcId, after.VpcId)
      ? 'delete-before-create'
      : 'create-before-delete',

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    const egress = given.SecurityGroupEgress;
    return {
      ...given,
      SecurityGroupIngress: canonicalRules(given.SecurityGroupIngress),
      // As CloudFormation: with no rule given, the one that lets everything out stays.
      SecurityGroupEgress:
        egress === undefined || (isList(egress) && egress.length === 0)
          ? [allowAllOut]
          : canonicalRules(egress),
      Tags: canonicalTags(given.Tags),
    };
  },

  async read(context, wanted) {
    const ids = new Map(wanted.map((one) => [one.physicalId, one]));
    const all = await readBulk(context, securityGroups, [...ids.keys()]);
    const found = all.filter(({ GroupId = '' }) => ids.has(GroupId));
    const standalone = await readStandalone(
      context,
      found.filter((one) => hasMore(live(context, one, ids.get(one.GroupId!)!.properties), ids)),
    );
    return new Map(
      found.map((one) => {
        const { logicalId, properties } = ids.get(one.GroupId!)!;
        return [logicalId, live(context, one, properties, standalone.get(one.GroupId!))] as const;
      }),
    );
  },

  async find(context, pending) {
    const found = await describeByIntent(context, securityGroups, pending.intent);
    return found && live(context, found, pending.properties);
  },

  async create(context, request) {
    const ec2 = await context.aws.ec2();
    const { properties: p } = request;
    const GroupName = text(p.GroupName) ?? generatedName({ ...request, stack: context.stack }, longestName);
    const { GroupId } = await createOnce<Pick<SecurityGroup, 'GroupId'>>(
      context,
      () =>
        ec2.createSecurityGroup({
          GroupName,
          Description: text(p.GroupDescription),
          VpcId: text(p.VpcId),
          TagSpecifications: tagSpecifications(request, 'security-group'),
        }),
      () => describeByIntent(context, securityGroups, request.intent),
    );
    await changeRules(context, GroupId!, 'ingress', [], p.SecurityGroupIngress);
    await changeRules(context, GroupId!, 'egress', [allowAllOut], p.SecurityGroupEgress);
    const shown = await untilShown(context, securityGroups, GroupId!);
    return made(GroupId!, { ...p, GroupName }, shown.VpcId);
  },

  async update(context, request) {
    const { before, after, physicalId } = request;
    await updateTags(context, request);
    await changeRules(
      context,
      physicalId,
      'ingress',
      before.SecurityGroupIngress,
      after.SecurityGroupIngress,
    );
    await changeRules(context, physicalId, 'egress', before.SecurityGroupEgress, after.SecurityGroupEgress);
    const GroupName = after.GroupName ?? before.GroupName;
    return made(physicalId, { ...after, ...present({ GroupName }) }, text(before.VpcId) ?? text(after.VpcId));
  },

  async delete(context, { physicalId: GroupId }) {
    const ec2 = await context.aws.ec2();
    await deleteWhenFree(context, {
      what: `security group ${GroupId}`,
      send: () => ec2.deleteSecurityGroup({ GroupId }),
      holders: async () => {
        const referring = ['ip-permission.group-id', 'egress.ip-permission.group-id'].map((Name) =>
          securityGroups.list(ec2, [{ Name, Values: [GroupId] }]),
        );
        const groups = (await Promise.all(referring)).flat().filter((group) => group.GroupId !== GroupId);
        return [
          ...groups.map((group) => `a rule of security group ${group.GroupId}`),
          ...(await interfacesIn(context, 'group-id', GroupId)),
        ];
      },
    });
  },
});

/** Whether a group has a rule that its record does not speak of. */
function hasMore(now: Live, wanted: ReadonlyMap<string, Wanted>): boolean {
  const recorded = wanted.get(now.physicalId)!.properties;
  return ['SecurityGroupIngress', 'SecurityGroupEgress'].some((name) => {
    const { authorise } = ruleChanges(recorded[name], now.properties[name]);
    return authorise.length > 0;
  });
}

/**
 * Rules of these groups that are resources of their own, by group: those with an owner's tag. They are not the
 * group's to show, or to take away.
 */
async function readStandalone(
  context: ReadContext,
  groups: readonly SecurityGroup[],
): Promise<ReadonlyMap<string, SecurityGroupRule[]>> {
  if (groups.length === 0) return new Map();
  const ids = groups.map(({ GroupId }) => GroupId!);
  const found = await listByFilter(context, securityGroupRules, 'group-id', ids, [
    { Name: `tag:${stackTag}`, Values: ['*'] },
  ]);
  return Map.groupBy(found, ({ GroupId = '' }) => GroupId);
}

function live(
  context: ProviderContext,
  one: SecurityGroup,
  recorded: Properties,
  standalone: readonly SecurityGroupRule[] = [],
): Live {
  const { account } = context;
  const properties = present({
    GroupName: one.GroupName,
    GroupDescription: one.Description,
    VpcId: one.VpcId,
    SecurityGroupIngress: liveRules({
      direction: 'ingress',
      permissions: one.IpPermissions,
      account,
      recorded: recorded.SecurityGroupIngress,
      standalone: standalone.filter(({ IsEgress }) => !IsEgress),
    }),
    SecurityGroupEgress: liveRules({
      direction: 'egress',
      permissions: one.IpPermissionsEgress,
      account,
      recorded: recorded.SecurityGroupEgress,
      standalone: standalone.filter(({ IsEgress }) => IsEgress),
    }),
    Tags: liveTags(one.Tags),
  });
  return made(one.GroupId!, properties, one.VpcId);
}

function made(GroupId: string, properties: Properties, VpcId: string | undefined): Live {
  return { physicalId: GroupId, properties, attributes: present({ GroupId, Id: GroupId, VpcId }) };
}

/**
 * First lets in what is new, then takes away what is gone, so that traffic that both allow is never cut. A rule that
 * is there already, or gone already, is an earlier call's work.
 */
async function changeRules(
  context: ProviderContext,
  GroupId: string,
  direction: Direction,
  before: Value | undefined,
  after: Value | undefined,
): Promise<void> {
  const ec2 = await context.aws.ec2();
  const { authorise, revoke, describe } = ruleChanges(before, after);
  const isIngress = direction === 'ingress';
  const there = await inOneCallOrEach(
    context,
    direction,
    authorise,
    'InvalidPermission.Duplicate',
    (IpPermissions) =>
      isIngress
        ? ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions })
        : ec2.authorizeSecurityGroupEgress({ GroupId, IpPermissions }),
  );
  if (there.length > 0) await takeOver(context, GroupId, direction, there);
  await inOneCallOrEach(context, direction, describe, undefined, (IpPermissions) =>
    isIngress
      ? ec2.updateSecurityGroupRuleDescriptionsIngress({ GroupId, IpPermissions })
      : ec2.updateSecurityGroupRuleDescriptionsEgress({ GroupId, IpPermissions }),
  );
  await inOneCallOrEach(context, direction, revoke, 'InvalidPermission.NotFound', (IpPermissions) =>
    isIngress
      ? ec2.revokeSecurityGroupIngress({ GroupId, IpPermissions })
      : ec2.revokeSecurityGroupEgress({ GroupId, IpPermissions }),
  );
}

/**
 * A rule that was a resource of its own and is inline now is the group's from here on: without its owner's tags,
 * that resource's deletion leaves it alone.
 */
async function takeOver(
  context: ProviderContext,
  GroupId: string,
  direction: Direction,
  rules: readonly Properties[],
): Promise<void> {
  const ec2 = await context.aws.ec2();
  const owned = await securityGroupRules.list(ec2, [
    { Name: 'group-id', Values: [GroupId] },
    { Name: `tag:${stackTag}`, Values: ['*'] },
  ]);
  const taken = new Set(rules.map(identityOf));
  const Resources = owned
    .filter(
      (rule) => (rule.IsEgress ? 'egress' : 'ingress') === direction && taken.has(identityOf(ruleOf(rule))),
    )
    .map(({ SecurityGroupRuleId }) => SecurityGroupRuleId!);
  if (Resources.length === 0) return;
  await ec2.deleteTags({ Resources, Tags: ownershipTags.map((Key) => ({ Key })) });
}

/** AWS refuses a whole call for one rule that is done already: then each rule goes alone. Answers those. */
async function inOneCallOrEach(
  context: ProviderContext,
  direction: Direction,
  rules: readonly Properties[],
  done: string | undefined,
  send: (permissions: ReturnType<typeof permissionOf>[]) => Promise<unknown>,
): Promise<readonly Properties[]> {
  if (rules.length === 0) return [];
  const isNotYet = (error: unknown) => /^InvalidGroup(Id)?\.NotFound$/.test(errorCode(error) ?? '');
  const call = (some: readonly Properties[]) =>
    eventually(context, () => send(some.map((rule) => permissionOf(direction, rule))), isNotYet);
  const isDone = (error: unknown) => done !== undefined && errorCode(error) === done;
  try {
    await call(rules);
    return [];
  } catch (error) {
    if (!isDone(error)) throw error;
    if (rules.length === 1) return rules;
    const already: Properties[] = [];
    for (const rule of rules) {
      await call([rule]).catch((refusal: unknown) => {
        if (!isDone(refusal)) throw refusal;
        already.push(rule);
      });
    }
    return already;
  }
}
