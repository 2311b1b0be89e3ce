/** A rule that is a resource of its own, beside those that its group has inline: the same both ways. */
import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { Properties } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { present, text } from '../../plain-value.ts';
import { defineResourceType, type Live, type ResourceType } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { isNotFound } from '../aws-error.ts';
import { createOnce, eventually } from '../eventually.ts';
import { stackTag, tagValue } from '../tags.ts';
import { wantedAmong } from '../wanted-among.ts';
import { untagged } from './adoption.ts';
import { describeByIntent, describeOne, readBulk, untilShown } from './describe.ts';
import { securityGroupRules } from './describe-network.ts';
import { canonicalRule, type Direction, permissionOf, ruleOf } from './security-group-rules.ts';
import { tagSpecifications, updateTags } from './tagging.ts';

/** @param unsupported published properties that this type does not do */
export function securityGroupRuleType(
  type: string,
  direction: Direction,
  unsupported: readonly string[],
): ResourceType {
  const isIngress = direction === 'ingress';
  const live = (rule: SecurityGroupRule): Live =>
    made(rule.SecurityGroupRuleId!, { GroupId: rule.GroupId!, ...ruleOf(rule) });

  return defineResourceType({
    type,
    adoption: untagged,
    attributes: ['Id'],
    unsupported,

    // A group takes the same rule once; what replaces is a part of what makes it the same.
    order: () => 'create-before-delete',

    canonicalise: (properties) => canonicalRule(coerce(typeSchema(type), properties)),

    async read(context, wanted) {
      const ids = wanted.map(({ physicalId }) => physicalId);
      const all = await readBulk(context, securityGroupRules, ids);
      return wantedAmong(wanted, all.map(live));
    },

    async find(context, pending) {
      const found = await describeByIntent(context, securityGroupRules, pending.intent);
      return found && live(found);
    },

    async create(context, request) {
      const ec2 = await context.aws.ec2();
      const { properties: p } = request;
      const input = {
        GroupId: text(p.GroupId),
        IpPermissions: [permissionOf(direction, p)],
        TagSpecifications: tagSpecifications(request, 'security-group-rule'),
      };
      const rule = await createOnce(
        context,
        async () => {
          const { SecurityGroupRules = [] } = isIngress
            ? await ec2.authorizeSecurityGroupIngress(input)
            : await ec2.authorizeSecurityGroupEgress(input);
          return SecurityGroupRules[0]!;
        },
        () => describeByIntent(context, securityGroupRules, request.intent),
      );
      const shown = await untilShown(context, securityGroupRules, rule.SecurityGroupRuleId!);
      return made(shown.SecurityGroupRuleId!, p);
    },

    /** A description is all that can be changed. */
    async update(context, request) {
      const { after, physicalId } = request;
      const ec2 = await context.aws.ec2();
      await updateTags(context, request);
      if (request.before.Description !== after.Description) {
        const input = { GroupId: text(after.GroupId), IpPermissions: [permissionOf(direction, after)] };
        await eventually(context, () =>
          isIngress
            ? ec2.updateSecurityGroupRuleDescriptionsIngress(input)
            : ec2.updateSecurityGroupRuleDescriptionsEgress(input),
        );
      }
      return made(physicalId, after);
    },

    async delete(context, { physicalId }) {
      const ec2 = await context.aws.ec2();
      const one = await describeOne(context, securityGroupRules, physicalId);
      // Gone, or its group's own by now.
      if (one === undefined || tagValue(one.Tags, stackTag) === undefined) return;
      const input = { GroupId: one.GroupId, SecurityGroupRuleIds: [physicalId] };
      try {
        if (isIngress) await ec2.revokeSecurityGroupIngress(input);
        else await ec2.revokeSecurityGroupEgress(input);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
  });
}

function made(Id: string, properties: Properties): Live {
  return { physicalId: Id, properties: present(properties), attributes: { Id } };
}
