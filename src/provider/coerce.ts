import { isList, isObject, isSecret, isUnknown, type Properties, type Value } from '../base/value.ts';
import type { PropertySchema, TypeSchema } from '../template/type-schema.ts';

/**
 * Brings every value into the type that the schema gives it: CloudFormation accepts `"true"` for true, `"22"` for
 * 22 and 80 for "80", and a template that says it one way or the other means the same. What does not fit is left as
 * it is (the template reader reports it), and so are markers and keys that are null: those are dropped.
 */
export function coerce(schema: TypeSchema | undefined, properties: Properties): Properties {
  return schema === undefined ? properties : coerceAll(schema, schema.properties, properties);
}

function coerceAll(
  schema: TypeSchema,
  known: Readonly<Record<string, PropertySchema>>,
  properties: Properties,
): Properties {
  const result: Record<string, Value> = {};
  for (const [name, value] of Object.entries(properties)) {
    if (value === null) continue;
    const property = known[name];
    result[name] = property === undefined ? value : coerceOne(schema, property, value);
  }
  return result;
}

function coerceOne(schema: TypeSchema, property: PropertySchema, value: Value): Value {
  if (isUnknown(value) || isSecret(value)) return value;
  const { type, items } = property;
  if (type === 'list')
    return isList(value) && items ? value.map((item) => coerceOne(schema, items, item)) : value;
  if (type === 'map') {
    if (!isObject(value) || !items) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, coerceOne(schema, items, item)]),
    );
  }
  if (typeof type === 'object') {
    const definition = schema.definitions?.[type.ref];
    return isObject(value) && definition ? coerceAll(schema, definition.properties, value) : value;
  }
  if (type === 'string')
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
  if (type === 'boolean')
    return value === 'true' || value === 'True'
      ? true
      : value === 'false' || value === 'False'
        ? false
        : value;
  if (type === 'integer' || type === 'double') {
    return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value;
  }
  return value;
}
