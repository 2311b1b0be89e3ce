/**
 * A type in Vault as a table: what templates call each property, what Vault calls it, and in which form it takes and
 * gives it. The schema, the canonical form, the body of a write and the properties of an answer are made of it.
 */
import { formatBlock, parseAddress } from '../../base/cidr.ts';
import { isList, isObject, type Properties, type Value } from '../../base/value.ts';
import type { PropertySchema } from '../../template/type-schema.ts';
import { canonicalCidr } from '../aws/cidr.ts';
import { sortedSet } from '../plain-value.ts';
import { canonicalDuration, durationPattern, durationSeconds } from './duration.ts';

export interface Field extends Pick<PropertySchema, 'enum' | 'minimum' | 'maximum' | 'pattern' | 'replaces'> {
  /** `allowed_users` */
  readonly field: string;
  /**
   * A duration goes and comes as seconds; a set is a list in no order, of which Vault makes one text with commas;
   * networks are a set of CIDR blocks, of which Vault gives back those of one address without its length.
   */
  readonly kind: 'text' | 'flag' | 'integer' | 'duration' | 'set' | 'networks' | 'commas' | 'list' | 'map';
  readonly description: string;
  /** What Vault has where nothing is said. Without it, what is not said is not sent. */
  readonly default?: Value;
}

export type Fields = Readonly<Record<string, Field>>;

/** Of roles that certificates are signed by, SSH's and PKI's alike. */
export const notBeforeDuration: Field = {
  field: 'not_before_duration',
  kind: 'duration',
  default: '30s',
  description: 'How long before now a certificate begins, for clocks that differ.',
};

const types = {
  text: { type: 'string' },
  flag: { type: 'boolean' },
  integer: { type: 'integer' },
  duration: { type: 'string', pattern: durationPattern },
  set: { type: 'list', items: { type: 'string' } },
  networks: { type: 'list', items: { type: 'string' } },
  commas: { type: 'list', items: { type: 'string', pattern: '^[^,]+$' } },
  list: { type: 'list', items: { type: 'string' } },
  map: { type: 'map', items: { type: 'string' } },
} as const satisfies Readonly<Record<Field['kind'], PropertySchema>>;

export function propertySchemas(fields: Fields): Readonly<Record<string, PropertySchema>> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, { field: _field, kind, default: usual, description, ...rest }]) => [
      name,
      { ...types[kind], ...rest, description: withUsual(description, usual) },
    ]),
  );
}

function withUsual(description: string, usual: Value | undefined): string {
  const isNothing =
    usual === undefined || usual === '' || (isObject(usual) && Object.keys(usual).length === 0);
  if (isNothing || (isList(usual) && usual.length === 0)) return description;
  return `${description} \`${isList(usual) ? usual.join(', ') : isObject(usual) ? JSON.stringify(usual) : String(usual)}\` where it is left out.`;
}

/** With the defaults, each value in the one form that it is compared in. */
export function canonicalFields(fields: Fields, properties: Properties): Properties {
  const result: Record<string, Value> = { ...properties };
  for (const [name, { kind, default: usual }] of Object.entries(fields)) {
    const value = properties[name] ?? usual;
    if (value !== undefined) result[name] = canonical(kind, value);
  }
  return result;
}

function canonical(kind: Field['kind'], value: Value): Value {
  if (kind === 'duration') return canonicalDuration(value);
  if (kind === 'networks' && isList(value)) return sortedSet(value.map(canonicalNetwork))!;
  return kind === 'set' || kind === 'commas' ? (sortedSet(value) ?? value) : value;
}

function canonicalNetwork(network: Value): Value {
  const address = typeof network === 'string' ? parseAddress(network) : undefined;
  return address ? formatBlock(address) : canonicalCidr(network);
}

/** What Vault is sent of these properties. */
export function bodyOf(fields: Fields, properties: Properties): Record<string, unknown> {
  const entries = Object.entries(fields).flatMap(([name, { field, kind }]) => {
    const value = properties[name];
    if (value === undefined) return [];
    return [[field, sent(kind, value)] as const];
  });
  return Object.fromEntries(entries);
}

function sent(kind: Field['kind'], value: Value): Value {
  if (kind === 'duration') return durationSeconds(String(value)) ?? value;
  return kind === 'commas' && isList(value) ? value.join(',') : value;
}

/** The properties that Vault's answer means. */
export function propertiesOf(fields: Fields, answer: Readonly<Record<string, unknown>>): Properties {
  const entries = Object.entries(fields).flatMap(([name, { field, kind }]) => {
    const value = answered(kind, answer[field]);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

function answered(kind: Field['kind'], value: unknown): Value | undefined {
  switch (kind) {
    case 'flag':
      return value === true;
    case 'integer':
      return Number(value ?? 0);
    case 'duration':
      return canonicalDuration((value as Value | undefined) ?? 0);
    case 'networks':
      return canonical('networks', listed(value));
    case 'set':
    case 'commas':
      return canonical('set', listed(value));
    case 'list':
      return listed(value);
    case 'map':
      return isObject(value) ? value : {};
    default:
      return value === undefined || value === null ? undefined : String(value);
  }
}

function listed(value: unknown): Value {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' && value !== '' ? value.split(',') : [];
}
