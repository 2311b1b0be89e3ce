/**
 * Faults that people make, put into a template one at a time. In: a template's text and random numbers. Out: the text
 * with the fault in it. Only what the text and the schemas tell decides where a fault can be put.
 */
import type { Diagnostic } from '../../src/base/diagnostic.ts';
import { typeSchemas } from '../../src/provider/schemas.ts';
import type { Random } from '../../src/sandbox/fault-proxy/random.ts';
import { readNodes } from '../../src/template/read-nodes.ts';
import type { MapEntry, MapNode, ScalarNode, TemplateNode } from '../../src/template/template.ts';
import type { DefinitionSchema, PropertySchema, TypeSchema } from '../../src/template/type-schema.ts';

/** A kind of fault; undefined where the template has no place for it. */
type Mutation = (template: Mutable, random: Random) => string | undefined;

interface Mutable {
  readonly lines: readonly string[];
  /** Every property that is written out, at any depth. */
  readonly properties: readonly Written[];
  readonly resources: readonly Declared[];
}

interface Written {
  readonly name: string;
  readonly entry: MapEntry;
  readonly schema: PropertySchema;
  /** What it is a member of. */
  readonly members: DefinitionSchema;
}

interface Declared {
  readonly logicalId: string;
  readonly schema: TypeSchema;
  readonly properties: MapNode;
  readonly text: string;
}

export const mutations = {
  'a wrong name of a property': (template, random) => {
    const one = pick(template.properties, random);
    return one && written(template, one.entry.keyWhere, `${one.name}s2`);
  },
  'a wrong type of value': (template, random) =>
    withValue(template, random, 'soon', ({ type }) => type === 'integer' || type === 'boolean'),
  'a required property missing': (template, random) => {
    const whole = template.properties.filter(
      ({ name, entry, members }) =>
        members.required.includes(name) &&
        entry.value.where.endLine === entry.keyWhere.line &&
        new RegExp(`^ +${name}: [^{}]*$`).test(template.lines[entry.keyWhere.line - 1]!),
    );
    const line = pick(whole, random)?.entry.keyWhere.line;
    return line === undefined
      ? undefined
      : template.lines.filter((_, index) => index !== line - 1).join('\n');
  },
  'a value that is not in the list': (template, random) =>
    withValue(template, random, 'purple', (schema) => schema.enum !== undefined && schema.type === 'string'),
  'a value that does not match': (template, random) =>
    withValue(
      template,
      random,
      '"~ ? ~"',
      ({ pattern }) => pattern !== undefined && !matches(pattern, '~ ? ~'),
    ),
  'a bad block of addresses': (template, random) =>
    withValue(template, random, '10.0.0.0/33', ({ format }) => format === 'ipv4-network'),
  'a default that is not allowed': (template, random) =>
    replaceOne(template, random, /(Default: )("?[\w.-]+"?)(?=, AllowedValues)/g, 'other'),
  'an output that is a list': (template, random) =>
    replaceOne(template, random, /^( {2}\w+: \{ Value: )(!.*)(?= \}$)/gm, '[a, b]'),
  'a reference to nothing': (template, random) =>
    replaceOne(template, random, /(!Ref )(\w+)\b(?!::)/g, 'NoSuchThing'),
  'an attribute that is not there': (template, random) =>
    replaceOne(template, random, /(!GetAtt \w+\.)(\w+)\b/g, 'Nothing'),
  'a condition that is not there': (template, random) => {
    const free = template.resources.filter(({ text }) => !/^ +Condition:/m.test(text));
    return insertInto(template, pick(free, random), '    Condition: NoSuchCondition');
  },
  'a circle': (template, random) => {
    const pairs = template.resources.flatMap((one) =>
      template.resources
        // Whether a circle through an Fn::If is there, Slipway says once the parameters are known.
        .filter((other) => new RegExp(`^(?!.*!If).*!Ref ${other.logicalId}\\b`, 'm').test(one.text))
        .filter((other) => other !== one && !/^ +DependsOn:/m.test(other.text))
        .map((other) => [one, other] as const),
    );
    const [one, other] = pick(pairs, random) ?? [];
    return one && insertInto(template, other, `    DependsOn: ${one.logicalId}`);
  },
  'a logical id twice': (template, random) => {
    const one = pick(template.resources, random);
    const twice = one && `Resources:\n  ${one.logicalId}: { Type: AWS::EC2::InternetGateway }`;
    return twice && template.lines.join('\n').replace(/^Resources:$/m, () => twice);
  },
  'properties that exclude one another': (template, random) => {
    const clashes = template.resources.flatMap((one) =>
      clashing(one).map((name) => ({ one, line: `      ${name}: ${example(one.schema.properties[name]!)}` })),
    );
    const clash = pick(clashes, random);
    if (!clash) return undefined;
    const text = clash.one.text.replace(/^ {4}Properties:$/m, (found) => `${found}\n${clash.line}`);
    return text === clash.one.text
      ? undefined
      : template.lines.join('\n').replace(clash.one.text, () => text);
  },
} satisfies Record<string, Mutation>;

