import type { PutScalingPolicyCommandInput, ScalingPolicy } from '@aws-sdk/client-auto-scaling';
import type { Properties } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { integer, objects, present, structure, text } from '../../plain-value.ts';
import { defineResourceType, type Live, type ProviderContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { asRecorded } from '../as-recorded.ts';
import { untagged } from '../ec2/adoption.ts';
import { eventually, until } from '../eventually.ts';
import { generatedName } from '../generated-name.ts';
import { isUnknownName, readPolicies } from './describe.ts';

const type = 'AWS::AutoScaling::ScalingPolicy';
const longestName = 255;

/** It takes no tags: its name, which comes from the intent, finds it. Putting it twice is putting it once. */
export const scalingPolicy = defineResourceType({
  type,
  adoption: untagged,
  attributes: ['Arn', 'PolicyName'],
  order: () => 'create-before-delete',

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    return { ...given, PolicyType: given.PolicyType ?? 'SimpleScaling' };
  },

  async read(context, wanted) {
    const byName = new Map(wanted.map((one) => [nameIn(one.physicalId), one]));
    const found = await readPolicies(context, [...byName.keys()]);
    return new Map(
      found.flatMap((one) => {
        const want = byName.get(one.PolicyName!);
        const isIt = want?.physicalId === one.PolicyARN;
        return want === undefined || !isIt ? [] : [[want.logicalId, live(one, want.properties)] as const];
      }),
    );
  },

  async find(context, pending) {
    const name = generatedName({ ...pending, stack: context.stack }, longestName);
    const [found] = await readPolicies(context, [name]);
    return found && live(found, pending.properties);
  },

  create: (context, request) =>
    put(context, generatedName({ ...request, stack: context.stack }, longestName), request.properties),

  update: (context, { physicalId, after }) => put(context, nameIn(physicalId), after),

  async delete(context, { physicalId, properties }) {
    const autoScaling = await context.aws.autoScaling();
    const AutoScalingGroupName = text(properties.AutoScalingGroupName);
    try {
      await autoScaling.deletePolicy({ PolicyName: nameIn(physicalId), AutoScalingGroupName });
    } catch (error) {
      // The policy, or the group and all its policies.
      if (!isUnknownName(error)) throw error;
    }
  },
});

/** `arn:...:autoScalingGroupName/web:policyName/shop-Policy-1QX5T7ZK2M4P` */
function nameIn(arn: string): string {
  return arn.split(':policyName/').at(-1) ?? arn;
}

async function put(context: ProviderContext, PolicyName: string, p: Properties): Promise<Live> {
  const autoScaling = await context.aws.autoScaling();
  const input: PutScalingPolicyCommandInput = {
    PolicyName,
    AutoScalingGroupName: text(p.AutoScalingGroupName),
    PolicyType: text(p.PolicyType),
    AdjustmentType: text(p.AdjustmentType),
    MinAdjustmentMagnitude: integer(p.MinAdjustmentMagnitude),
    ScalingAdjustment: integer(p.ScalingAdjustment),
    Cooldown: p.Cooldown === undefined ? undefined : Number(p.Cooldown),
    MetricAggregationType: text(p.MetricAggregationType),
    StepAdjustments:
      p.StepAdjustments === undefined
        ? undefined
        : objects(p.StepAdjustments).map((one) => ({
            ...one,
            ScalingAdjustment: integer(one.ScalingAdjustment),
          })),
    EstimatedInstanceWarmup: integer(p.EstimatedInstanceWarmup),
    TargetTrackingConfiguration: structure(p.TargetTrackingConfiguration),
    PredictiveScalingConfiguration: structure(p.PredictiveScalingConfiguration),
  };
  await eventually(context, () => autoScaling.putScalingPolicy(input), isUnknownName);
  return until(context, `scaling policy ${PolicyName} to show`, 60_000, async () => {
    const [found] = await readPolicies(context, [PolicyName]);
    return found && live(found, p);
  });
}

function live(one: ScalingPolicy, recorded: Properties): Live {
  const { PolicyARN: Arn = '', PolicyName = '' } = one;
  const properties = present({
    AutoScalingGroupName: one.AutoScalingGroupName,
    PolicyType: one.PolicyType,
    AdjustmentType: one.AdjustmentType || undefined,
    MinAdjustmentMagnitude: one.MinAdjustmentMagnitude,
    ScalingAdjustment: one.ScalingAdjustment,
    Cooldown: one.Cooldown === undefined ? undefined : String(one.Cooldown),
    MetricAggregationType: one.MetricAggregationType || undefined,
    StepAdjustments: one.StepAdjustments,
    EstimatedInstanceWarmup: one.EstimatedInstanceWarmup,
    TargetTrackingConfiguration: one.TargetTrackingConfiguration,
    PredictiveScalingConfiguration: one.PredictiveScalingConfiguration,
  });
  return {
    physicalId: Arn,
    properties: asRecorded(properties, recorded) as Properties,
    attributes: { Arn, PolicyName },
  };
}
