import { sameValue } from '../../../base/canonical-json.ts';
import type { Properties } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { text } from '../../plain-value.ts';
import { defineResourceType, type Live } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { untagged } from '../ec2/adoption.ts';
import {
  bringAboutInline,
  type InlinePlace,
  inlineReader,
  inlineState,
  readInline,
} from './inline-policies.ts';
import { canonicalPolicy } from './policy-document.ts';

const type = 'AWS::IAM::RolePolicy';

/** One inline policy of one role. Its physical id is CloudFormation's: `read-bucket|shop-prod-Role-1QX5T7ZK2M4P`. */
export const rolePolicy = defineResourceType({
  type,
  adoption: untagged,
  attributes: [],

  order: (before, after) =>
    sameValue(before.RoleName, after.RoleName) && sameValue(before.PolicyName, after.PolicyName)
      ? 'delete-before-create'
      : 'create-before-delete',

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    if (given.PolicyDocument === undefined) return given;
    return { ...given, PolicyDocument: canonicalPolicy(given.PolicyDocument) };
  },

  async read(context, wanted) {
    const reader = inlineReader(context, wanted.length);
    const found = await Promise.all(
      wanted.map(async ({ logicalId, physicalId }) => {
        const place = placeIn(physicalId);
        const document = await reader(place);
        return document === undefined ? [] : [[logicalId, live(place, document)] as const];
      }),
    );
    return new Map(found.flat());
  },

  /** A policy of this name with this very document is the one: putting it again would change nothing. */
  async find(context, { properties }) {
    const place = placeOf(properties);
    const document = await readInline(context, place);
    return document !== undefined && sameValue(document, properties.PolicyDocument)
      ? live(place, document)
      : undefined;
  },

  async create(context, { properties }) {
    await bringAboutInline(context, stateOf(properties, []), stateOf(properties));
    return live(placeOf(properties), properties.PolicyDocument);
  },

  async update(context, { after }) {
    await bringAboutInline(context, stateOf(after), stateOf(after));
    return live(placeOf(after), after.PolicyDocument);
  },

  async delete(context, { physicalId }) {
    const { policyName, principal } = placeIn(physicalId);
    const gone = { policyName, document: undefined };
    await bringAboutInline(context, { ...gone, principals: [principal] }, { ...gone, principals: [] });
  },
});

function placeOf(properties: Properties): InlinePlace {
  return {
    policyName: text(properties.PolicyName) ?? '',
    principal: { kind: 'Roles', name: text(properties.RoleName) ?? '' },
  };
}

/** Neither name can hold a bar. */
function placeIn(physicalId: string): InlinePlace {
  const [policyName = '', name = ''] = physicalId.split('|');
  return { policyName, principal: { kind: 'Roles', name } };
}

function stateOf(properties: Properties, principals = [placeOf(properties).principal]) {
  return inlineState(properties, principals);
}

function live({ policyName, principal }: InlinePlace, document: Properties[string] | undefined): Live {
  return {
    physicalId: `${policyName}|${principal.name}`,
    properties: {
      PolicyName: policyName,
      RoleName: principal.name,
      ...(document === undefined ? {} : { PolicyDocument: document }),
    },
    attributes: {},
  };
}
