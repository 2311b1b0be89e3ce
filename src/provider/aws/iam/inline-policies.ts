/** One document under one name, inline in any number of roles, users and groups: the life of a standalone policy. */
import { canonicalJson } from '../../../base/canonical-json.ts';
import type { Properties, Value } from '../../../base/value.ts';
import { text } from '../../plain-value.ts';
import type { ProviderContext, ReadContext } from '../../provider.ts';
import { eventually } from '../eventually.ts';
import { few } from './few.ts';
import { answeredPolicy, policyText } from './policy-document.ts';
import {
  type Borne,
  callsOf,
  everyPrincipal,
  inlinePolicy,
  type Kind,
  type Principal,
  samePrincipal,
  unlessGone,
} from './principals.ts';

export interface InlinePlace {
  readonly principal: Principal;
  readonly policyName: string;
}

/** The document in a place; undefined where there is none. */
export type InlineReader = (place: InlinePlace) => Promise<Value | undefined>;

/** Place by place for a few of them, else from the account's listing of each kind that is asked for. */
export function inlineReader(context: ReadContext, places: number): InlineReader {
  if (context.by === 'id' || places <= few) return (place) => readInline(context, place);
  const listings = new Map<Kind, Promise<ReadonlyMap<string, Borne>>>();
  return async ({ principal: { kind, name }, policyName }) => {
    const listing = listings.get(kind) ?? everyPrincipal(context, kind);
    listings.set(kind, listing);
    const found = (await listing).get(name)?.inline.find((one) => one.PolicyName === policyName);
    return found && answeredPolicy(found.PolicyDocument);
  };
}

export async function readInline(context: ProviderContext, place: InlinePlace): Promise<Value | undefined> {
  const found = await inlinePolicy(context, place.principal, place.policyName);
  return found && answeredPolicy(found.PolicyDocument);
}

/** One document and where it is to be, or was. */
export interface InlineState {
  readonly policyName: string;
  readonly document: Value | undefined;
  readonly principals: readonly Principal[];
}

export function inlineState(properties: Properties, principals: readonly Principal[]): InlineState {
  return {
    policyName: text(properties.PolicyName) ?? '',
    document: properties.PolicyDocument,
    principals,
  };
}

/**
 * First puts it, then takes away what is gone: nobody is without it in between. It is put with those too who had it:
 * a role that was replaced under the same name has lost it since that was read.
 */
export async function bringAboutInline(
  context: ProviderContext,
  before: InlineState,
  after: InlineState,
): Promise<void> {
  const iam = await context.aws.iam();
  const isSame = before.policyName === after.policyName;
  for (const { kind, name } of after.principals) {
    await eventually(context, () =>
      callsOf[kind].put(iam, name, after.policyName, policyText(after.document)),
    );
  }
  for (const principal of before.principals) {
    if (isSame && after.principals.some((one) => samePrincipal(one, principal))) continue;
    await unlessGone(callsOf[principal.kind].remove(iam, principal.name, before.policyName));
  }
}

/** What is there of a policy: who bears it, and the document, which may have been changed with one of them. */
export async function liveInline(
  read: InlineReader,
  policyName: string,
  principals: readonly Principal[],
  recorded: Value | undefined,
): Promise<{ readonly document: Value; readonly principals: readonly Principal[] } | undefined> {
  const found = await Promise.all(
    principals.map(async (principal) => ({ principal, document: await read({ principal, policyName }) })),
  );
  const there = found.filter((one) => one.document !== undefined);
  if (there.length === 0) return undefined;
  const expected = canonicalJson(recorded ?? null);
  const changed = there.find((one) => canonicalJson(one.document) !== expected);
  return { document: (changed ?? there[0]!).document!, principals: there.map((one) => one.principal) };
}
