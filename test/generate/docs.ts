import { policyFunctions } from '../../src/policy/functions/functions.ts';
import type { ResourceType } from '../../src/provider/provider.ts';
import { registry } from '../../src/provider/registry.ts';
import { typeSchemas } from '../../src/provider/schemas.ts';
import { settingsReference } from '../../src/settings/reference.ts';
import type { TypeSchema } from '../../src/template/type-schema.ts';
import { scannerKeys } from './scanner-keys.ts';

/** The README with its generated parts made anew; the rest is left as it is. */
export function generatedReadme(readme: string): string {
  return replacePart(replacePart(readme, 'settings', settingsReference()), 'scanners', scannerKeys());
}

/** `policies/README.md` with the functions that expressions may call. */
export function generatedPoliciesReadme(readme: string): string {
  const rows = Object.values(policyFunctions).map(
    ({ signature, summary }) => `| \`${signature}\` | ${summary} |`,
  );
  return replacePart(readme, 'functions', ['| Function | |', '|---|---|', ...rows].join('\n'));
}

function replacePart(text: string, name: string, content: string): string {
  const part = new RegExp(`(<!-- generated:${name} -->\n)[\\s\\S]*?(<!-- /generated:${name} -->)`);
  if (!part.test(text)) throw new Error(`the README has no generated part ${name}`);
  return text.replace(part, (_, begin: string, end: string) => `${begin}\n${content.trim()}\n\n${end}`);
}

/** `docs/resource-types.md`: every type with its properties, and what changing each of them does. */
export function resourceTypesPage(): string {
  const sections = Object.keys(registry)
    .sort()
    .map((name) => {
      const schema = typeSchemas[name];
      if (!schema) throw new Error(`there is no published schema of ${name}; run npm run generate`);
      const isDescribed = Object.values(schema.properties).some(({ description }) => description);
      const rows = propertyRows(schema, isDescribed);
      const { states, makesPrivateKey, lookedUp, unsupported = [], snapshot, adoption } = registry[name]!;
      const notes = [
        ...(states === undefined
          ? []
          : [
              `State, in the resource's \`Metadata: { Slipway: { State: ... } }\`: ${listed(states)}, changed in place. Without it Slipway does not mind.`,
            ]),
        ...(makesPrivateKey
          ? [
              "Where a private key that AWS generates goes, in the resource's `Metadata: { Slipway: { PrivateKey: secret/data/shop/key } }`: to this path in Vault, which the environment's `vault-writes` allow, and nowhere else. Without it: to the SSM parameter where CloudFormation puts it. Another path makes another key.",
            ]
          : []),
        ...(lookedUp === undefined
          ? []
          : [`Looked up by each plan, and shown in it like properties: ${listed(lookedUp)}.`]),
        ...(snapshot === undefined ? [] : ['`DeletionPolicy` and `UpdateReplacePolicy` may be `Snapshot`.']),
        ...(unsupported.length === 0 ? [] : [`Not settable, and refused: ${listed(unsupported)}`]),
        importNote(adoption),
      ].flatMap((note) => [note, '']);
      const attributes = schema.attributes.map((a) => `\`${a}\``).join(', ') || 'none';
      return [
        `## ${name}`,
        '',
        ...(schema.description === undefined ? [] : [schema.description, '']),
        `\`Fn::GetAtt\`: ${attributes}`,
        '',
        ...notes,
        `| Property | Required | A change |${isDescribed ? ' Meaning |' : ''}`,
        `|---|---|---|${isDescribed ? '---|' : ''}`,
        ...rows,
      ].join('\n');
    });
  return `# Resource types

Made by \`npm run generate\` from the published CloudFormation schemas, and from Slipway's own of what CloudFormation has not. 'May replace' is decided by the values, as CloudFormation documents it.

${sections.join('\n\n')}
`;
}

/** With what each means where nobody else documents it, and with what is in it. */
function propertyRows(schema: TypeSchema, isDescribed: boolean): string[] {
  return Object.entries(schema.properties).flatMap(([property, { replaces, description, items }]) => {
    const required = schema.required.includes(property) ? 'yes' : '';
    const change = replaces === 'always' ? 'replaces' : replaces === 'maybe' ? 'may replace' : 'in place';
    const row = `| \`${property}\` | ${required} | ${change} |`;
    if (!isDescribed) return [row];
    const inner = typeof items?.type === 'object' ? schema.definitions?.[items.type.ref] : undefined;
    const within = Object.entries(inner?.properties ?? {}).map(
      ([name, one]) => `| \`${property}.*.${name}\` | | | ${one.description ?? ''} |`,
    );
    return [`${row} ${description ?? ''} |`, ...within];
  });
}

function importNote(adoption: ResourceType['adoption']): string {
  if (!adoption) return 'Cannot be imported.';
  if ('refused' in adoption) return `Cannot be imported: ${adoption.refused}.`;
  return `Can be imported, by an id such as \`${adoption.id}\`.`;
}

function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}
