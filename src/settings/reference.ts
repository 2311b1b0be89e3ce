/** What people and editors read about the settings, made from the schema. */
import * as z from 'zod';
import { settingsSchema } from './schema.ts';

/** The parts of JSON Schema that zod makes of ours. */
interface JsonSchema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | false;
  readonly items?: JsonSchema;
  readonly required?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
}

/** JSON Schema (2020-12) of the settings file, for editors and for checks outside Slipway. */
export function settingsJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(settingsSchema, { io: 'input' });
}

/** The keys that may stand at a path of the settings, for 'did you mean'. */
export function keysAt(path: readonly (string | number)[]): readonly string[] {
  let schema: JsonSchema | undefined = settingsJsonSchema();
  for (const part of path) {
    if (typeof part === 'number') schema = schema?.items;
    else if (schema?.properties && Object.hasOwn(schema.properties, part)) schema = schema.properties[part];
    else schema = schema?.additionalProperties || undefined;
    schema = schema?.anyOf?.find((way) => way.properties) ?? schema;
  }
  return Object.keys(schema?.properties ?? {});
}

/** A Markdown table of every key: what it takes, its default, what it means. For the README. */
export function settingsReference(): string {
  const rows = rowsOf(settingsJsonSchema(), '');
  return ['| Key | Takes | Default | Meaning |', '|---|---|---|---|', ...rows, ''].join('\n');
}

function rowsOf(schema: JsonSchema, prefix: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, child]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    const inside = insideOf(child);
    const nested = inside ? rowsOf(inside.schema, `${path}${inside.suffix}`) : [];
    const row = `| \`${path}\` | ${takes(child)} | ${defaultOf(schema, key, child)} | ${child.description ?? ''} |`;
    return [row, ...nested];
  });
}

function insideOf(schema: JsonSchema): { schema: JsonSchema; suffix: string } | undefined {
  if (schema.properties) return { schema, suffix: '' };
  if (schema.items?.properties) return { schema: schema.items, suffix: '[]' };
  if (schema.additionalProperties && !schema.title) {
    return { schema: schema.additionalProperties, suffix: '.NAME' };
  }
  return undefined;
}

function takes(schema: JsonSchema): string {
  if (schema.type === 'array') {
    const of = schema.title ?? schema.items?.title ?? (schema.items?.properties ? 'rules' : 'text');
    return `list of ${of}`;
  }
  if (schema.type === 'object') return schema.title ?? 'mapping by name';
  if (schema.type === 'integer') return 'whole number';
  return schema.title ?? 'text';
}

function defaultOf(parent: JsonSchema, key: string, schema: JsonSchema): string {
  if (parent.required?.includes(key)) return 'required';
  if (schema.default === undefined) return 'none';
  if (schema.type === 'object') return `one, named ${Object.keys(schema.default as object).join(', ')}`;
  return `\`${JSON.stringify(schema.default)}\``;
}
