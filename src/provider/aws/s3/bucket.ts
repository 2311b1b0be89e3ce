import { sameValue } from '../../../base/canonical-json.ts';
import { SlipwayError } from '../../../base/error.ts';
import type { Properties } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { text } from '../../plain-value.ts';
import { defineResourceType, type Live, type ProviderContext, type ReadContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { errorCode } from '../aws-error.ts';
import { createOnce, eventually } from '../eventually.ts';
import { generatedName, type NamedCreate } from '../generated-name.ts';
import { canonicalTags, intentTag, liveTags, type Tag, tagRecord, tagsToCreate, tagValue } from '../tags.ts';
import { bucketAttributes } from './bucket-addresses.ts';
import { bringAboutSettings, canonicalSettings, isNotYet, readSettings } from './bucket-settings.ts';
import { argument, ifSet } from './setting.ts';

const type = 'AWS::S3::Bucket';
const longestName = 63;
/** Up to this many buckets are asked for one by one; beyond, the account's whole list is read. */
const few = 5;

type Named = Omit<NamedCreate, 'stack'> & { readonly properties: Properties };

export const bucket = defineResourceType({
  type,
  adoption: {
    id: 'acme-shop-images',
    scope: 'account',
    tags: async (context, name) => tagRecord(await tagsOf(context, name)),
  },
  attributes: ['Arn', 'DomainName', 'DualStackDomainName', 'RegionalDomainName', 'WebsiteURL'],
  // S3 makes tables elsewhere for these, with lives of their own.
  unsupported: ['MetadataConfiguration', 'MetadataTableConfiguration'],
  // Of a canned access list S3 keeps the grants; the others can only be given to the create.
  writeOnly: ['AccessControl', 'BucketNamePrefix', 'BucketNamespace', 'ObjectLockEnabled'],

  // Bucket names are the world's: a new bucket can only take a name that the old one has left.
  order: (before, after) =>
    (after.BucketName !== undefined && sameValue(before.BucketName, after.BucketName)) ||
    (after.BucketNamePrefix !== undefined && sameValue(before.BucketNamePrefix, after.BucketNamePrefix))
      ? 'delete-before-create'
      : 'create-before-delete',

  canonicalise(properties) {
    const { AccessControl, ...given } = canonicalSettings(coerce(typeSchema(type), properties));
    return {
      ...given,
      // What every bucket is without it; S3 refuses even this one where access lists are off.
      ...(AccessControl === undefined || AccessControl === 'Private' ? {} : { AccessControl }),
      Tags: canonicalTags(given.Tags),
    };
  },

  /** S3 has no bulk reads: a call for each setting that is recorded, besides those for the names and the tags. */
  async read(context, wanted) {
    const names = wanted.map((one) => one.physicalId);
    const there = await existing(context, names);
    const found = await Promise.all(
      wanted
        .filter((one) => there.has(one.physicalId))
        .map(
          async ({ logicalId, physicalId, properties }) =>
            [logicalId, await readOne(context, physicalId, properties)] as const,
        ),
    );
    return new Map(found);
  },

  async find(context, pending) {
    const name = nameOf(context, pending);
    return (await isMadeBy(context, name, pending)) ? readOne(context, name, pending.properties) : undefined;
  },

  async create(context, request) {
    const { properties: p } = request;
    const Bucket = nameOf(context, request);
    const tags = tagsToCreate(p.Tags, request.ownership);
    const find = async () => ((await isMadeBy(context, Bucket, request)) ? Bucket : undefined);
    if (p.BucketName !== undefined) await refuseOwn(context, Bucket);
    await createOnce(context, () => send(context, Bucket, p, tags), find);
    await putTags(context, Bucket, tags);
    await bringAboutSettings(context, Bucket, {}, p);
    return made(context, Bucket, p);
  },

  async update(context, { before, after, physicalId: Bucket, ownership }) {
    await putTags(context, Bucket, tagsToCreate(after.Tags, ownership));
    await bringAboutSettings(context, Bucket, before, after);
    return made(context, Bucket, after);
  },

  /** @throws SlipwayError `cloud-in-use` when there is anything in it: data goes by a person's hand */
  async delete(context, { physicalId: Bucket }) {
    const s3 = await context.aws.s3();
    try {
      await eventually(context, () => s3.deleteBucket({ Bucket }), isBusy);
    } catch (error) {
      if (isGone(error)) return;
      if (errorCode(error) !== 'BucketNotEmpty') throw error;
      throw new SlipwayError('cloud-in-use', {
        summary: `bucket ${Bucket} is not empty and cannot be deleted`,
        detail: 'S3 deletes empty buckets only, and Slipway deletes no objects.',
        remedy:
          'Delete its objects, all their versions and unfinished uploads, and apply again; or keep it with DeletionPolicy: Retain.',
        cause: error,
      });
    }
  },
});

/** In CloudFormation's form, in lower case. A prefix is for the account's own names, which have a form of their own. */
function nameOf(context: ProviderContext, create: Named): string {
  const { BucketName, BucketNamePrefix } = create.properties;
  if (BucketName !== undefined) return String(BucketName);
  if (BucketNamePrefix !== undefined) {
    return `${text(BucketNamePrefix)}-${context.account}-${context.region}-an`;
  }
  return generatedName({ ...create, stack: context.stack }, longestName).toLowerCase();
}

/** A name that was generated from the intent is proof enough; of another the tag must tell who made it. */
async function isMadeBy(context: ProviderContext, Bucket: string, create: Named): Promise<boolean> {
  const tags = await tagsOf(context, Bucket);
  if (tags === undefined) return false;
  const { BucketName, BucketNamePrefix } = create.properties;
  const isGenerated = BucketName === undefined && BucketNamePrefix === undefined;
  return isGenerated || tagValue(tags, intentTag) === create.intent;
}

/** In us-east-1 alone, creating what one has already is no error: it would be taken over in silence. */
async function refuseOwn(context: ProviderContext, Bucket: string): Promise<void> {
  if (context.region !== 'us-east-1' || (await tagsOf(context, Bucket)) === undefined) return;
  throw new SlipwayError('cloud-refused', {
    summary: `This account has a bucket ${Bucket} already`,
    remedy: 'Choose another BucketName, or leave it out to have one made up.',
  });
}

async function send(context: ProviderContext, Bucket: string, p: Properties, Tags: Tag[]): Promise<string> {
  const s3 = await context.aws.s3();
  await s3.createBucket({
    Bucket,
    ...(p.BucketNamespace === undefined && p.BucketNamePrefix === undefined
      ? {}
      : { BucketNamespace: argument(p.BucketNamespace ?? 'account-regional') }),
    ...(p.ObjectLockEnabled === true ? { ObjectLockEnabledForBucket: true } : {}),
    CreateBucketConfiguration: {
      ...(context.region === 'us-east-1' ? {} : { LocationConstraint: argument(context.region) }),
      Tags,
    },
  });
  return Bucket;
}

/** The whole set at once. In the create call it is not enough where the server is older than tags in it. */
async function putTags(context: ProviderContext, Bucket: string, TagSet: Tag[]): Promise<void> {
  const s3 = await context.aws.s3();
  await eventually(context, () => s3.putBucketTagging({ Bucket, Tagging: { TagSet } }), isNotYet);
}

/** Undefined when there is no such bucket. */
async function tagsOf(context: ProviderContext, Bucket: string) {
  const s3 = await context.aws.s3();
  try {
    return (await ifSet(s3.getBucketTagging({ Bucket })))?.TagSet ?? [];
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Those of the names that are there. */
async function existing(context: ReadContext, names: readonly string[]): Promise<ReadonlySet<string>> {
  const s3 = await context.aws.s3();
  if (context.by === 'stack' && names.length > few) {
    return context.once('ListBuckets', async () => {
      const found = new Set<string>();
      const pages = s3.paginateListBuckets({ BucketRegion: context.region }, { pageSize: 1000 });
      for await (const page of pages) for (const one of page.Buckets ?? []) found.add(one.Name ?? '');
      return found;
    });
  }
  const found = await Promise.all(
    names.map(async (Bucket) => {
      try {
        await s3.headBucket({ Bucket });
        return [Bucket];
      } catch (error) {
        if (isGone(error)) return [];
        throw error;
      }
    }),
  );
  return new Set(found.flat());
}

async function readOne(context: ProviderContext, Bucket: string, recorded: Properties): Promise<Live> {
  const s3 = await context.aws.s3();
  const [tags, settings] = await Promise.all([tagsOf(context, Bucket), readSettings(s3, Bucket, recorded)]);
  return made(context, Bucket, { ...settings, Tags: liveTags(tags) });
}

function made(context: ProviderContext, BucketName: string, properties: Properties): Live {
  const {
    AccessControl: _acl,
    BucketNamePrefix: _prefix,
    BucketNamespace: _namespace,
    ObjectLockEnabled: _lock,
    ...readable
  } = properties;
  return {
    physicalId: BucketName,
    properties: { ...readable, BucketName },
    attributes: bucketAttributes(context, BucketName),
  };
}

function isGone(error: unknown): boolean {
  return /^(NoSuchBucket|NotFound)$/.test(errorCode(error) ?? '');
}

function isBusy(error: unknown): boolean {
  return errorCode(error) === 'OperationAborted';
}
