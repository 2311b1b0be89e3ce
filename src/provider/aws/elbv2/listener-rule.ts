import type { Rule, RuleCondition, RuleTransform } from '@aws-sdk/client-elastic-load-balancing-v2';
import { sameValue } from '../../../base/canonical-json.ts';
import type { Properties } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { integer, objects, present, text } from '../../plain-value.ts';
import { defineResourceType, type Live, type ProviderContext, type ReadContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { asRecorded } from '../as-recorded.ts';
import { errorCode } from '../aws-error.ts';
import { createOnce, eventually } from '../eventually.ts';
import { canonicalTags, liveTags, type Tag, tagsToCreate } from '../tags.ts';
import { actionsToSend, canonicalActions } from './actions.ts';
import { canonicalConditions } from './conditions.ts';
import { byArn, deleteOnce, ifThere, isNotYet, madeBy, parentArn, tagsOf, updateTags } from './elb.ts';

const type = 'AWS::ElasticLoadBalancingV2::ListenerRule';

/** Its physical id, and so its `Ref`, is its ARN. */
export const listenerRule = defineResourceType({
  type,
  adoption: byArn('listener-rule/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee'),
  attributes: ['IsDefault', 'RuleArn'],
  // Its client secret is never answered, in the middle of a list that is compared whole.
  unsupported: ['Actions.AuthenticateOidcConfig'],

  // A priority is one rule's in its listener.
  order: (before, after) =>
    sameValue(before.ListenerArn, after.ListenerArn) && sameValue(before.Priority, after.Priority)
      ? 'delete-before-create'
      : 'create-before-delete',

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    return {
      ...given,
      ...(given.Actions === undefined ? {} : { Actions: canonicalActions(given.Actions)! }),
      ...(given.Conditions === undefined ? {} : { Conditions: canonicalConditions(given.Conditions)! }),
      Transforms: given.Transforms ?? [],
      Tags: canonicalTags(given.Tags),
    };
  },

  async read(context, wanted) {
    const all = await list(
      context,
      wanted.map((one) => one.physicalId),
    );
    const found = new Map(all.map((one) => [one.RuleArn, one]));
    const there = wanted.filter((one) => found.has(one.physicalId));
    const tags = await tagsOf(
      context,
      there.map((one) => one.physicalId),
    );
    return new Map(
      there.map(({ logicalId, physicalId, properties }) => [
        logicalId,
        live(found.get(physicalId)!, tags.get(physicalId), properties),
      ]),
    );
  },

  async find(context, pending) {
    const one = await ofIntent(context, text(pending.properties.ListenerArn)!, pending.intent);
    if (one === undefined) return undefined;
    return live(one, (await tagsOf(context, [one.RuleArn!])).get(one.RuleArn!), pending.properties);
  },

  async create(context, request) {
    const elb = await context.aws.elbv2();
    const { properties: p, intent, ownership } = request;
    const ListenerArn = text(p.ListenerArn)!;
    const made = await createOnce(
      context,
      async () =>
        (
          await elb.createRule({
            ...inputOf(p),
            ListenerArn,
            Priority: integer(p.Priority),
            Tags: tagsToCreate(p.Tags, ownership),
          })
        ).Rules![0]!,
      () => ofIntent(context, ListenerArn, intent),
      isNotYet,
    );
    return answer(made, p);
  },

  async update(context, request) {
    const elb = await context.aws.elbv2();
    const { before, after, physicalId: RuleArn } = request;
    const differs = (...names: string[]) => names.some((name) => !sameValue(before[name], after[name]));
    if (differs('Actions', 'Conditions', 'Transforms')) {
      const { Transforms, ...input } = inputOf(after);
      const transforms = Transforms === undefined ? { ResetTransforms: true } : { Transforms };
      await eventually(
        context,
        () => elb.modifyRule({ RuleArn, ...input, ...(differs('Transforms') ? transforms : {}) }),
        isNotYet,
      );
    }
    if (differs('Priority')) await setPriority(context, RuleArn, integer(after.Priority));
    await updateTags(context, request);
    return answer({ RuleArn, IsDefault: false }, after);
  },

  delete: (context, { physicalId: RuleArn }) => deleteOnce(context, (elb) => elb.deleteRule({ RuleArn })),
});

/** Another rule, of this stack too, may be about to leave the place that this one is to have. */
async function setPriority(
  context: ProviderContext,
  RuleArn: string,
  Priority: number | undefined,
): Promise<void> {
  const elb = await context.aws.elbv2();
  await eventually(
    context,
    async () => {
      const now = await elb.describeRules({ RuleArns: [RuleArn] });
      // What it has already is in use too.
      if (now.Rules?.[0]?.Priority === String(Priority)) return;
      await elb.setRulePriorities({ RulePriorities: [{ RuleArn, Priority }] });
    },
    (error) => isNotYet(error) || errorCode(error) === 'PriorityInUse',
  );
}

function inputOf(p: Properties) {
  const Transforms = objects(p.Transforms) as unknown as RuleTransform[];
  return {
    Conditions: objects(p.Conditions) as unknown as RuleCondition[],
    Actions: actionsToSend(p.Actions),
    ...(Transforms.length === 0 ? {} : { Transforms }),
  };
}

/** One call for each listener that has one of them, shared within a bulk read. */
async function list(context: ReadContext, arns: readonly string[]): Promise<readonly Rule[]> {
  const parents = [...new Set(arns.map((arn) => parentArn(arn, 'listener-rule', 'listener')))];
  const found = await Promise.all(
    parents.map((arn) => context.once(`DescribeRules ${arn}`, () => rulesOf(context, arn))),
  );
  return found.flat();
}

async function rulesOf(context: ProviderContext, ListenerArn: string): Promise<readonly Rule[]> {
  const elb = await context.aws.elbv2();
  const all: Rule[] = [];
  await ifThere(
    (async () => {
      for await (const page of elb.paginateDescribeRules({ ListenerArn })) all.push(...(page.Rules ?? []));
    })(),
  );
  return all;
}

async function ofIntent(
  context: ProviderContext,
  ListenerArn: string,
  intent: string,
): Promise<Rule | undefined> {
  const all = (await rulesOf(context, ListenerArn)).filter((one) => one.IsDefault !== true);
  const arn = await madeBy(
    context,
    all.map((one) => one.RuleArn!),
    intent,
  );
  return all.find((one) => one.RuleArn === arn);
}

function live(one: Rule, tags: readonly Tag[] | undefined, recorded: Properties): Live {
  const properties = listenerRule.canonicalise(
    present({
      ListenerArn: parentArn(one.RuleArn!, 'listener-rule', 'listener'),
      Priority: one.Priority,
      Actions: one.Actions,
      Conditions: one.Conditions,
      Transforms: one.Transforms,
      Tags: liveTags([...(tags ?? [])]),
    }),
  );
  const trimmed = ['Actions', 'Conditions', 'Transforms'].map(
    (name) => [name, asRecorded(properties[name] ?? [], recorded[name])] as const,
  );
  return answer(one, { ...properties, ...Object.fromEntries(trimmed) });
}

function answer(one: Pick<Rule, 'RuleArn' | 'IsDefault'>, properties: Properties): Live {
  const RuleArn = one.RuleArn!;
  return { physicalId: RuleArn, properties, attributes: { IsDefault: one.IsDefault ?? false, RuleArn } };
}
