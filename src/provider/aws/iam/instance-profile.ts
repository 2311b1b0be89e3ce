import type { InstanceProfile } from '@aws-sdk/client-iam';
import { sameValue } from '../../../base/canonical-json.ts';
import type { Properties } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { present, sortedSet, text, texts } from '../../plain-value.ts';
import {
  type CreateRequest,
  defineResourceType,
  type Live,
  type ProviderContext,
  type ReadContext,
} from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { errorCode, isNotFound } from '../aws-error.ts';
import { deleteWhenFree } from '../delete-when-free.ts';
import { createOnce, eventually } from '../eventually.ts';
import { generatedName } from '../generated-name.ts';
import { intentTag, tagRecord, tagsToCreate, tagValue } from '../tags.ts';
import { few, pageSize } from './few.ts';

const type = 'AWS::IAM::InstanceProfile';
const longestName = 128;

export const instanceProfile = defineResourceType({
  type,
  adoption: {
    id: 'shop-app',
    scope: 'account',
    tags: async (context, name) => tagRecord((await getProfile(context, name))?.Tags),
  },
  attributes: ['Arn'],

  order: (before, after) =>
    after.InstanceProfileName !== undefined &&
    sameValue(before.InstanceProfileName, after.InstanceProfileName)
      ? 'delete-before-create'
      : 'create-before-delete',

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    return {
      ...given,
      Path: given.Path ?? '/',
      ...(given.Roles === undefined ? {} : { Roles: sortedSet(given.Roles)! }),
    };
  },

  async read(context, wanted) {
    const names = wanted.map((one) => one.physicalId);
    const profiles =
      context.by === 'stack' && names.length > few
        ? await listProfiles(context)
        : (await Promise.all(names.map((name) => getProfile(context, name)))).filter(
            (one) => one !== undefined,
          );
    const found = new Map(profiles.map((one) => [one.InstanceProfileName, one]));
    return new Map(
      wanted.flatMap(({ logicalId, physicalId }) => {
        const one = found.get(physicalId);
        return one === undefined ? [] : [[logicalId, live(one)] as const];
      }),
    );
  },

  async find(context, pending) {
    const found = await getProfile(context, nameOf(context, pending));
    return found && tagValue(found.Tags, intentTag) === pending.intent ? live(found) : undefined;
  },

  async create(context, request) {
    const iam = await context.aws.iam();
    const { properties: p } = request;
    const InstanceProfileName = nameOf(context, request);
    const made = await createOnce(
      context,
      async () =>
        (
          await iam.createInstanceProfile({
            InstanceProfileName,
            Path: text(p.Path),
            Tags: tagsToCreate(undefined, request.ownership),
          })
        ).InstanceProfile!,
      async () => {
        const found = await getProfile(context, InstanceProfileName);
        return tagValue(found?.Tags, intentTag) === request.intent ? found : undefined;
      },
    );
    await changeRoles(context, InstanceProfileName, {}, p);
    return madeAs(made, p);
  },

  async update(context, { after, physicalId, ownership }) {
    const iam = await context.aws.iam();
    const { InstanceProfile } = await eventually(context, () =>
      iam.getInstanceProfile({ InstanceProfileName: physicalId }),
    );
    await changeRoles(context, physicalId, live(InstanceProfile!).properties, after);
    await iam.tagInstanceProfile({
      InstanceProfileName: physicalId,
      Tags: tagsToCreate(undefined, ownership),
    });
    return madeAs(InstanceProfile!, after);
  },

  async delete(context, { physicalId: InstanceProfileName }) {
    const iam = await context.aws.iam();
    const now = await getProfile(context, InstanceProfileName);
    if (now === undefined) return;
    await changeRoles(context, InstanceProfileName, live(now).properties, {});
    await deleteWhenFree(context, {
      what: `instance profile ${InstanceProfileName}`,
      send: () => iam.deleteInstanceProfile({ InstanceProfileName }),
      holders: async () => [],
    });
  },
});

function nameOf(
  context: ProviderContext,
  request: Pick<CreateRequest, 'logicalId' | 'intent' | 'properties'>,
): string {
  return (
    text(request.properties.InstanceProfileName) ??
    generatedName({ ...request, stack: context.stack }, longestName)
  );
}

function live(one: InstanceProfile): Live {
  const Roles = sortedSet((one.Roles ?? []).map((role) => role.RoleName ?? '')) ?? [];
  return madeAs(one, present({ InstanceProfileName: one.InstanceProfileName, Path: one.Path, Roles }));
}

function madeAs(one: InstanceProfile, properties: Properties): Live {
  const name = one.InstanceProfileName!;
  return {
    physicalId: name,
    properties: { ...properties, InstanceProfileName: name },
    attributes: { Arn: one.Arn! },
  };
}

async function getProfile(
  context: ProviderContext,
  InstanceProfileName: string,
): Promise<InstanceProfile | undefined> {
  const iam = await context.aws.iam();
  try {
    return (await iam.getInstanceProfile({ InstanceProfileName })).InstanceProfile;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function listProfiles(context: ReadContext): Promise<readonly InstanceProfile[]> {
  const iam = await context.aws.iam();
  return context.once('ListInstanceProfiles', async () => {
    const found: InstanceProfile[] = [];
    for await (const page of iam.paginateListInstanceProfiles({}, { pageSize })) {
      found.push(...(page.InstanceProfiles ?? []));
    }
    return found;
  });
}

/** A profile holds one role, so the old one leaves before the new one enters. */
async function changeRoles(
  context: ProviderContext,
  InstanceProfileName: string,
  before: Properties,
  after: Properties,
): Promise<void> {
  const iam = await context.aws.iam();
  const [old, wanted] = [texts(before.Roles) ?? [], texts(after.Roles) ?? []];
  for (const RoleName of old.filter((name) => !wanted.includes(name))) {
    await iam.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }
  for (const RoleName of wanted.filter((name) => !old.includes(name))) {
    await addRole(context, InstanceProfileName, RoleName);
  }
}

async function addRole(
  context: ProviderContext,
  InstanceProfileName: string,
  RoleName: string,
): Promise<void> {
  const iam = await context.aws.iam();
  try {
    await eventually(context, () => iam.addRoleToInstanceProfile({ InstanceProfileName, RoleName }));
  } catch (error) {
    if (errorCode(error) !== 'LimitExceeded') throw error;
    // It may be this very role that is in it: an earlier call put it there.
    const now = await getProfile(context, InstanceProfileName);
    if (!now?.Roles?.some((role) => role.RoleName === RoleName)) throw error;
  }
}
