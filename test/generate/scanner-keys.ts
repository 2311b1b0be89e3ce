import { z } from 'zod';
import { scannersSchema } from '../../src/scanner/scanners-file.ts';

interface Key {
  readonly type?: string;
  readonly const?: string;
  readonly default?: unknown;
  readonly description?: string;
}

interface Kind {
  readonly properties: Readonly<Record<string, Key>>;
  readonly required: readonly string[];
}

/** A Markdown table of the keys that a scanner can have: of which kinds it is, its default, what it means. */
export function scannerKeys(): string {
  const schema = z.toJSONSchema(scannersSchema, { io: 'input' }) as unknown as {
    readonly properties: { readonly scanners: { readonly items: { readonly oneOf: readonly Kind[] } } };
  };
  const kinds = schema.properties.scanners.items.oneOf;
  const keys = [...new Set(kinds.flatMap(({ properties }) => Object.keys(properties)))];
  const rows = keys.flatMap((key) => {
    const having = kinds.filter(({ properties }) => properties[key]);
    const { description, default: value } = having[0]!.properties[key]!;
    if (key === 'kind') return [];
    const of =
      having.length === kinds.length
        ? 'all'
        : having.map((one) => `\`${one.properties.kind!.const}\``).join(', ');
    const isRequired = having.some(({ required }) => required.includes(key));
    const otherwise = isRequired ? 'required' : value === undefined ? 'none' : `\`${JSON.stringify(value)}\``;
    return [`| \`${key}\` | ${of} | ${otherwise} | ${description ?? ''} |`];
  });
  return ['| Key | Of | Default | Meaning |', '|---|---|---|---|', ...rows].join('\n');
}
