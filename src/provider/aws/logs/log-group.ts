import type { LogGroup } from '@aws-sdk/client-cloudwatch-logs';
import { sameValue } from '../../../base/canonical-json.ts';
import type { Properties } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { integer, present, text } from '../../plain-value.ts';
import {
  defineResourceType,
  type Live,
  type ProviderContext,
  type ReadContext,
  type Wanted,
} from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { errorCode, isNotFound } from '../aws-error.ts';
import { createOnce, eventually } from '../eventually.ts';
import { generatedName, type NamedCreate } from '../generated-name.ts';
import { canonicalTags, intentTag, liveTags, type Tag, tagChanges, tagsToCreate } from '../tags.ts';
import { bringAboutLogPolicies, readLogPolicies } from './log-policies.ts';

const type = 'AWS::Logs::LogGroup';
const longestName = 512;
/** Up to this many groups are asked for one by one; beyond, all that begin as these do are read. */
const few = 5;
const pageSize = 50;

export const logGroup = defineResourceType({
  type,
  adoption: { id: '/shop/app', tags: async (context, logGroupName) => tagsOf(context, { logGroupName }) },
  attributes: ['Arn'],
  // One policy of the account for one group, versioned by a revision that only its last writer knows.
  unsupported: ['ResourcePolicyDocument'],

  order: (before, after) =>
    after.LogGroupName !== undefined && sameValue(before.LogGroupName, after.LogGroupName)
      ? 'delete-before-create'
      : 'create-before-delete',

  // A group keeps the class that it was made with; the schema is silent on it.
  replaces: (property) => property === 'LogGroupClass',

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    return {
      ...given,
      LogGroupClass: given.LogGroupClass ?? 'STANDARD',
      DeletionProtectionEnabled: given.DeletionProtectionEnabled ?? false,
      BearerTokenAuthenticationEnabled: given.BearerTokenAuthenticationEnabled ?? false,
      Tags: canonicalTags(given.Tags),
    };
  },

  async read(context, wanted) {
    const found = new Map((await list(context, wanted)).map((one) => [one.logGroupName, one]));
    const live = await Promise.all(
      wanted.map(async ({ logicalId, physicalId, properties }) => {
        const one = found.get(physicalId);
        return one === undefined ? [] : [[logicalId, await liveOf(context, one, properties)] as const];
      }),
    );
    return new Map(live.flat());
  },

  async find(context, pending) {
    const found = await describe(context, nameOf(context, pending));
    if (found === undefined || (await tagsOf(context, found))[intentTag] !== pending.intent) return undefined;
    return liveOf(context, found, pending.properties);
  },

  async create(context, request) {
    const logs = await context.aws.logs();
    const { properties: p } = request;
    const logGroupName = nameOf(context, request);
    const isOwn = async () => {
      const found = await describe(context, logGroupName);
      return found && (await tagsOf(context, found))[intentTag] === request.intent ? found : undefined;
    };
    await createOnce(
      context,
      async () => {
        await logs.createLogGroup({
          logGroupName,
          kmsKeyId: text(p.KmsKeyId),
          ...(p.LogGroupClass === 'STANDARD'
            ? {}
            : { logGroupClass: p.LogGroupClass as 'INFREQUENT_ACCESS' }),
          tags: tagMap(tagsToCreate(p.Tags, request.ownership)),
        });
        return undefined as LogGroup | undefined;
      },
      isOwn,
    );
    await setSettings(context, logGroupName, { KmsKeyId: p.KmsKeyId ?? '' }, p);
    return made(context, logGroupName, p);
  },

  async update(context, { before, after, physicalId, ownership }) {
    const logs = await context.aws.logs();
    await setSettings(context, physicalId, before, after);
    const { put, remove } = tagChanges(before.Tags, after.Tags, ownership);
    const resourceArn = arnOf(context, physicalId);
    await settled(context, () => logs.tagResource({ resourceArn, tags: tagMap(put) }));
    if (remove.length > 0) await settled(context, () => logs.untagResource({ resourceArn, tagKeys: remove }));
    return made(context, physicalId, after);
  },

  async delete(context, { physicalId: logGroupName }) {
    const logs = await context.aws.logs();
    try {
      await eventually(context, () => logs.deleteLogGroup({ logGroupName }), isBusy);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  },
});

function nameOf(context: ProviderContext, create: Omit<NamedCreate, 'stack'> & { properties: Properties }) {
  return (
    text(create.properties.LogGroupName) ?? generatedName({ ...create, stack: context.stack }, longestName)
  );
}

/** Without the `:*` that stands for its streams. */
function arnOf({ partition, region, account }: ProviderContext, name: string): string {
  return `arn:${partition}:logs:${region}:${account}:log-group:${name}`;
}

