import { sameValue } from '../../../base/canonical-json.ts';
import type { Properties, Value } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { text } from '../../plain-value.ts';
import { defineResourceType, type Live, type ProviderContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { errorCode, errorMessage } from '../aws-error.ts';
import { untagged } from '../ec2/adoption.ts';
import { eventually } from '../eventually.ts';
import { answeredPolicy, canonicalPolicy, policyText } from '../iam/policy-document.ts';
import { isNotYet } from './bucket-settings.ts';

const type = 'AWS::S3::BucketPolicy';

/** A bucket has one policy at most, so the bucket's name is its physical id, as with CloudFormation. */
export const bucketPolicy = defineResourceType({
  type,
  adoption: untagged,
  attributes: [],

  order: (before, after) =>
    sameValue(before.Bucket, after.Bucket) ? 'delete-before-create' : 'create-before-delete',

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    if (given.PolicyDocument === undefined) return given;
    return { ...given, PolicyDocument: canonicalPolicy(given.PolicyDocument) };
  },

  async read(context, wanted) {
    const found = await Promise.all(
      wanted.map(async ({ logicalId, physicalId }) => {
        const document = await readDocument(context, physicalId);
        return document === undefined ? [] : [[logicalId, live(physicalId, document)] as const];
      }),
    );
    return new Map(found.flat());
  },

  /** A policy with this very document is the one: putting it again would change nothing. */
  async find(context, { properties }) {
    const Bucket = text(properties.Bucket) ?? '';
    const document = await readDocument(context, Bucket);
    return document !== undefined && sameValue(document, properties.PolicyDocument)
      ? live(Bucket, document)
      : undefined;
  },

  create: (context, { properties }) => put(context, properties),
  update: (context, { after }) => put(context, after),

  async delete(context, { physicalId: Bucket }) {
    const s3 = await context.aws.s3();
    try {
      await s3.deleteBucketPolicy({ Bucket });
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
  },
});

async function put(context: ProviderContext, properties: Properties): Promise<Live> {
  const s3 = await context.aws.s3();
  const Bucket = text(properties.Bucket) ?? '';
  const Policy = policyText(properties.PolicyDocument);
  await eventually(context, () => s3.putBucketPolicy({ Bucket, Policy }), isNotYetPut);
  return live(Bucket, properties.PolicyDocument ?? {});
}

/** A role that was made a moment ago is refused as a principal as if it did not exist. */
function isNotYetPut(error: unknown): boolean {
  if (isNotYet(error)) return true;
  return errorCode(error) === 'MalformedPolicy' && /invalid principal/i.test(errorMessage(error));
}

async function readDocument(context: ProviderContext, Bucket: string): Promise<Value | undefined> {
  const s3 = await context.aws.s3();
  try {
    const { Policy } = await s3.getBucketPolicy({ Bucket });
    return Policy === undefined ? undefined : answeredPolicy(Policy);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return /^NoSuchBucket(Policy)?$/.test(errorCode(error) ?? '');
}

function live(Bucket: string, PolicyDocument: Value): Live {
  return { physicalId: Bucket, properties: { Bucket, PolicyDocument }, attributes: {} };
}