export type MutationName = keyof typeof mutations;

/** The template with one such fault; undefined where there is no place for it. */
export function mutated(text: string, name: MutationName, random: Random): string | undefined {
  return mutations[name](mutable(text), random);
}

function mutable(text: string): Mutable {
  const diagnostics: Diagnostic[] = [];
  const root = readNodes(text, 'mutated.yaml', diagnostics);
  const lines = text.split('\n');
  const resources = asMap(asMap(root)?.entries.get('Resources')?.value);
  const properties: Written[] = [];
  const declared = [...(resources?.entries ?? [])].flatMap(([logicalId, { value, keyWhere }]): Declared[] => {
    const type = asMap(value)?.entries.get('Type')?.value;
    const schema = type?.kind === 'scalar' ? typeSchemas[String(type.value)] : undefined;
    const own = asMap(asMap(value)?.entries.get('Properties')?.value);
    if (!schema || !own) return [];
    collect(own, schema, schema, properties);
    const rest = lines.slice(keyWhere.line);
    const end = rest.findIndex((line) => /^ {0,2}\S/.test(line));
    const block = [lines[keyWhere.line - 1]!, ...rest.slice(0, end === -1 ? undefined : end)].join('\n');
    return [{ logicalId, schema, properties: own, text: block }];
  });
  return { lines, properties, resources: declared };
}

function collect(map: MapNode, members: DefinitionSchema, schema: TypeSchema, found: Written[]): void {
  for (const [name, entry] of map.entries) {
    const property = members.properties[name];
    if (!property) continue;
    found.push({ name, entry, schema: property, members });
    const inner = property.type === 'list' ? property.items?.type : property.type;
    const definition = typeof inner === 'object' ? schema.definitions?.[inner.ref] : undefined;
    const items = entry.value.kind === 'list' ? entry.value.items : [entry.value];
    for (const item of items) if (definition && item.kind === 'map') collect(item, definition, schema, found);
  }
}

function asMap(node: TemplateNode | undefined): MapNode | undefined {
  return node?.kind === 'map' ? node : undefined;
}

/** Writes a value over one of those that are written out as plain values and whose schema is of this kind. */
function withValue(
  template: Mutable,
  random: Random,
  value: string,
  isMeant: (schema: PropertySchema) => boolean,
): string | undefined {
  const places = template.properties.flatMap(({ schema, entry }) =>
    isMeant(schema) && entry.value.kind === 'scalar' ? [entry.value] : [],
  );
  const one: ScalarNode | undefined = pick(places, random);
  return one && written(template, one.where, value);
}

function written(template: Mutable, where: TemplateNode['where'], text: string): string | undefined {
  if (where.endLine !== where.line || where.endColumn === undefined) return undefined;
  const line = template.lines[where.line - 1]!;
  const changed = line.slice(0, where.column - 1) + text + line.slice(where.endColumn - 1);
  return replaceLine(template, where.line, changed);
}

function replaceLine({ lines }: Mutable, number: number, text: string): string {
  return lines.map((line, index) => (index === number - 1 ? text : line)).join('\n');
}

/** Replaces what the second group of one of the matches is. */
function replaceOne(template: Mutable, random: Random, what: RegExp, by: string): string | undefined {
  const text = template.lines.join('\n');
  const one = pick([...text.matchAll(what)], random);
  if (!one) return undefined;
  const at = one.index + one[1]!.length;
  return text.slice(0, at) + by + text.slice(at + one[2]!.length);
}

function insertInto(template: Mutable, one: Declared | undefined, line: string): string | undefined {
  if (!one?.text.includes('\n    Type: ')) return undefined;
  const text = one.text.replace(/\n {4}Type: .*/, (found) => `${found}\n${line}`);
  return template.lines.join('\n').replace(one.text, () => text);
}

/** Properties that cannot stand beside those that a resource has. */
function clashing({ schema, properties }: Declared): string[] {
  const given = [...properties.entries.keys()];
  const { exactlyOne = [], excludes = {} } = schema;
  const others = exactlyOne.some((name) => given.includes(name)) ? exactlyOne : [];
  const all = [...others, ...given.flatMap((name) => excludes[name] ?? [])];
  return all.filter((name) => !given.includes(name) && schema.properties[name]?.type === 'string');
}

function example({ format }: PropertySchema): string {
  return format === 'ipv6-network' ? '"::/0"' : format === 'ipv4-network' ? '10.0.0.0/8' : 'one';
}

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    return true;
  }
}

function pick<T>(items: readonly T[], random: Random): T | undefined {
  return items[Math.floor(random() * items.length)];
}
