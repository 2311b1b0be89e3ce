import { sameValue } from '../../../base/canonical-json.ts';
import type { Properties } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { sortedSet, text } from '../../plain-value.ts';
import { defineResourceType, type Live, type ProviderContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { untagged } from '../ec2/adoption.ts';
import { generatedName, type NamedCreate } from '../generated-name.ts';
import {
  bringAboutInline,
  type InlineReader,
  inlineReader,
  inlineState,
  liveInline,
  readInline,
} from './inline-policies.ts';
import { canonicalPolicy } from './policy-document.ts';
import { type Principal, principalProperties, principalsOf } from './principals.ts';

const type = 'AWS::IAM::Policy';
const longestName = 128;

/**
 * One inline policy in each of several roles, users and groups. IAM has no thing that it is, so its physical id is
 * made up, as CloudFormation's is, and everybody's copy is found by the policy's name.
 */
export const policy = defineResourceType({
  type,
  adoption: untagged,
  attributes: ['Id'],

  // Nothing replaces: even another name is put first and the old one then taken away.
  order: () => 'create-before-delete',

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    return {
      ...given,
      ...(given.PolicyDocument === undefined
        ? {}
        : { PolicyDocument: canonicalPolicy(given.PolicyDocument) }),
      Roles: sortedSet(given.Roles) ?? [],
      Users: sortedSet(given.Users) ?? [],
      Groups: sortedSet(given.Groups) ?? [],
    };
  },

  async read(context, wanted) {
    const places = wanted.reduce((sum, { properties }) => sum + principalsOf(properties).length, 0);
    const reader = inlineReader(context, places);
    const found = await Promise.all(
      wanted.map(
        async ({ logicalId, physicalId, properties }) =>
          [logicalId, await live(reader, physicalId, properties)] as const,
      ),
    );
    return new Map(found.flatMap(([id, one]) => (one === undefined ? [] : [[id, one] as const])));
  },

  /** A policy of this name with this very document is the one: putting it again would change nothing. */
  async find(context, pending) {
    const { properties } = pending;
    const reader: InlineReader = (place) => readInline(context, place);
    const found = await live(reader, idOf(context, pending), properties);
    return found && sameValue(found.properties.PolicyDocument, properties.PolicyDocument) ? found : undefined;
  },

  async create(context, request) {
    const { properties } = request;
    await bringAboutInline(context, nowhere(properties), everywhere(properties));
    return made(idOf(context, request), properties);
  },

  async update(context, { before, after, physicalId }) {
    await bringAboutInline(context, everywhere(before), everywhere(after));
    return made(physicalId, after);
  },

  async delete(context, { properties }) {
    await bringAboutInline(context, everywhere(properties), nowhere(properties));
  },
});

function idOf(context: ProviderContext, create: Omit<NamedCreate, 'stack'>): string {
  return generatedName({ ...create, stack: context.stack }, longestName);
}

function everywhere(properties: Properties) {
  return inlineState(properties, principalsOf(properties));
}

function nowhere(properties: Properties) {
  return inlineState(properties, []);
}

async function live(
  reader: InlineReader,
  physicalId: string,
  recorded: Properties,
): Promise<Live | undefined> {
  const PolicyName = text(recorded.PolicyName) ?? '';
  const all: readonly Principal[] = principalsOf(recorded);
  const found = await liveInline(reader, PolicyName, all, recorded.PolicyDocument);
  if (found === undefined) return undefined;
  const { document: PolicyDocument, principals } = found;
  return made(physicalId, { PolicyName, PolicyDocument, ...principalProperties(principals) });
}

function made(physicalId: string, properties: Properties): Live {
  return { physicalId, properties, attributes: { Id: physicalId } };
}
