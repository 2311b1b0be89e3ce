/** What the load balancing types share: who is not there, names, tags, attributes. */
import type { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import { SlipwayError } from '../../../base/error.ts';
import { isList, isObject, type Properties, type Value } from '../../../base/value.ts';
import { objects, text } from '../../plain-value.ts';
import type { Adoption, CreateRequest, ProviderContext, UpdateRequest } from '../../provider.ts';
import { errorCode } from '../aws-error.ts';
import { eventually } from '../eventually.ts';
import { generatedName, type NamedCreate } from '../generated-name.ts';
import { intentTag, type Tag, tagChanges, tagRecord, tagValue } from '../tags.ts';

const longestName = 32;
const tagsAtOnce = 20;

/** Up to this many are asked for one by one; beyond, the account's whole list is read, which has no filter. */
export const few = 5;

export function isAbsent(error: unknown): boolean {
  return /^(LoadBalancer|TargetGroup|Listener|Rule)NotFound(Exception)?$/.test(errorCode(error) ?? '');
}

/** What a create refers to was itself made a moment ago. */
export function isNotYet(error: unknown): boolean {
  if (isAbsent(error)) return true;
  return /^(SubnetNotFound|InvalidSecurityGroup|CertificateNotFound)(Exception)?$/.test(
    errorCode(error) ?? '',
  );
}

/** The answer; undefined where what it is about is not there. */
export async function ifThere<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

export function nameOf(
  context: ProviderContext,
  create: Omit<NamedCreate, 'stack'> & Pick<CreateRequest, 'properties'>,
): string {
  return text(create.properties.Name) ?? generatedName({ ...create, stack: context.stack }, longestName);
}

/** The part of an ARN that CloudWatch's metrics and CloudFormation call the full name: after the kind. */
export function fullName(arn: string): string {
  return arn.slice(arn.indexOf('/') + 1);
}

/** All but the last segment, of another kind: the ARN of what this one belongs to. */
export function parentArn(arn: string, kind: string, parentKind: string): string {
  return arn.slice(0, arn.lastIndexOf('/')).replace(`:${kind}/`, `:${parentKind}/`);
}

/** @param resource the last part of the ARN */
export function byArn(resource: string): Adoption {
  return {
    id: `arn:aws:elasticloadbalancing:eu-west-1:111111111111:${resource}`,
    tags: async (context, arn) => tagRecord((await tagsOf(context, [arn])).get(arn)),
  };
}

/** Tags by ARN, of those that are there. */
export async function tagsOf(
  context: ProviderContext,
  arns: readonly string[],
): Promise<ReadonlyMap<string, readonly Tag[]>> {
  const elb = await context.aws.elbv2();
  const chunks = Array.from({ length: Math.ceil(arns.length / tagsAtOnce) }, (_, i) =>
    arns.slice(i * tagsAtOnce, (i + 1) * tagsAtOnce),
  );
  const answers = await Promise.all(
    chunks.map(
      async (ResourceArns) => (await ifThere(elb.describeTags({ ResourceArns })))?.TagDescriptions ?? [],
    ),
  );
  return new Map(answers.flat().map((one) => [one.ResourceArn ?? '', (one.Tags ?? []) as readonly Tag[]]));
}

/** Of these ARNs the one whose resource the create with this intent made. */
export async function madeBy(
  context: ProviderContext,
  arns: readonly string[],
  intent: string,
): Promise<string | undefined> {
  const tags = await tagsOf(context, arns);
  return arns.find((arn) => tagValue([...(tags.get(arn) ?? [])], intentTag) === intent);
}

export async function updateTags(context: ProviderContext, request: UpdateRequest): Promise<void> {
  const elb = await context.aws.elbv2();
  const { put, remove } = tagChanges(request.before.Tags, request.after.Tags, request.ownership);
  const ResourceArns = [request.physicalId];
  await eventually(context, () => elb.addTags({ ResourceArns, Tags: put }), isAbsent);
  if (remove.length > 0) await elb.removeTags({ ResourceArns, TagKeys: remove });
}

/**
 * A create with the name of what is there already succeeds where the settings are the same, and would take over in
 * silence what somebody else made.
 */
export function refuseTaken(what: string): never {
  throw new SlipwayError('cloud-refused', {
    summary: `There is a ${what} already`,
    remedy: 'Choose another Name, or leave it out to have one made up.',
  });
}

/** Key and value pairs whose order means nothing; values are texts. */
export function canonicalAttributes(attributes: Value | undefined): Value | undefined {
  if (!isList(attributes)) return attributes;
  const key = (one: Value) => (isObject(one) ? String(one.Key) : '');
  return [...attributes].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Of all the attributes that there are, those that the record speaks of. */
export function recordedAttributes(
  all: readonly { readonly Key?: string; readonly Value?: string }[] | undefined,
  recorded: Value | undefined,
): Value {
  const keys = new Set(objects(recorded).map((one) => text(one.Key)));
  return canonicalAttributes(
    (all ?? []).flatMap(({ Key = '', Value = '' }) => (keys.has(Key) ? [{ Key, Value }] : [])),
  )!;
}

/** Those that are new or have another value. One that is not spoken of any more stays: nothing resets it. */
export function attributesToSet(before: Value | undefined, after: Value | undefined): Tag[] {
  const old = objects(before);
  return objects(after)
    .filter((one) => !old.some((other) => other.Key === one.Key && other.Value === one.Value))
    .map((one) => ({ Key: String(one.Key), Value: String(one.Value ?? '') }));
}

/** Whether the record speaks of any attribute: reading them is a call for each resource. */
export function hasAttributes(recorded: Properties, property: string): boolean {
  return objects(recorded[property]).length > 0;
}

/** Deletes, and succeeds when it is gone already. */
export async function deleteOnce(
  context: ProviderContext,
  send: (elb: ElasticLoadBalancingV2) => Promise<unknown>,
): Promise<void> {
  await ifThere(send(await context.aws.elbv2()));
}