async function setSettings(
  context: ProviderContext,
  logGroupName: string,
  before: Properties,
  after: Properties,
): Promise<void> {
  const logs = await context.aws.logs();
  const differs = (name: string) => !sameValue(before[name], after[name]);
  const becomesTrue = (name: string) => (before[name] ?? false) !== (after[name] ?? false);
  const retentionInDays = integer(after.RetentionInDays);
  const kmsKeyId = text(after.KmsKeyId);
  if (retentionInDays !== undefined && differs('RetentionInDays')) {
    await settled(context, () => logs.putRetentionPolicy({ logGroupName, retentionInDays }));
  } else if (before.RetentionInDays !== undefined && retentionInDays === undefined) {
    await settled(context, () => logs.deleteRetentionPolicy({ logGroupName }));
  }
  if (kmsKeyId !== undefined && differs('KmsKeyId')) {
    await settled(context, () => logs.associateKmsKey({ logGroupName, kmsKeyId }));
  } else if (text(before.KmsKeyId) && kmsKeyId === undefined) {
    await settled(context, () => logs.disassociateKmsKey({ logGroupName }));
  }
  if (becomesTrue('DeletionProtectionEnabled')) {
    const deletionProtectionEnabled = after.DeletionProtectionEnabled === true;
    const logGroupIdentifier = logGroupName;
    await settled(context, () =>
      logs.putLogGroupDeletionProtection({ logGroupIdentifier, deletionProtectionEnabled }),
    );
  }
  if (becomesTrue('BearerTokenAuthenticationEnabled')) {
    const bearerTokenAuthenticationEnabled = after.BearerTokenAuthenticationEnabled === true;
    const logGroupIdentifier = logGroupName;
    await settled(context, () =>
      logs.putBearerTokenAuthentication({ logGroupIdentifier, bearerTokenAuthenticationEnabled }),
    );
  }
  await bringAboutLogPolicies(logs, logGroupName, before, after);
}

/** A group of a moment ago may not be seen, and it takes one change at a time. */
function settled<T>(context: ProviderContext, call: () => Promise<T>): Promise<T> {
  return eventually(context, call, (error) => isNotFound(error) || isBusy(error));
}

function isBusy(error: unknown): boolean {
  return errorCode(error) === 'OperationAbortedException';
}

/**
 * Few by their names, each of which comes first among the names that begin with it: the list is sorted. Many in the
 * one listing of all that begin as they all do.
 */
async function list(context: ReadContext, wanted: readonly Wanted[]): Promise<readonly LogGroup[]> {
  const names = wanted.map((one) => one.physicalId);
  if (context.by === 'id' || names.length <= few) {
    const found = await Promise.all(names.map((name) => describe(context, name)));
    return found.filter((one) => one !== undefined);
  }
  const logs = await context.aws.logs();
  const logGroupNamePrefix = names.reduce(commonPrefix) || undefined;
  const found: LogGroup[] = [];
  for await (const page of logs.paginateDescribeLogGroups({ logGroupNamePrefix }, { pageSize })) {
    found.push(...(page.logGroups ?? []));
  }
  return found;
}

function commonPrefix(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return a.slice(0, length);
}

async function describe(context: ProviderContext, name: string): Promise<LogGroup | undefined> {
  const logs = await context.aws.logs();
  const { logGroups = [] } = await logs.describeLogGroups({ logGroupNamePrefix: name, limit: 1 });
  return logGroups.find((one) => one.logGroupName === name);
}

async function tagsOf(context: ProviderContext, one: LogGroup): Promise<Readonly<Record<string, string>>> {
  const logs = await context.aws.logs();
  try {
    return (await logs.listTagsForResource({ resourceArn: arnOf(context, one.logGroupName!) })).tags ?? {};
  } catch (error) {
    if (isNotFound(error)) return {};
    throw error;
  }
}

function tagMap(tags: readonly Tag[]): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
}

async function liveOf(context: ProviderContext, one: LogGroup, recorded: Properties): Promise<Live> {
  const logs = await context.aws.logs();
  const [tags, policies] = await Promise.all([
    tagsOf(context, one),
    readLogPolicies(logs, one.logGroupName!, recorded),
  ]);
  return made(
    context,
    one.logGroupName!,
    present({
      ...policies,
      RetentionInDays: one.retentionInDays,
      KmsKeyId: one.kmsKeyId,
      LogGroupClass: one.logGroupClass ?? 'STANDARD',
      DeletionProtectionEnabled: one.deletionProtectionEnabled ?? false,
      BearerTokenAuthenticationEnabled: one.bearerTokenAuthenticationEnabled ?? false,
      Tags: liveTags(Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))),
    }),
  );
}

function made(context: ProviderContext, LogGroupName: string, properties: Properties): Live {
  return {
    physicalId: LogGroupName,
    properties: { ...properties, LogGroupName },
    attributes: { Arn: `${arnOf(context, LogGroupName)}:*` },
  };
}
