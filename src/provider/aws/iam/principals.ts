/**
 * Roles, users and groups, which all bear policies in the same two ways: inline (a document under a name) and
 * attached (a managed policy's ARN). IAM has the same calls for each of the three under other names.
 */
import type { GroupDetail, IAM, RoleDetail, UserDetail } from '@aws-sdk/client-iam';
import type { Properties } from '../../../base/value.ts';
import { texts } from '../../plain-value.ts';
import type { ProviderContext, ReadContext } from '../../provider.ts';
import { isNotFound } from '../aws-error.ts';
import { pageSize } from './few.ts';

/** As `AWS::IAM::Policy` and `AWS::IAM::ManagedPolicy` name the properties that list them. */
export const kinds = ['Roles', 'Users', 'Groups'] as const;
export type Kind = (typeof kinds)[number];

export interface Principal {
  readonly kind: Kind;
  readonly name: string;
}

export interface InlinePolicy {
  readonly PolicyName?: string | undefined;
  readonly PolicyDocument?: string | undefined;
}

/** What one principal bears, from the account's listing. */
export interface Borne {
  readonly inline: readonly InlinePolicy[];
  readonly attached: readonly string[];
}

interface Calls {
  get(iam: IAM, name: string, PolicyName: string): Promise<InlinePolicy>;
  put(iam: IAM, name: string, PolicyName: string, PolicyDocument: string): Promise<unknown>;
  remove(iam: IAM, name: string, PolicyName: string): Promise<unknown>;
  attach(iam: IAM, name: string, PolicyArn: string): Promise<unknown>;
  detach(iam: IAM, name: string, PolicyArn: string): Promise<unknown>;
}

export const callsOf: Readonly<Record<Kind, Calls>> = {
  Roles: {
    get: (iam, RoleName, PolicyName) => iam.getRolePolicy({ RoleName, PolicyName }),
    put: (iam, RoleName, PolicyName, PolicyDocument) =>
      iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument }),
    remove: (iam, RoleName, PolicyName) => iam.deleteRolePolicy({ RoleName, PolicyName }),
    attach: (iam, RoleName, PolicyArn) => iam.attachRolePolicy({ RoleName, PolicyArn }),
    detach: (iam, RoleName, PolicyArn) => iam.detachRolePolicy({ RoleName, PolicyArn }),
  },
  Users: {
    get: (iam, UserName, PolicyName) => iam.getUserPolicy({ UserName, PolicyName }),
    put: (iam, UserName, PolicyName, PolicyDocument) =>
      iam.putUserPolicy({ UserName, PolicyName, PolicyDocument }),
    remove: (iam, UserName, PolicyName) => iam.deleteUserPolicy({ UserName, PolicyName }),
    attach: (iam, UserName, PolicyArn) => iam.attachUserPolicy({ UserName, PolicyArn }),
    detach: (iam, UserName, PolicyArn) => iam.detachUserPolicy({ UserName, PolicyArn }),
  },
  Groups: {
    get: (iam, GroupName, PolicyName) => iam.getGroupPolicy({ GroupName, PolicyName }),
    put: (iam, GroupName, PolicyName, PolicyDocument) =>
      iam.putGroupPolicy({ GroupName, PolicyName, PolicyDocument }),
    remove: (iam, GroupName, PolicyName) => iam.deleteGroupPolicy({ GroupName, PolicyName }),
    attach: (iam, GroupName, PolicyArn) => iam.attachGroupPolicy({ GroupName, PolicyArn }),
    detach: (iam, GroupName, PolicyArn) => iam.detachGroupPolicy({ GroupName, PolicyArn }),
  },
};

/** Everybody that the properties name. */
export function principalsOf(properties: Properties): readonly Principal[] {
  return kinds.flatMap((kind) => (texts(properties[kind]) ?? []).map((name) => ({ kind, name })));
}

export function samePrincipal(a: Principal, b: Principal): boolean {
  return a.kind === b.kind && a.name === b.name;
}

/** The properties `Roles`, `Users` and `Groups` that name these. */
export function principalProperties(all: readonly Principal[]): Readonly<Record<Kind, readonly string[]>> {
  const named = (kind: Kind) =>
    all
      .filter((one) => one.kind === kind)
      .map((one) => one.name)
      .sort();
  return { Roles: named('Roles'), Users: named('Users'), Groups: named('Groups') };
}

/**
 * What everybody of one kind in the account bears, by name: one paginated listing, shared within a bulk read. It
 * cannot be filtered.
 */
export async function everyPrincipal(context: ReadContext, kind: Kind): Promise<ReadonlyMap<string, Borne>> {
  if (kind === 'Roles') {
    const all = await roleDetails(context);
    return byName(all, (one) => [one.RoleName, one.RolePolicyList, one.AttachedManagedPolicies]);
  }
  if (kind === 'Users') {
    const all = await details(context, 'User', (page) => page.UserDetailList);
    return byName(all, (one) => [one.UserName, one.UserPolicyList, one.AttachedManagedPolicies]);
  }
  const all = await details(context, 'Group', (page) => page.GroupDetailList);
  return byName(all, (one) => [one.GroupName, one.GroupPolicyList, one.AttachedManagedPolicies]);
}

export function roleDetails(context: ReadContext): Promise<readonly RoleDetail[]> {
  return details(context, 'Role', (page) => page.RoleDetailList);
}

type DetailsPage =
  ReturnType<IAM['paginateGetAccountAuthorizationDetails']> extends AsyncIterable<infer Page> ? Page : never;

/** The account's managed policies, roles, users or groups: GetAccountAuthorizationDetails, all of it, once. */
export async function details<Item>(
  context: ReadContext,
  filter: 'Role' | 'User' | 'Group' | 'LocalManagedPolicy',
  items: (page: DetailsPage) => readonly Item[] | undefined,
): Promise<readonly Item[]> {
  const iam = await context.aws.iam();
  return context.once(`GetAccountAuthorizationDetails ${filter}`, async () => {
    const found: Item[] = [];
    const pages = iam.paginateGetAccountAuthorizationDetails({ Filter: [filter] }, { pageSize });
    for await (const page of pages) found.push(...(items(page) ?? []));
    return found;
  });
}

type Detail = RoleDetail | UserDetail | GroupDetail;

function byName<Item extends Detail>(
  all: readonly Item[],
  parts: (
    one: Item,
  ) => [string | undefined, readonly InlinePolicy[] | undefined, Item['AttachedManagedPolicies']],
): ReadonlyMap<string, Borne> {
  return new Map(
    all.map((one) => {
      const [name = '', inline = [], attached = []] = parts(one);
      return [name, { inline, attached: attached.map(({ PolicyArn = '' }) => PolicyArn) }];
    }),
  );
}

/** Succeeds too when what was to be taken away, or whoever bore it, is gone. */
export async function unlessGone(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** The answer; undefined when IAM knows no such thing. */
export async function ifThere<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** The one policy of this name that this principal bears inline. */
export async function inlinePolicy(
  context: ProviderContext,
  { kind, name }: Principal,
  policyName: string,
): Promise<InlinePolicy | undefined> {
  const iam = await context.aws.iam();
  return ifThere(callsOf[kind].get(iam, name, policyName));
}
