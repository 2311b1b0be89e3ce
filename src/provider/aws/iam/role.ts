import type { Role } from '@aws-sdk/client-iam';
import { sameValue } from '../../../base/canonical-json.ts';
import { isList, isObject, type Value } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { integer, sortedSet, text } from '../../plain-value.ts';
import { type CreateRequest, defineResourceType, type ProviderContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { errorCode, errorMessage, isNotFound } from '../aws-error.ts';
import { deleteWhenFree } from '../delete-when-free.ts';
import { createOnce, eventually } from '../eventually.ts';
import { generatedName } from '../generated-name.ts';
import { canonicalTags, intentTag, tagChanges, tagRecord, tagsToCreate, tagValue } from '../tags.ts';
import { few } from './few.ts';
import { canonicalPolicy, policyText } from './policy-document.ts';
import { ownPart, readAllRoles, readRole } from './role-live.ts';
import { bringAboutPolicies } from './role-policies.ts';

const type = 'AWS::IAM::Role';
const longestName = 64;

export const role = defineResourceType({
  type,
  adoption: {
    id: 'shop-app',
    scope: 'account',
    tags: async (context, name) =>
      tagRecord((await (await context.aws.iam()).listRoleTags({ RoleName: name })).Tags),
  },
  attributes: ['Arn', 'RoleId'],

  // Without a name of the template's each generation has its own.
  order: (before, after) =>
    after.RoleName !== undefined && sameValue(before.RoleName, after.RoleName)
      ? 'delete-before-create'
      : 'create-before-delete',

  canonicalise(properties) {
    const { Description, ...given } = coerce(typeSchema(type), properties);
    return {
      ...given,
      ...(Description === undefined || Description === '' ? {} : { Description }),
      ...(given.AssumeRolePolicyDocument === undefined
        ? {}
        : { AssumeRolePolicyDocument: canonicalPolicy(given.AssumeRolePolicyDocument) }),
      Path: given.Path ?? '/',
      MaxSessionDuration: given.MaxSessionDuration ?? 3600,
      ManagedPolicyArns: sortedSet(given.ManagedPolicyArns) ?? [],
      Policies: canonicalPolicies(given.Policies),
      Tags: canonicalTags(given.Tags),
    };
  },

  async read(context, wanted) {
    const names = wanted.map((one) => one.physicalId);
    const isWhole = context.by === 'stack' && names.length > few;
    const live = isWhole
      ? await readAllRoles(context, new Set(names))
      : (await Promise.all(names.map((name) => readRole(context, name)))).filter((one) => one !== undefined);
    const found = new Map(live.map((one) => [one.physicalId, one]));
    return new Map(
      wanted.flatMap(({ logicalId, physicalId, properties }) => {
        const one = found.get(physicalId);
        return one === undefined ? [] : [[logicalId, ownPart(one, properties)] as const];
      }),
    );
  },

  /** By its name, which comes from the intent or the template; the tag tells whether this very create made it. */
  async find(context, pending) {
    const name = nameOf(context, pending);
    const made = await madeBy(context, name, pending.intent);
    const one = made && (await readRole(context, name));
    return one && ownPart(one, pending.properties);
  },

  async create(context, request) {
    const iam = await context.aws.iam();
    const { properties: p, intent } = request;
    const RoleName = nameOf(context, request);
    const made = await createOnce(
      context,
      async () =>
        (
          await iam.createRole({
            RoleName,
            Path: text(p.Path),
            AssumeRolePolicyDocument: policyText(p.AssumeRolePolicyDocument),
            Description: text(p.Description),
            MaxSessionDuration: integer(p.MaxSessionDuration),
            PermissionsBoundary: text(p.PermissionsBoundary),
            Tags: tagsToCreate(p.Tags, request.ownership),
          })
        ).Role!,
      () => madeBy(context, RoleName, intent),
      isNotYetTrusted,
    );
    await bringAboutPolicies(context, RoleName, {}, p);
    return {
      physicalId: RoleName,
      properties: { ...p, RoleName },
      attributes: { Arn: made.Arn!, RoleId: made.RoleId! },
    };
  },

  async update(context, request) {
    const { before, after, physicalId: RoleName } = request;
    const iam = await context.aws.iam();
    const differs = (name: string) => !sameValue(before[name], after[name]);
    const { Role } = await eventually(context, () => iam.getRole({ RoleName }));
    if (differs('AssumeRolePolicyDocument')) {
      const PolicyDocument = policyText(after.AssumeRolePolicyDocument);
      await eventually(
        context,
        () => iam.updateAssumeRolePolicy({ RoleName, PolicyDocument }),
        isNotYetTrusted,
      );
    }
    if (differs('Description') || differs('MaxSessionDuration')) {
      await iam.updateRole({
        RoleName,
        Description: text(after.Description) ?? '',
        MaxSessionDuration: integer(after.MaxSessionDuration),
      });
    }
    if (differs('PermissionsBoundary')) {
      const PermissionsBoundary = text(after.PermissionsBoundary);
      if (PermissionsBoundary !== undefined)
        await iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary });
      else await iam.deleteRolePermissionsBoundary({ RoleName });
    }
    await bringAboutPolicies(context, RoleName, before, after);
    const { put, remove } = tagChanges(before.Tags, after.Tags, request.ownership);
    if (put.length > 0) await iam.tagRole({ RoleName, Tags: put });
    if (remove.length > 0) await iam.untagRole({ RoleName, TagKeys: remove });
    return {
      physicalId: RoleName,
      properties: { ...after, RoleName },
      attributes: { Arn: Role!.Arn!, RoleId: Role!.RoleId! },
    };
  },

  /** IAM deletes only a bare role, so what is attached goes first: as it is now, not as it was recorded. */
  async delete(context, { physicalId: RoleName }) {
    const iam = await context.aws.iam();
    const now = await readRole(context, RoleName);
    if (now === undefined) return;
    await bringAboutPolicies(context, RoleName, now.properties, {});
    await deleteWhenFree(context, {
      what: `role ${RoleName}`,
      send: () => iam.deleteRole({ RoleName }),
      holders: async () => {
        const { InstanceProfiles = [] } = await iam.listInstanceProfilesForRole({ RoleName });
        return InstanceProfiles.map((profile) => `instance profile ${profile.InstanceProfileName}`);
      },
    });
  },
});

