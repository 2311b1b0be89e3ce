/**
 * Makes the extract of the published CloudFormation schemas that Slipway is shipped with. In: the registry and
 * `@aws-cdk/aws-service-spec` (a development dependency: loading it costs most of a second and 180 MB). Out: one
 * `TypeSchema` a registered AWS type, without the properties that the type itself says it does not do.
 */

import { readFileSync } from 'node:fs';
import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';
import type { ResourceType } from '../../src/provider/provider.ts';
import type {
  DefinitionSchema,
  PropertySchema,
  TypeSchema,
  TypeSchemas,
} from '../../src/template/type-schema.ts';

import { referencesOf } from './added-references.ts';
import { addedRules } from './added-rules.ts';
import { type Constraints, fitting, memberRules, merged } from './constraints.ts';

/** As `npm run generate` last made it, where cfn-lint can be had. */
const constraints = JSON.parse(
  readFileSync(new URL('constraints.generated.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, Constraints>>;

type Spec = Awaited<ReturnType<typeof loadAwsServiceSpec>>;
type Property = ReturnType<typeof resourceOf>['properties'][string];
type PublishedType = Property['type'];

/** @throws when a registered AWS type, or something that it says of itself, is not in the published schemas */
export async function makeTypeSchemas(types: readonly ResourceType[]): Promise<TypeSchemas> {
  const spec = await loadAwsServiceSpec();
  const published = types.filter((type) => type.type.startsWith('AWS::'));
  const referable = new Set(
    published.flatMap(({ type, attributes }) => [type, ...attributes.map((one) => `${type}.${one}`)]),
  );
  return Object.fromEntries(
    published
      .map((type) => [type.type, typeSchemaOf(spec, type, referable)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function typeSchemaOf(spec: Spec, type: ResourceType, referable: ReadonlySet<string>): TypeSchema {
  const resource = resourceOf(spec, type.type);
  const own = merged(constraints[type.type], addedRules[type.type]);
  const source: Source = { spec, type: type.type, own, referable };
  refuseUnpublished(type.type, 'attribute', type.attributes, Object.keys(resource.attributes));
  const unsupported = new Set(type.unsupported);
  const isSupported = (path: readonly string[]) => !unsupported.delete(path.join('.'));
  const supported = sorted(resource.properties).filter(([name]) => isSupported([name]));
  const definitions: Record<string, DefinitionSchema> = {};
  const createOnly: string[] = [];
  const conditionalCreateOnly: string[] = [];

  /** `place` is where the property stands in the constraints, which tell a list from its items. */
  const visit = (
    path: readonly string[],
    place: string,
    property: Property,
    inside: readonly string[],
    inList: boolean,
  ) => {
    if (property.causesReplacement === 'yes' && !inList) createOnly.push(path.join('.'));
    if (property.causesReplacement === 'maybe' && !inList) conditionalCreateOnly.push(path.join('.'));
    const definition = definitionOf(spec, innermost(property.type));
    if (definition === undefined) return;
    if (inside.includes(definition.name)) return;
    const nested = sorted(definition.properties).filter(([name]) => isSupported([...path, name]));
    const within = `${place}${listMarks(property.type)}`;
    definitions[definition.name] ??= definitionSchema(source, nested, within);
    // A list is compared whole, so what replaces inside of its items is for the provider to decide.
    const isWhole = innermost(property.type) !== property.type;
    for (const [name, inner] of nested)
      visit([...path, name], `${within}.${name}`, inner, [...inside, definition.name], isWhole || inList);
  };
  for (const [name, property] of supported) visit([name], name, property, [], false);
  for (const path of unsupported) throw new Error(`${type.type} has no property ${path}`);

  return {
    type: type.type,
    properties: Object.fromEntries(
      supported.map(([name, property]) => [name, propertySchema(source, property, name)]),
    ),
    required: supported.filter(([, property]) => property.required).map(([name]) => name),
    ...memberRules(
      supported.map(([name]) => name),
      own[''],
    ),
    attributes: [...type.attributes].sort(),
    createOnly: createOnly.sort(),
    conditionalCreateOnly: conditionalCreateOnly.sort(),
    ...(Object.keys(definitions).length === 0
      ? {}
      : { definitions: Object.fromEntries(sorted(definitions)) }),
  };
}

function resourceOf(spec: Spec, name: string) {
  const [resource] = spec.lookup('resource', 'cloudFormationType', 'equals', name);
  if (resource === undefined) throw new Error(`${name} is not a published type`);
  return resource;
}

/** What the schema of one type is made from. */
interface Source {
  readonly spec: Spec;
  readonly type: string;
  readonly own: Constraints;
  /** What a template can refer to: `AWS::EC2::VPC`, `AWS::EC2::VPC.CidrBlock`. */
  readonly referable: ReadonlySet<string>;
}

function propertySchema(source: Source, property: Property, place: string): PropertySchema {
  const { spec, type, own } = source;
  const replaces = { yes: 'always', maybe: 'maybe', no: undefined } as const;
  const decided = replaces[property.causesReplacement ?? 'no'];
  const refersTo = referencesOf(type, place, property.relationshipRefs, (other, attribute) => {
    const [target] = spec.lookup('resource', 'cloudFormationType', 'equals', other);
    return (target?.cfnRefIdentifier ?? target?.primaryIdentifier)?.join() === attribute;
  });
  return {
    ...referring(typeOf(spec, property.type, place, own), refersTo, source.referable),
    ...(decided === undefined ? {} : { replaces: decided }),
  };
}

/** A list refers by its items. What no template can refer to is left out, but for one to name in messages. */
function referring(
  property: PropertySchema,
  all: readonly string[] | undefined,
  referable: ReadonlySet<string>,
): PropertySchema {
  if (all === undefined) return property;
  const possible = all.filter((one) => referable.has(one));
  const refersTo = possible.length > 0 ? possible : all.slice(0, 1);
  if (property.type === 'string') return { ...property, refersTo };
  if (property.type !== 'list' || property.items?.type !== 'string') return property;
  return { ...property, items: { ...property.items, refersTo } };
}

function typeOf(spec: Spec, type: PublishedType, place: string, own: Constraints): PropertySchema {
  return fitting(plainTypeOf(spec, type, place, own), own[place] ?? tagConstraints[place]);
}

function plainTypeOf(spec: Spec, type: PublishedType, place: string, own: Constraints): PropertySchema {
  switch (type.type) {
    case 'string': {
      return { type: 'string', ...(type.allowedValues === undefined ? {} : { enum: type.allowedValues }) };
    }
    case 'integer':
      return { type: 'integer', ...(type.allowedValues === undefined ? {} : { enum: type.allowedValues }) };
    case 'number':
      return { type: 'double' };
    case 'boolean':
      return { type: 'boolean' };
    case 'date-time':
      return { type: 'string' };
    case 'array':
      return { type: 'list', items: typeOf(spec, type.element, `${place}[]`, own) };
    case 'map':
      return { type: 'map', items: typeOf(spec, type.element, `${place}{}`, own) };
    case 'tag':
    case 'ref':
      return { type: { ref: definitionOf(spec, type)!.name } };
    default:
      return { type: 'json' };
  }
}

/** Of tags whose schema says nothing. Source: 'Tag naming limits and requirements' of the AWS tagging guide. */
const tagConstraints: Constraints = {
  'Tags[].Key': { minLength: 1, maxLength: 128 },
  'Tags[].Value': { maxLength: 256 },
};

const tag: { readonly name: string; readonly properties: Readonly<Record<string, Property>> } = {
  name: 'Tag',
  properties: {
    Key: { type: { type: 'string' }, required: true },
    Value: { type: { type: 'string' }, required: true },
  },
};

function definitionOf(spec: Spec, type: PublishedType) {
  if (type.type === 'tag') return tag;
  return type.type === 'ref' ? spec.get('typeDefinition', type.reference.$ref) : undefined;
}

function definitionSchema(
  source: Source,
  properties: readonly (readonly [string, Property])[],
  place: string,
): DefinitionSchema {
  return {
    properties: Object.fromEntries(
      properties.map(([name, property]) => [name, propertySchema(source, property, `${place}.${name}`)]),
    ),
    required: properties.filter(([, property]) => property.required).map(([name]) => name),
    ...memberRules(
      properties.map(([name]) => name),
      source.own[place],
    ),
  };
}

function innermost(type: PublishedType): PublishedType {
  return type.type === 'array' || type.type === 'map' ? innermost(type.element) : type;
}

/** `[]` for each list and `{}` for each map around what is inside. */
function listMarks(type: PublishedType): string {
  if (type.type !== 'array' && type.type !== 'map') return '';
  return `${type.type === 'array' ? '[]' : '{}'}${listMarks(type.element)}`;
}

/** A misspelt name in a type's own lists would otherwise be believed. */
function refuseUnpublished(
  type: string,
  kind: string,
  names: readonly string[],
  published: readonly string[],
): void {
  for (const name of names) {
    if (!published.includes(name)) throw new Error(`${type} has no ${kind} ${name}`);
  }
}

function sorted<T>(record: Readonly<Record<string, T>>): (readonly [string, T])[] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
