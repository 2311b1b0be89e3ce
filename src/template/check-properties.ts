/** Whether a resource's properties are what its type accepts. */

import { nearest } from '../base/suggest.ts';
import { checkMemberRules } from './check-member-rules.ts';
import { checkReferenceKind } from './check-reference-kinds.ts';
import { checkScalar } from './check-scalar.ts';
import { type Checking, fail } from './checking.ts';
import { isNoValue } from './intrinsics.ts';
import { isListType } from './parameter-types.ts';
import { didYouMean, quote } from './problem.ts';
import { checkPolicyDocument } from './rules/policy-document.ts';
import { checkTags } from './rules/tags.ts';
import { kindOf } from './sections.ts';
import type { IntrinsicNode, MapNode, ResourceDeclaration, TemplateNode } from './template.ts';
import type { DefinitionSchema, PropertySchema, TypeSchema } from './type-schema.ts';

/** More letters apart than this, it is another type that CloudFormation has, and no slip of the hand. */
const mostTypos = 2;

export function checkResourceType(resource: ResourceDeclaration, checking: Checking): void {
  const { type, typeWhere, properties, where } = resource;
  const { typeSchemas } = checking;
  const schema = Object.hasOwn(typeSchemas, type) ? typeSchemas[type] : undefined;
  if (!schema) {
    const meant = nearest(type, Object.keys(typeSchemas), mostTypos);
    fail(
      checking,
      'template-unknown-type',
      typeWhere,
      meant ? `The resource type ${quote(type)} is unknown` : `Slipway does not support ${quote(type)}`,
      meant ? `Did you mean ${meant}?` : 'docs/resource-types.md lists the types that it supports',
    );
    return;
  }
  if (properties) checkMembers(properties, schema, { schema, checking }, type);
  else if (schema.required.length > 0) {
    fail(
      checking,
      'template-missing-property',
      where,
      `${resource.logicalId} has no ${schema.required.join(', ')}`,
      `${type} needs ${schema.required.length === 1 ? 'it' : 'them'}`,
    );
  }
}

interface Within {
  readonly schema: TypeSchema;
  readonly checking: Checking;
}

/** The keys of a resource or of a nested property type. `owner` is what has them: a type, or a property's name. */
function checkMembers(map: MapNode, members: DefinitionSchema, within: Within, owner: string): void {
  const { checking } = within;
  for (const [name, { keyWhere, value }] of map.entries) {
    const property = Object.hasOwn(members.properties, name) ? members.properties[name] : undefined;
    if (property) checkValue(value, name, property, within);
    else {
      const known = Object.keys(members.properties);
      fail(
        checking,
        'template-unknown-property',
        keyWhere,
        `${owner} has no property ${quote(name)}`,
        didYouMean(name, known, known.length > 12 ? undefined : `It has ${known.sort().join(', ')}`),
      );
    }
  }
  for (const name of members.required) {
    const given = map.entries.get(name)?.value;
    if (given && !isNoValue(given)) continue;
    fail(
      checking,
      'template-missing-property',
      map.where,
      `${owner} needs the property ${quote(name)}`,
      `Add ${name}`,
    );
  }
  checkMemberRules(map, members, owner, checking);
}

function checkValue(node: TemplateNode, name: string, property: PropertySchema, within: Within): void {
  const { checking } = within;
  if (node.kind === 'scalar' && node.value === null) {
    fail(
      checking,
      'template-property-type',
      node.where,
      `${name} has no value`,
      'Give it one, or remove the key',
    );
  } else if (node.kind === 'intrinsic') checkFunctionResult(node, name, property, within);
  else if (property.type === 'json') {
    if (property.policy) checkPolicyDocument(node, name, property.policy, checking);
  } else if (property.type === 'list') checkList(node, name, property, within);
  else if (property.type === 'map') checkMap(node, name, property, within);
  else if (typeof property.type === 'object') {
    const definition = within.schema.definitions?.[property.type.ref];
    if (node.kind !== 'map') mistyped(node, name, 'a mapping', checking);
    else if (definition) checkMembers(node, definition, within, name);
  } else if (node.kind === 'scalar') checkScalar(node, name, property, checking);
  else mistyped(node, name, nouns[property.type], checking);
}

