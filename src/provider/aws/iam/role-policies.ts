import { sameValue } from '../../../base/canonical-json.ts';
import type { Properties, Value } from '../../../base/value.ts';
import { objects, text, texts } from '../../plain-value.ts';
import type { ProviderContext } from '../../provider.ts';
import { isNotFound } from '../aws-error.ts';
import { eventually } from '../eventually.ts';

/** Brings a role's managed and inline policies about: first what is new, then what is gone. */
export async function bringAboutPolicies(
  context: ProviderContext,
  RoleName: string,
  before: Properties,
  after: Properties,
): Promise<void> {
  const iam = await context.aws.iam();
  const [attached, toAttach] = [texts(before.ManagedPolicyArns) ?? [], texts(after.ManagedPolicyArns) ?? []];
  const [inline, toPut] = [byName(before.Policies), byName(after.Policies)];

  for (const PolicyArn of toAttach.filter((arn) => !attached.includes(arn))) {
    await eventually(context, () => iam.attachRolePolicy({ RoleName, PolicyArn }), isNotYet);
  }
  for (const [PolicyName, document] of toPut) {
    if (sameValue(inline.get(PolicyName), document)) continue;
    const PolicyDocument = typeof document === 'string' ? document : JSON.stringify(document);
    await eventually(context, () => iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument }));
  }
  for (const PolicyArn of attached.filter((arn) => !toAttach.includes(arn))) {
    await unlessGone(iam.detachRolePolicy({ RoleName, PolicyArn }));
  }
  for (const PolicyName of [...inline.keys()].filter((name) => !toPut.has(name))) {
    await unlessGone(iam.deleteRolePolicy({ RoleName, PolicyName }));
  }
}

/** The role or its policy may not be seen yet; a policy of AWS's own that is not there is misspelt. */
function isNotYet(error: unknown): boolean {
  const isMisspelt =
    error instanceof Error && /Policy arn:[\w-]+:iam::aws:policy\/\S+ does not exist/.test(error.message);
  return isNotFound(error) && !isMisspelt;
}

function byName(policies: Value | undefined): ReadonlyMap<string, Value> {
  return new Map(
    objects(policies).map((one) => [text(one.PolicyName) ?? '', one.PolicyDocument ?? {}] as const),
  );
}

async function unlessGone(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
