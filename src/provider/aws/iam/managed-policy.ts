import type { IAM, ManagedPolicyDetail, Policy } from '@aws-sdk/client-iam';
import { sameValue } from '../../../base/canonical-json.ts';
import type { Properties, Value } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { present, sortedSet, text } from '../../plain-value.ts';
import { defineResourceType, type Live, type ProviderContext, type ReadContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { deleteWhenFree } from '../delete-when-free.ts';
import { createOnce, eventually } from '../eventually.ts';
import { generatedName, type NamedCreate } from '../generated-name.ts';
import { intentTag, tagRecord, tagsToCreate, tagValue } from '../tags.ts';
import { few } from './few.ts';
import { answeredPolicy, canonicalPolicy, policyText } from './policy-document.ts';
import {
  callsOf,
  details,
  everyPrincipal,
  ifThere,
  kinds,
  type Principal,
  principalProperties,
  principalsOf,
  samePrincipal,
  unlessGone,
} from './principals.ts';

const type = 'AWS::IAM::ManagedPolicy';
const longestName = 128;
/** IAM keeps five versions of a policy, the default one among them. */
const mostVersions = 5;

/** Its physical id, and so its `Ref`, is its ARN. */
export const managedPolicy = defineResourceType({
  type,
  adoption: {
    id: 'arn:aws:iam::111111111111:policy/shop',
    scope: 'account',
    tags: async (context, PolicyArn) =>
      tagRecord((await (await context.aws.iam()).listPolicyTags({ PolicyArn })).Tags),
  },
  attributes: [
    'AttachmentCount',
    'CreateDate',
    'DefaultVersionId',
    'IsAttachable',
    'PermissionsBoundaryUsageCount',
    'PolicyArn',
    'PolicyId',
    'UpdateDate',
  ],
  attributesChangedBy: {
    AttachmentCount: ['Roles', 'Users', 'Groups'],
    DefaultVersionId: ['PolicyDocument'],
    UpdateDate: ['PolicyDocument'],
  },
  // It cannot be changed after the create, and listings do not give it.
  writeOnly: ['Description'],

  // A name is unique in the account, whatever the path.
  order: (before, after) =>
    after.ManagedPolicyName !== undefined && sameValue(before.ManagedPolicyName, after.ManagedPolicyName)
      ? 'delete-before-create'
      : 'create-before-delete',

  canonicalise(properties) {
    const { Description, ...given } = coerce(typeSchema(type), properties);
    return {
      ...given,
      ...(Description === undefined || Description === '' ? {} : { Description }),
      ...(given.PolicyDocument === undefined
        ? {}
        : { PolicyDocument: canonicalPolicy(given.PolicyDocument) }),
      Path: given.Path ?? '/',
      Roles: sortedSet(given.Roles) ?? [],
      Users: sortedSet(given.Users) ?? [],
      Groups: sortedSet(given.Groups) ?? [],
    };
  },

  async read(context, wanted) {
    const isWhole = context.by === 'stack' && wanted.length > few;
    const found = isWhole
      ? await listed(context, wanted)
      : await Promise.all(
          wanted.map(async ({ logicalId, physicalId, properties }) => {
            const one = await readOne(context, physicalId, properties);
            return one === undefined ? [] : [[logicalId, one] as const];
          }),
        );
    return new Map(found.flat());
  },

  async find(context, pending) {
    const arn = arnOf(context, pending);
    return (await madeBy(context, arn, pending.intent)) && readOne(context, arn, pending.properties);
  },

  async create(context, request) {
    const iam = await context.aws.iam();
    const { properties: p } = request;
    const arn = arnOf(context, request);
    await createOnce(
      context,
      async () =>
        (
          await iam.createPolicy({
            PolicyName: nameOf(context, request),
            Path: text(p.Path),
            Description: text(p.Description),
            PolicyDocument: policyText(p.PolicyDocument),
            Tags: tagsToCreate(undefined, request.ownership),
          })
        ).Policy!,
      () => madeBy(context, arn, request.intent),
    );
    await attach(context, arn, [], principalsOf(p));
    return settled(context, arn, p);
  },

  async update(context, { before, after, physicalId: arn, ownership }) {
    const iam = await context.aws.iam();
    if (!sameValue(before.PolicyDocument, after.PolicyDocument)) await setDocument(iam, arn, after);
    await attach(context, arn, principalsOf(before), principalsOf(after));
    await iam.tagPolicy({ PolicyArn: arn, Tags: tagsToCreate(undefined, ownership) });
    return settled(context, arn, after);
  },

  async delete(context, { physicalId: PolicyArn, properties }) {
    const iam = await context.aws.iam();
    if ((await ifThere(iam.getPolicy({ PolicyArn }))) === undefined) return;
    await attach(context, PolicyArn, principalsOf(properties), []);
    await deleteWhenFree(context, {
      what: `managed policy ${PolicyArn}`,
      async send() {
        for (const { VersionId, IsDefaultVersion } of await versionsOf(iam, PolicyArn)) {
          if (!IsDefaultVersion) await unlessGone(iam.deletePolicyVersion({ PolicyArn, VersionId }));
        }
        await iam.deletePolicy({ PolicyArn });
      },
      holders: async () =>
        (await attachedTo(iam, PolicyArn)).map(
          ({ kind, name }) => `${kind.slice(0, -1).toLowerCase()} ${name}`,
        ),
    });
  },
});

function nameOf(context: ProviderContext, create: Omit<NamedCreate, 'stack'> & { properties: Properties }) {
  return (
    text(create.properties.ManagedPolicyName) ??
    generatedName({ ...create, stack: context.stack }, longestName)
  );
}

function arnOf(context: ProviderContext, create: Omit<NamedCreate, 'stack'> & { properties: Properties }) {
  const path = text(create.properties.Path) ?? '/';
  return `arn:${context.partition}:iam::${context.account}:policy${path}${nameOf(context, create)}`;
}

/** The policy of this ARN if the create with this intent made it: a name may be somebody else's. */
async function madeBy(
  context: ProviderContext,
  PolicyArn: string,
  intent: string,
): Promise<Policy | undefined> {
  const iam = await context.aws.iam();
  const found = (await ifThere(iam.getPolicy({ PolicyArn })))?.Policy;
  return tagValue(found?.Tags, intentTag) === intent ? found : undefined;
}

/** One policy: three calls. */
async function readOne(
  context: ProviderContext,
  PolicyArn: string,
  recorded: Properties,
): Promise<Live | undefined> {
  const iam = await context.aws.iam();
  const one = (await ifThere(iam.getPolicy({ PolicyArn })))?.Policy;
  if (one === undefined) return undefined;
  const [version, attached] = await Promise.all([
    ifThere(iam.getPolicyVersion({ PolicyArn, VersionId: one.DefaultVersionId })),
    principalsOf(recorded).length === 0 ? [] : attachedTo(iam, PolicyArn),
  ]);
  return live(one, answeredPolicy(version?.PolicyVersion?.Document), attached, recorded);
}

/** All that are wanted, from the account's listings: theirs, and those of the kinds that bear one of them. */
async function listed(context: ReadContext, wanted: Parameters<typeof managedPolicy.read>[1]) {
  const bearers = kinds.filter((kind) =>
    wanted.some(({ properties }) => principalsOf(properties).some((one) => one.kind === kind)),
  );
  const [policies, ...principals] = await Promise.all([
    details(context, 'LocalManagedPolicy', (page) => page.Policies),
    ...bearers.map(async (kind) => [...(await everyPrincipal(context, kind))].map((one) => ({ kind, one }))),
  ]);
  const byArn = new Map(policies.map((one) => [one.Arn, one]));
  return wanted.map(({ logicalId, physicalId, properties }) => {
    const found = byArn.get(physicalId);
    if (found === undefined) return [];
    const attached = principals
      .flat()
      .filter(({ one: [, borne] }) => borne.attached.includes(physicalId))
      .map(({ kind, one: [name] }) => ({ kind, name }));
    return [[logicalId, live(found, defaultDocument(found), attached, properties)] as const];
  });
}

function defaultDocument(one: ManagedPolicyDetail): Value {
  return answeredPolicy(one.PolicyVersionList?.find((version) => version.IsDefaultVersion)?.Document);
}

/** Of what it is attached to, only what the record speaks of: the rest is for a role's own `ManagedPolicyArns`. */
function live(
  one: Policy | ManagedPolicyDetail,
  document: Value,
  attached: readonly Principal[],
  recorded: Properties,
): Live {
  const spokenOf = principalsOf(recorded);
  const own = attached.filter((principal) => spokenOf.some((other) => samePrincipal(principal, other)));
  return made(one, { Path: one.Path ?? '/', PolicyDocument: document, ...principalProperties(own) });
}

function made(one: Policy | ManagedPolicyDetail, { Description: _, ...properties }: Properties): Live {
  return {
    physicalId: one.Arn!,
    properties: { ...properties, ManagedPolicyName: one.Arn!.replace(/^.*\//, '') },
    attributes: present({
      AttachmentCount: one.AttachmentCount,
      CreateDate: one.CreateDate,
      DefaultVersionId: one.DefaultVersionId,
      IsAttachable: one.IsAttachable,
      PermissionsBoundaryUsageCount: one.PermissionsBoundaryUsageCount ?? 0,
      PolicyArn: one.Arn,
      PolicyId: one.PolicyId,
      UpdateDate: one.UpdateDate,
    }) as Live['attributes'],
  };
}

async function settled(context: ProviderContext, PolicyArn: string, properties: Properties): Promise<Live> {
  const iam = await context.aws.iam();
  const { Policy: one } = await eventually(context, () => iam.getPolicy({ PolicyArn }));
  return made(one!, properties);
}

/** A new default version. Where IAM has room for no more, the oldest makes place, as with CloudFormation. */
async function setDocument(iam: IAM, PolicyArn: string, after: Properties): Promise<void> {
  const versions = await versionsOf(iam, PolicyArn);
  const current = versions.find((one) => one.IsDefaultVersion)?.VersionId;
  const now = await iam.getPolicyVersion({ PolicyArn, VersionId: current });
  // An earlier call, whose answer was lost, has done it already.
  if (sameValue(answeredPolicy(now.PolicyVersion?.Document), after.PolicyDocument)) return;
  if (versions.length >= mostVersions) {
    const [oldest] = versions
      .filter((one) => !one.IsDefaultVersion)
      .sort((a, b) => (a.CreateDate?.getTime() ?? 0) - (b.CreateDate?.getTime() ?? 0));
    await unlessGone(iam.deletePolicyVersion({ PolicyArn, VersionId: oldest?.VersionId }));
  }
  const PolicyDocument = policyText(after.PolicyDocument);
  await iam.createPolicyVersion({ PolicyArn, PolicyDocument, SetAsDefault: true });
}

async function versionsOf(iam: IAM, PolicyArn: string) {
  return (await ifThere(iam.listPolicyVersions({ PolicyArn })))?.Versions ?? [];
}

/**
 * First whom it is new to, then whom it leaves. Who has it is asked and not taken from before: a role that was replaced
 * under its name has lost it since that was read.
 */
async function attach(
  context: ProviderContext,
  PolicyArn: string,
  before: readonly Principal[],
  after: readonly Principal[],
): Promise<void> {
  const iam = await context.aws.iam();
  const isIn = (all: readonly Principal[]) => (one: Principal) =>
    all.some((other) => samePrincipal(one, other));
  const now = before.length === 0 || after.length === 0 ? before : await attachedTo(iam, PolicyArn);
  for (const { kind, name } of after.filter((one) => !isIn(now)(one))) {
    await eventually(context, () => callsOf[kind].attach(iam, name, PolicyArn));
  }
  for (const { kind, name } of before.filter((one) => !isIn(after)(one))) {
    await unlessGone(callsOf[kind].detach(iam, name, PolicyArn));
  }
}

async function attachedTo(iam: IAM, PolicyArn: string): Promise<readonly Principal[]> {
  const found: Principal[] = [];
  for await (const page of iam.paginateListEntitiesForPolicy({ PolicyArn })) {
    const named = (kind: Principal['kind'], names: readonly (string | undefined)[]) =>
      found.push(...names.map((name = '') => ({ kind, name })));
    named(
      'Roles',
      (page.PolicyRoles ?? []).map((one) => one.RoleName),
    );
    named(
      'Users',
      (page.PolicyUsers ?? []).map((one) => one.UserName),
    );
    named(
      'Groups',
      (page.PolicyGroups ?? []).map((one) => one.GroupName),
    );
  }
  return found;
}
