import type { Policy } from '../../src/policy/policy.ts';
import type { PolicyExample } from '../../src/policy/policy-file.ts';
import { registry } from '../../src/provider/registry.ts';
import { typeSchema } from '../../src/provider/schemas.ts';
import type { PropertySchema, TypeSchema } from '../../src/template/type-schema.ts';

/**
 * What a policy names that the published schemas of its types do not have: a property in an expression or a path,
 * or one that an example sets. A typing mistake there would be a policy that never finds anything.
 */
export function strangeNames(policy: Policy): string[] {
  const types = policy.match.types.filter((type) => typeSchema(type) !== undefined);
  const paths = [
    ...pathsFrom(policy, /(?<![.\w])(?:after|before)\.((?:\w+\.)*\w+)/g),
    ...(policy.foreach ? [] : own(policy)),
  ];
  const strange = paths.filter(
    (path) => types.length > 0 && !types.some((type) => exists(type, path.split('.'))),
  );
  const otherTypes = [...policy.deny.source.matchAll(/'(AWS::\w+::\w+)'/g)].map((match) => match[1]!);
  const ofOthers = pathsFrom(policy, /\.(?:after|before)\.((?:\w+\.)*\w+)/g).filter(
    (path) => !otherTypes.some((type) => exists(type, path.split('.'))),
  );
  const elements = elementPaths(policy).filter(({ type, base }) => typeSchema(type) && !exists(type, base));
  const inside = [...pathsFrom(policy, /\beach\.((?:\w+\.)*\w+)/g), ...own(policy)];
  const strangeInside = policy.foreach
    ? inside.filter(
        (path) => !elementPaths(policy).some(({ type, base }) => exists(type, [...base, ...path.split('.')])),
      )
    : [];
  const examples = [...policy.examples.pass, ...policy.examples.fail].flatMap(strangeInExample);
  return [
    ...new Set([
      ...strange,
      ...ofOthers,
      ...elements.map(({ type, base }) => `${type} ${base.join('.')}`),
      ...strangeInside,
      ...examples,
    ]),
  ];
}

function own({ property }: Policy): string[] {
  return property === undefined ? [] : [property];
}

function pathsFrom(policy: Policy, pattern: RegExp): string[] {
  const messages = policy.message.parts.flatMap((part) => (typeof part === 'string' ? [] : [part.source]));
  return [policy.deny.source, ...messages]
    .flatMap((source) =>
      [...source.matchAll(pattern)].map((match) => {
        // `each.Name.matches(...)` calls a method of the text.
        const called = source[match.index + match[0].length] === '(';
        return called ? match[1]!.replace(/\.?\w+$/, '') : match[1]!;
      }),
    )
    .filter((path) => path !== '');
}

function elementPaths(policy: Policy): { type: string; base: string[] }[] {
  const paths = policy.foreach?.paths ?? [];
  return policy.match.types.flatMap((type) =>
    paths
      .filter((path) => path.type === undefined || path.type === type)
      .map((path) => ({ type, base: path.steps.filter((step) => typeof step === 'string') })),
  );
}

/** Whether a path of names leads to something; lists are looked through, and where anything may stand it does. */
function exists(type: string, path: readonly string[]): boolean {
  const [name = ''] = path;
  if (registry[type]?.lookedUp?.includes(name)) return true;
  const schema = typeSchema(type);
  return schema !== undefined && leads(schema, schema.properties, path);
}

function leads(
  schema: TypeSchema,
  properties: Readonly<Record<string, PropertySchema>>,
  [name, ...rest]: readonly string[],
): boolean {
  if (name === undefined) return true;
  let property = Object.hasOwn(properties, name) ? properties[name] : undefined;
  while (property?.type === 'list' || property?.type === 'map') property = property.items ?? { type: 'json' };
  if (property === undefined) return false;
  if (rest.length === 0 || property.type === 'json') return true;
  return (
    typeof property.type === 'object' &&
    leads(schema, schema.definitions![property.type.ref]!.properties, rest)
  );
}

function strangeInExample(example: PolicyExample): string[] {
  const all = [example, ...(example.others ?? [])];
  return all.flatMap(({ type, properties, before = {} }) => {
    // An operator's own type, which has no published schema.
    if (!type.startsWith('AWS::')) return [];
    const paths = [...pathsIn(properties), ...pathsIn(before)];
    return typeSchema(type)
      ? paths.filter((path) => !exists(type, path)).map((path) => `${type} ${path.join('.')}`)
      : [type];
  });
}

function pathsIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsIn(item, path));
  if (typeof value !== 'object' || value === null || '$slipway' in value)
    return path.length === 0 ? [] : [path];
  const entries = Object.entries(value);
  if (entries.length === 0) return path.length === 0 ? [] : [path];
  return entries.flatMap(([key, item]) => pathsIn(item, [...path, key]));
}
