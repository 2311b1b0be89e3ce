/**
 * What may be written in a property beyond its type: the values, patterns, lengths and bounds, and which properties
 * go together. In: the resource schemas that `cfn-lint` ships (MIT-0 data: the published ones, corrected). Out: the
 * constraints of one type by path, small enough to be checked in; `npm run generate` merges them into the extract.
 */
import type { DefinitionSchema, PropertySchema, SituationRule } from '../../src/template/type-schema.ts';

export type ValueConstraint = Omit<PropertySchema, 'type' | 'items' | 'replaces'>;
export type MemberConstraint = Omit<DefinitionSchema, 'properties' | 'required'>;
export type Constraint = ValueConstraint & MemberConstraint;

/** By path: `LaunchTemplateData.BlockDeviceMappings[].Ebs.VolumeType`, and `` for the resource itself. */
export type Constraints = Readonly<Record<string, Constraint>>;

/** The part of JSON Schema, and of cfn-lint's additions to it, that is read. */
interface LintSchema {
  readonly type?: string | readonly string[];
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, LintSchema>>;
  readonly properties?: Readonly<Record<string, LintSchema>>;
  readonly items?: LintSchema;
  readonly enum?: readonly unknown[];
  readonly enumCaseInsensitive?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly required?: readonly string[];
  readonly requiredXor?: readonly string[];
  readonly requiredOr?: readonly string[];
  readonly anyOf?: readonly LintSchema[];
  readonly dependentExcluded?: Readonly<Record<string, readonly string[]>>;
  readonly dependentRequired?: Readonly<Record<string, readonly string[]>>;
}

/** Formats of ids, as the rules of cfn-lint for them say. Of names and ARNs too many forms are right. */
const idPatterns: Readonly<Record<string, string>> = {
  'AWS::EC2::Image.Id': '^ami-([0-9a-z]{8}|[0-9a-z]{17})$',
  'AWS::EC2::SecurityGroup.Id': '^sg-([a-fA-F0-9]{8}|[a-fA-F0-9]{17})$',
  'AWS::EC2::Subnet.Id': '^subnet-(([0-9A-Fa-f]{8})|([0-9A-Fa-f]{17}))$',
  'AWS::EC2::VPC.Id': '^vpc-(([0-9A-Fa-f]{8})|([0-9A-Fa-f]{17}))$',
};

/** A longer list is one that grows with every other week's announcements: instance types, kinds of resources. */
const longestSettled = 100;

/** @param schema of one resource type, as cfn-lint has it */
export function constraintsOf(schema: LintSchema): Constraints {
  const found: Record<string, Constraint> = {};
  const visit = (given: LintSchema, path: string, inside: readonly string[]) => {
    const name = given.$ref?.split('/').at(-1);
    if (name !== undefined && inside.includes(name)) return;
    const node = name === undefined ? given : { ...schema.definitions?.[name], ...given };
    const constraint = constraintOf(node);
    if (Object.keys(constraint).length > 0) found[path] = constraint;
    const within = name === undefined ? inside : [...inside, name];
    for (const [member, value] of Object.entries(node.properties ?? {}))
      visit(value, path === '' ? member : `${path}.${member}`, within);
    if (node.items) visit(node.items, `${path}[]`, within);
  };
  visit(schema, '', []);
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function constraintOf(node: LintSchema): Constraint {
  const values = node.enum ?? node.enumCaseInsensitive ?? (node.const === undefined ? [] : [node.const]);
  const allowed = values.filter((one) => typeof one === 'string' || typeof one === 'number');
  const pattern = node.pattern ?? (node.format === undefined ? undefined : idPatterns[node.format]);
  const { anyOf = [] } = node;
  const sets = anyOf.map((one) => one.required ?? []);
  const either = node.requiredOr?.map((one) => [one]) ?? (sets.every((one) => one.length > 0) ? sets : []);
  return {
    ...(allowed.length === 0 ? {} : { enum: allowed }),
    ...(node.enumCaseInsensitive === undefined ? {} : { ignoresCase: true }),
    ...(allowed.length > longestSettled ? { grows: true } : {}),
    // Python's end of a text, which JavaScript has as `$`.
    ...(pattern === undefined ? {} : { pattern: pattern.replace(/\\Z$/, '$') }),
    ...(node.format === 'ipv4-network' || node.format === 'ipv6-network' ? { format: node.format } : {}),
    ...defined('minLength', node.minLength ?? node.minItems),
    ...defined('maxLength', node.maxLength ?? node.maxItems),
    ...defined('minimum', node.minimum),
    ...defined('maximum', node.maximum),
    ...defined('exactlyOne', node.requiredXor),
    ...(either.length === 0 ? {} : { either }),
    ...defined('excludes', node.dependentExcluded),
    ...defined('needs', node.dependentRequired),
  };
}

function defined<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]: V });
}

