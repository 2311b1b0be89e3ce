import type {
  Certificate,
  Listener,
  MutualAuthenticationAttributes,
  ProtocolEnum,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { sameValue } from '../../../base/canonical-json.ts';
import type { Properties } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { integer, objects, present, structure, text, texts } from '../../plain-value.ts';
import { defineResourceType, type Live, type ProviderContext, type ReadContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { asRecorded } from '../as-recorded.ts';
import { createOnce, eventually } from '../eventually.ts';
import { canonicalTags, liveTags, type Tag, tagsToCreate } from '../tags.ts';
import { actionsToSend, canonicalActions } from './actions.ts';
import {
  attributesToSet,
  byArn,
  canonicalAttributes,
  deleteOnce,
  hasAttributes,
  ifThere,
  isNotYet,
  madeBy,
  parentArn,
  recordedAttributes,
  tagsOf,
  updateTags,
} from './elb.ts';

const type = 'AWS::ElasticLoadBalancingV2::Listener';
const attributesProperty = 'ListenerAttributes';

/** Its physical id, and so its `Ref`, is its ARN. */
export const listener = defineResourceType({
  type,
  adoption: byArn('listener/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2'),
  attributes: ['ListenerArn'],
  // Its client secret is never answered, in the middle of a list that is compared whole.
  unsupported: ['DefaultActions.AuthenticateOidcConfig'],

  // A port of a load balancer has one listener.
  order: (before, after) =>
    sameValue(before.LoadBalancerArn, after.LoadBalancerArn)
      ? 'delete-before-create'
      : 'create-before-delete',

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    return {
      ...given,
      ...(given.DefaultActions === undefined
        ? {}
        : { DefaultActions: canonicalActions(given.DefaultActions)! }),
      ...(given[attributesProperty] === undefined
        ? {}
        : { [attributesProperty]: canonicalAttributes(given[attributesProperty])! }),
      Tags: canonicalTags(given.Tags),
    };
  },

  async read(context, wanted) {
    const all = await list(
      context,
      wanted.map((one) => one.physicalId),
    );
    const found = new Map(all.map((one) => [one.ListenerArn, one]));
    const there = wanted.filter((one) => found.has(one.physicalId));
    const tags = await tagsOf(
      context,
      there.map((one) => one.physicalId),
    );
    return new Map(
      await Promise.all(
        there.map(
          async ({ logicalId, physicalId, properties }) =>
            [
              logicalId,
              await live(context, found.get(physicalId)!, tags.get(physicalId), properties),
            ] as const,
        ),
      ),
    );
  },

  async find(context, pending) {
    const one = await ofIntent(context, text(pending.properties.LoadBalancerArn)!, pending.intent);
    if (one === undefined) return undefined;
    const tags = (await tagsOf(context, [one.ListenerArn!])).get(one.ListenerArn!);
    return live(context, one, tags, pending.properties);
  },

  async create(context, request) {
    const elb = await context.aws.elbv2();
    const { properties: p, intent, ownership } = request;
    const LoadBalancerArn = text(p.LoadBalancerArn)!;
    const made = await createOnce(
      context,
      async () =>
        (await elb.createListener({ ...inputOf(p), LoadBalancerArn, Tags: tagsToCreate(p.Tags, ownership) }))
          .Listeners![0]!,
      () => ofIntent(context, LoadBalancerArn, intent),
      isNotYet,
    );
    await setAttributes(context, made.ListenerArn!, {}, p);
    return answer(made.ListenerArn!, p);
  },

  async update(context, request) {
    const elb = await context.aws.elbv2();
    const { before, after, physicalId: ListenerArn } = request;
    const own = ({ Tags: _t, [attributesProperty]: _a, ...rest }: Properties) => rest;
    if (!sameValue(own(before), own(after))) {
      await eventually(context, () => elb.modifyListener({ ...inputOf(after), ListenerArn }), isNotYet);
    }
    await setAttributes(context, ListenerArn, before, after);
    await updateTags(context, request);
    return answer(ListenerArn, after);
  },

  delete: (context, { physicalId: ListenerArn }) =>
    deleteOnce(context, (elb) => elb.deleteListener({ ListenerArn })),
});

function inputOf(p: Properties) {
  const mutual = structure<MutualAuthenticationAttributes>(p.MutualAuthentication);
  return {
    Protocol: text(p.Protocol) as ProtocolEnum | undefined,
    Port: integer(p.Port),
    SslPolicy: text(p.SslPolicy),
    Certificates: p.Certificates === undefined ? undefined : ([...objects(p.Certificates)] as Certificate[]),
    AlpnPolicy: texts(p.AlpnPolicy),
    ...(mutual === undefined ? {} : { MutualAuthentication: mutual }),
    DefaultActions: actionsToSend(p.DefaultActions),
  };
}

async function setAttributes(
  context: ProviderContext,
  ListenerArn: string,
  before: Properties,
  after: Properties,
): Promise<void> {
  const elb = await context.aws.elbv2();
  const Attributes = attributesToSet(before[attributesProperty], after[attributesProperty]);
  if (Attributes.length === 0) return;
  await eventually(context, () => elb.modifyListenerAttributes({ ListenerArn, Attributes }), isNotYet);
}

/** One call for each load balancer that has one of them, shared within a bulk read. */
async function list(context: ReadContext, arns: readonly string[]): Promise<readonly Listener[]> {
  const parents = [...new Set(arns.map((arn) => parentArn(arn, 'listener', 'loadbalancer')))];
  const found = await Promise.all(
    parents.map((arn) => context.once(`DescribeListeners ${arn}`, () => listenersOf(context, arn))),
  );
  return found.flat();
}

async function listenersOf(context: ProviderContext, LoadBalancerArn: string): Promise<readonly Listener[]> {
  const elb = await context.aws.elbv2();
  const all: Listener[] = [];
  await ifThere(
    (async () => {
      for await (const page of elb.paginateDescribeListeners({ LoadBalancerArn })) {
        all.push(...(page.Listeners ?? []));
      }
    })(),
  );
  return all;
}

async function ofIntent(
  context: ProviderContext,
  LoadBalancerArn: string,
  intent: string,
): Promise<Listener | undefined> {
  const all = await listenersOf(context, LoadBalancerArn);
  const arn = await madeBy(
    context,
    all.map((one) => one.ListenerArn!),
    intent,
  );
  return all.find((one) => one.ListenerArn === arn);
}

async function live(
  context: ProviderContext,
  one: Listener,
  tags: readonly Tag[] | undefined,
  recorded: Properties,
): Promise<Live> {
  const elb = await context.aws.elbv2();
  const ListenerArn = one.ListenerArn!;
  const attributes = hasAttributes(recorded, attributesProperty)
    ? await elb.describeListenerAttributes({ ListenerArn })
    : undefined;
  const properties = listener.canonicalise(
    present({
      LoadBalancerArn: one.LoadBalancerArn,
      Protocol: one.Protocol,
      Port: one.Port,
      SslPolicy: one.SslPolicy,
      Certificates: one.Certificates?.map(({ CertificateArn }) => ({ CertificateArn })),
      AlpnPolicy: one.AlpnPolicy?.length ? one.AlpnPolicy : undefined,
      MutualAuthentication: one.MutualAuthentication,
      DefaultActions: one.DefaultActions,
      [attributesProperty]:
        attributes && recordedAttributes(attributes.Attributes as Tag[], recorded[attributesProperty]),
      Tags: liveTags([...(tags ?? [])]),
    }),
  );
  const DefaultActions = asRecorded(properties.DefaultActions ?? [], recorded.DefaultActions);
  return answer(ListenerArn, { ...properties, DefaultActions });
}

function answer(ListenerArn: string, properties: Properties): Live {
  return { physicalId: ListenerArn, properties, attributes: { ListenerArn } };
}