function checkList(node: TemplateNode, name: string, property: PropertySchema, within: Within): void {
  if (node.kind !== 'list') {
    mistyped(node, name, 'a list', within.checking);
    return;
  }
  checkCount(node.items.length, node, name, property, within.checking);
  if (name === 'Tags' && within.schema.type.startsWith('AWS::')) checkTags(node, within.checking);
  for (const item of node.items) if (property.items) checkValue(item, name, property.items, within);
}

function checkMap(node: TemplateNode, name: string, property: PropertySchema, within: Within): void {
  if (node.kind !== 'map') {
    mistyped(node, name, 'a mapping', within.checking);
    return;
  }
  if (name === 'Tags' && within.schema.type.startsWith('AWS::')) checkTags(node, within.checking);
  for (const [key, entry] of node.entries) {
    if (property.items) checkValue(entry.value, `${name}.${key}`, property.items, within);
  }
}

const nouns = {
  string: 'text',
  integer: 'a whole number',
  double: 'a number',
  boolean: 'true or false',
} as const;

function mistyped(node: TemplateNode, name: string, wanted: string, checking: Checking): void {
  fail(checking, 'template-property-type', node.where, `${name} must be ${wanted}, not ${kindOf(node)}`);
}

function checkCount(
  count: number,
  node: TemplateNode,
  name: string,
  { minLength, maxLength }: PropertySchema,
  checking: Checking,
): void {
  const least = minLength !== undefined && count < minLength ? `at least ${minLength}` : undefined;
  const wanted = least ?? (maxLength !== undefined && count > maxLength ? `at most ${maxLength}` : undefined);
  if (wanted === undefined) return;
  fail(
    checking,
    'template-property-value',
    node.where,
    `${name} must have ${wanted} items, and has ${count}`,
  );
}

/** What kind of value a function gives, as far as the template alone tells. */
function checkFunctionResult(
  node: IntrinsicNode,
  name: string,
  property: PropertySchema,
  within: Within,
): void {
  if (node.name === 'Fn::If' && node.argument.kind === 'list') {
    for (const branch of node.argument.items.slice(1)) {
      if (!isNoValue(branch)) checkValue(branch, name, property, within);
    }
    return;
  }
  const given = resultKind(node, within.checking);
  const { type } = property;
  if (type === 'json') return;
  if (given === undefined) {
    checkReferenceKind(node, name, property, within.checking);
    return;
  }
  const wanted = type === 'list' ? 'list' : type === 'map' || typeof type === 'object' ? 'map' : 'scalar';
  if (given === wanted) {
    checkReferenceKind(node, name, property, within.checking);
    return;
  }
  const noun = wanted === 'list' ? 'a list' : wanted === 'map' ? 'a mapping' : 'one value';
  fail(
    within.checking,
    'template-property-type',
    node.where,
    `${name} must be ${noun}, and ${node.name} gives ${given === 'list' ? 'a list' : 'one value'} here`,
    wanted === 'list' && given === 'scalar' ? 'Put it in a list: [...]' : undefined,
  );
}

function resultKind(node: IntrinsicNode, checking: Checking): 'scalar' | 'list' | undefined {
  switch (node.name) {
    case 'Fn::Join':
    case 'Fn::Sub':
    case 'Fn::Base64':
    case 'Fn::ToJsonString':
    case 'Fn::Length':
      return 'scalar';
    case 'Fn::Split':
    case 'Fn::GetAZs':
    case 'Fn::Cidr':
      return 'list';
    case 'Ref': {
      const target = node.argument.kind === 'scalar' ? String(node.argument.value) : '';
      const parameter = checking.template.parameters.get(target);
      if (parameter) return isListType(parameter.type) ? 'list' : 'scalar';
      if (target === 'AWS::NotificationARNs') return 'list';
      return checking.template.resources.has(target) ? 'scalar' : undefined;
    }
    default:
      return undefined;
  }
}