/** What of a constraint fits a property of this type; the rest is about another of its published types. */
export function fitting(property: PropertySchema, constraint: Constraint | undefined): PropertySchema {
  if (!constraint) return property;
  const { enum: allowed, ignoresCase, grows, pattern, format, policy } = constraint;
  const { minLength, maxLength, minimum, maximum } = constraint;
  const lengths = { ...defined('minLength', minLength), ...defined('maxLength', maxLength) };
  switch (property.type) {
    case 'string':
      return {
        ...property,
        ...defined('enum', allowed),
        ...defined('ignoresCase', ignoresCase),
        ...defined('grows', grows),
        ...defined('pattern', pattern),
        ...defined('format', format),
        ...lengths,
      };
    case 'integer':
    case 'double':
      return {
        ...property,
        ...defined('enum', allowed),
        ...defined('minimum', minimum),
        ...defined('maximum', maximum),
      };
    case 'list':
      return { ...property, ...lengths };
    case 'json':
      return { ...property, ...defined('policy', policy) };
    default:
      return property;
  }
}

/** The rules about which members go together, without those that speak of members that are not supported. */
export function memberRules(
  members: readonly string[],
  constraint: Constraint | undefined,
): MemberConstraint {
  const known = (names: readonly string[]) => names.filter((name) => members.includes(name));
  const pairs = (rules: Readonly<Record<string, readonly string[]>> | undefined) => {
    const left = Object.entries(rules ?? {})
      .map(([name, others]) => [name, known(others)] as const)
      .filter(([name, others]) => members.includes(name) && others.length > 0);
    return left.length === 0 ? undefined : Object.fromEntries(left);
  };
  const exactlyOne = known(constraint?.exactlyOne ?? []);
  const either = (constraint?.either ?? []).filter((set) => set.every((name) => members.includes(name)));
  const { when = [] } = constraint ?? {};
  for (const name of when.flatMap(membersOf))
    if (!members.includes(name)) throw new Error(`A rule speaks of the property ${name}, which is not there`);
  return {
    ...(exactlyOne.length === 0 ? {} : { exactlyOne }),
    ...(either.length === 0 ? {} : { either }),
    ...defined('excludes', pairs(constraint?.excludes)),
    ...defined('needs', pairs(constraint?.needs)),
    ...(when.length === 0 ? {} : { when }),
  };
}

function membersOf({ where, needs, either, excludes, limits, ascending }: SituationRule): string[] {
  const names = [needs, excludes, ascending, Object.keys(where), Object.keys(limits ?? {}), either?.flat()];
  return names.flatMap((some) => some ?? []);
}

/** Two sets of constraints as one. */
export function merged(one: Constraints = {}, other: Constraints = {}): Constraints {
  const paths = new Set([...Object.keys(one), ...Object.keys(other)]);
  const both = (path: string): Constraint => {
    const needs = { ...one[path]?.needs, ...other[path]?.needs };
    return { ...one[path], ...other[path], ...(Object.keys(needs).length === 0 ? {} : { needs }) };
  };
  return Object.fromEntries([...paths].map((path) => [path, both(path)]));
}
