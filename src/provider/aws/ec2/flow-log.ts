import type { CreateFlowLogsCommandInput, FlowLog } from '@aws-sdk/client-ec2';
import type { Properties, Value } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { integer, objects, present, structure, text, texts } from '../../plain-value.ts';
import { type CreateRequest, defineResourceType, type Live, type ProviderContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { errorMessage, isNotFound } from '../aws-error.ts';
import { clientToken } from '../client-token.ts';
import { createOnce } from '../eventually.ts';
import { refused } from '../refused.ts';
import { canonicalTags, liveTags } from '../tags.ts';
import { wantedAmong } from '../wanted-among.ts';
import { byTaggedId } from './adoption.ts';
import { describeByIntent, readBulk, untilShown } from './describe.ts';
import { flowLogs } from './describe-network.ts';
import { tagSpecifications, updateTags } from './tagging.ts';

const type = 'AWS::EC2::FlowLog';

export const flowLog = defineResourceType({
  type,
  adoption: byTaggedId('fl'),
  attributes: ['Id'],

  // Two may watch the same, but not write what they see to the same place.
  order: () => 'delete-before-create',

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    const { LogDestination, LogDestinationType = 'cloud-watch-logs' } = given;
    return {
      ...given,
      LogDestinationType,
      ...(LogDestination === undefined ? {} : { LogDestination: withoutStar(LogDestination) }),
      Tags: canonicalTags(given.Tags),
    };
  },

  async read(context, wanted) {
    const ids = wanted.map(({ physicalId }) => physicalId);
    return wantedAmong(wanted, (await readBulk(context, flowLogs, ids)).map(live));
  },

  async find(context, pending) {
    const found = await describeByIntent(context, flowLogs, pending.intent);
    return found && live(found);
  },

  async create(context, request) {
    const id = await createOnce(
      context,
      () => send(context, request),
      async () => (await describeByIntent(context, flowLogs, request.intent))?.FlowLogId,
      (error) => isNotFound(error) || isNotYetUsable(error),
    );
    return live(await untilShown(context, flowLogs, id));
  },

  async update(context, request) {
    await updateTags(context, request);
    const Id = request.physicalId;
    return { physicalId: Id, properties: request.after, attributes: { Id } };
  },

  async delete(context, { physicalId }) {
    const ec2 = await context.aws.ec2();
    try {
      const { Unsuccessful = [] } = await ec2.deleteFlowLogs({ FlowLogIds: [physicalId] });
      const [failure] = Unsuccessful;
      if (failure !== undefined && !failure.Error?.Code?.endsWith('.NotFound')) {
        throw refused(`delete flow log ${physicalId}`, failure.Error?.Message);
      }
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  },
});

/** The ARN of a log group is the same with the `:*` that CloudWatch Logs answers it with, and without. */
function withoutStar(arn: Value): Value {
  return typeof arn === 'string' ? arn.replace(/:\*$/, '') : arn;
}

/** What a flow log watches is answered by its id alone. */
const watched: readonly [RegExp, string][] = [
  [/^vpc-/, 'VPC'],
  [/^subnet-/, 'Subnet'],
  [/^eni-/, 'NetworkInterface'],
  [/^tgw-attach-/, 'TransitGatewayAttachment'],
  [/^tgw-/, 'TransitGateway'],
  [/^nat-/, 'RegionalNatGateway'],
];

function live(one: FlowLog): Live {
  const Id = one.FlowLogId!;
  const { ResourceId = '' } = one;
  return {
    physicalId: Id,
    properties: present({
      ResourceId,
      ResourceType: watched.find(([id]) => id.test(ResourceId))?.[1],
      TrafficType: one.TrafficType,
      LogDestinationType: one.LogDestinationType ?? 'cloud-watch-logs',
      LogDestination: one.LogDestination === undefined ? undefined : withoutStar(one.LogDestination),
      LogGroupName: one.LogGroupName,
      LogFormat: one.LogFormat,
      DeliverLogsPermissionArn: one.DeliverLogsPermissionArn,
      DeliverCrossAccountRole: one.DeliverCrossAccountRole,
      MaxAggregationInterval: one.MaxAggregationInterval,
      DestinationOptions: one.DestinationOptions,
      TagFieldSpecifications: one.TagFieldSpecifications,
      Tags: liveTags(one.Tags),
    }),
    attributes: { Id },
  };
}

async function send(context: ProviderContext, request: CreateRequest): Promise<string> {
  const ec2 = await context.aws.ec2();
  const { FlowLogIds = [], Unsuccessful = [] } = await ec2.createFlowLogs(inputOf(request));
  const [id] = FlowLogIds;
  if (id === undefined) throw refused(`make flow log ${request.logicalId}`, Unsuccessful[0]?.Error?.Message);
  return id;
}

type Input = CreateFlowLogsCommandInput;

function inputOf(request: CreateRequest): Input {
  const p: Properties = request.properties;
  return {
    ResourceIds: [text(p.ResourceId)!],
    ResourceType: text(p.ResourceType) as Input['ResourceType'],
    TrafficType: text(p.TrafficType) as Input['TrafficType'],
    LogDestinationType: text(p.LogDestinationType) as Input['LogDestinationType'],
    LogDestination: text(p.LogDestination),
    LogGroupName: text(p.LogGroupName),
    LogFormat: text(p.LogFormat),
    DeliverLogsPermissionArn: text(p.DeliverLogsPermissionArn),
    DeliverCrossAccountRole: text(p.DeliverCrossAccountRole),
    MaxAggregationInterval: integer(p.MaxAggregationInterval),
    DestinationOptions: structure<NonNullable<Input['DestinationOptions']>>(p.DestinationOptions),
    ...(p.TagFieldSpecifications === undefined
      ? {}
      : {
          TagFieldSpecifications: objects(p.TagFieldSpecifications).map(({ ResourceType, TagKeys }) => ({
            ResourceType: text(ResourceType) as never,
            TagKeys: texts(TagKeys),
          })),
        }),
    ClientToken: clientToken(request.intent),
    TagSpecifications: tagSpecifications(request, 'vpc-flow-log'),
  };
}

/** A role is known here some seconds after IAM has it. */
function isNotYetUsable(error: unknown): boolean {
  return /unable to assume/i.test(error instanceof Error ? error.message : errorMessage(error));
}