function nameOf(
  context: ProviderContext,
  create: Pick<CreateRequest, 'logicalId' | 'intent' | 'properties'>,
): string {
  return text(create.properties.RoleName) ?? generatedName({ ...create, stack: context.stack }, longestName);
}

/** A role or user that was made a moment ago is refused in a trust policy as if it did not exist. */
function isNotYetTrusted(error: unknown): boolean {
  if (isNotFound(error)) return true;
  return errorCode(error) === 'MalformedPolicyDocument' && /invalid principal/i.test(errorMessage(error));
}

/** The role of this name if the create with this intent made it: a name may be somebody else's. */
async function madeBy(context: ProviderContext, RoleName: string, intent: string): Promise<Role | undefined> {
  const iam = await context.aws.iam();
  try {
    const { Role } = await iam.getRole({ RoleName });
    return tagValue(Role?.Tags, intentTag) === intent ? Role : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** A set by name. */
function canonicalPolicies(policies: Value | undefined): Value {
  if (policies === undefined) return [];
  if (!isList(policies)) return policies;
  return policies
    .map((policy) =>
      isObject(policy) && policy.PolicyDocument !== undefined
        ? { ...policy, PolicyDocument: canonicalPolicy(policy.PolicyDocument) }
        : policy,
    )
    .sort((a, b) => (policyName(a) < policyName(b) ? -1 : 1));
}

function policyName(policy: Value): string {
  return isObject(policy) && typeof policy.PolicyName === 'string' ? policy.PolicyName : '';
}
