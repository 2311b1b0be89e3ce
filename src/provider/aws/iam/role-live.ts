/** Roles as IAM has them now: one by one, or a whole account's in two listings. */
import type { AttachedPolicy, Role, Tag } from '@aws-sdk/client-iam';
import type { Properties, Value } from '../../../base/value.ts';
import { objects, present, sortedSet, text, texts } from '../../plain-value.ts';
import type { Live, ProviderContext, ReadContext } from '../../provider.ts';
import { isNotFound } from '../aws-error.ts';
import { liveTags } from '../tags.ts';
import { pageSize } from './few.ts';
import { answeredPolicy } from './policy-document.ts';
import { type InlinePolicy, roleDetails } from './principals.ts';

/** One role: two calls, one more for its inline policies' names, and one for each of those. */
export async function readRole(context: ProviderContext, RoleName: string): Promise<Live | undefined> {
  const iam = await context.aws.iam();
  try {
    const [{ Role: found }, attached, names] = await Promise.all([
      iam.getRole({ RoleName }),
      collect(iam.paginateListAttachedRolePolicies({ RoleName }), (page) => page.AttachedPolicies),
      collect(iam.paginateListRolePolicies({ RoleName }), (page) => page.PolicyNames),
    ]);
    const inline = await Promise.all(names.map((PolicyName) => iam.getRolePolicy({ RoleName, PolicyName })));
    return live(found!, {
      attached,
      inline,
      tags: found?.Tags,
      boundary: found?.PermissionsBoundary?.PermissionsBoundaryArn,
    });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/**
 * All roles of the account in two paginated listings: GetAccountAuthorizationDetails has policies, boundary and
 * tags, ListRoles has the description and the session's length. Neither can be filtered by tag.
 */
export async function readAllRoles(
  context: ReadContext,
  names: ReadonlySet<string>,
): Promise<readonly Live[]> {
  const iam = await context.aws.iam();
  const [details, roles] = await Promise.all([
    roleDetails(context),
    context.once('ListRoles', () => collect(iam.paginateListRoles({}, { pageSize }), (page) => page.Roles)),
  ]);
  const byName = new Map(roles.map((one) => [one.RoleName ?? '', one]));
  return details.flatMap((detail) => {
    const listed = byName.get(detail.RoleName ?? '');
    if (listed === undefined || !names.has(detail.RoleName ?? '')) return [];
    return live(listed, {
      attached: detail.AttachedManagedPolicies ?? [],
      inline: detail.RolePolicyList ?? [],
      tags: detail.Tags,
      boundary: detail.PermissionsBoundary?.PermissionsBoundaryArn,
    });
  });
}

/**
 * Without the policies that `recorded` does not speak of: they are other resources' (`AWS::IAM::Policy`, RolePolicy,
 * ManagedPolicy, of this stack or another), and a role that took them away would fight with those for ever.
 * CloudFormation too leaves them alone.
 */
export function ownPart(one: Live, recorded: Properties): Live {
  const { Policies, ManagedPolicyArns, ...rest } = one.properties;
  const names = objects(recorded.Policies).map((policy) => text(policy.PolicyName));
  const arns = texts(recorded.ManagedPolicyArns) ?? [];
  return {
    ...one,
    properties: {
      ...rest,
      Policies: objects(Policies).filter((policy) => names.includes(text(policy.PolicyName))),
      ManagedPolicyArns: (texts(ManagedPolicyArns) ?? []).filter((arn) => arns.includes(arn)),
    },
  };
}

interface Attachments {
  readonly attached: readonly AttachedPolicy[];
  readonly inline: readonly InlinePolicy[];
  readonly tags: readonly Tag[] | undefined;
  readonly boundary: string | undefined;
}

function live(found: Role, { attached, inline, tags, boundary }: Attachments): Live {
  const policies: Value = inline
    .map(({ PolicyName = '', PolicyDocument }) => ({
      PolicyName,
      PolicyDocument: answeredPolicy(PolicyDocument),
    }))
    .sort((a, b) => (a.PolicyName < b.PolicyName ? -1 : 1));
  return {
    physicalId: found.RoleName!,
    properties: present({
      RoleName: found.RoleName,
      Path: found.Path,
      Description: found.Description || undefined,
      MaxSessionDuration: found.MaxSessionDuration ?? 3600,
      AssumeRolePolicyDocument: answeredPolicy(found.AssumeRolePolicyDocument),
      PermissionsBoundary: boundary,
      ManagedPolicyArns: sortedSet(attached.map((policy) => policy.PolicyArn ?? '')),
      Policies: policies,
      Tags: liveTags(tags),
    }),
    attributes: present({ Arn: found.Arn, RoleId: found.RoleId }) as Live['attributes'],
  };
}

async function collect<Page, Item>(
  pages: AsyncIterable<Page>,
  items: (page: Page) => readonly Item[] | undefined,
): Promise<Item[]> {
  const result: Item[] = [];
  for await (const page of pages) result.push(...(items(page) ?? []));
  return result;
}
