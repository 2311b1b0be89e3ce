import { isAddressBlock } from './address-block.ts';
import { type Checking, fail, warn } from './checking.ts';
import { didYouMean, quote } from './problem.ts';
import type { ScalarNode } from './template.ts';
import type { PropertySchema } from './type-schema.ts';

/** Longer texts are not matched with published patterns: some of them take ages over long texts. */
const longestMatched = 2048;

/** A plain value against its schema, with CloudFormation's coercions: `"true"` is a boolean, `"10"` a number. */
export function checkScalar(
  node: ScalarNode,
  name: string,
  schema: PropertySchema,
  checking: Checking,
): void {
  const { value, where } = node;
  if (value === null) return;
  const wrongType = typeProblem(value, schema.type);
  if (wrongType) {
    fail(
      checking,
      'template-property-type',
      where,
      `${name} must be ${wrongType}, not ${quote(String(value))}`,
    );
    return;
  }
  // A dynamic reference stands for a value that nobody knows yet.
  if (typeof value === 'string' && value.includes('{{resolve:')) return;
  if (schema.grows && !isAmong(String(value), schema)) {
    warn(
      checking,
      'template-property-value',
      where,
      `${name} ${quote(String(value))} is none that is known`,
      didYouMean(String(value), schema.enum?.map(String) ?? [], 'It may be newer than Slipway'),
    );
    return;
  }
  const wrongValue = valueProblem(String(value), schema);
  if (wrongValue)
    fail(checking, 'template-property-value', where, `${name} ${wrongValue.summary}`, wrongValue.remedy);
}

function typeProblem(value: string | number | boolean, type: PropertySchema['type']): string | undefined {
  if (typeof value === 'string' && value.includes('{{resolve:')) return undefined;
  const text = String(value).trim();
  switch (type) {
    case 'boolean':
      return /^(true|false)$/i.test(text) ? undefined : 'true or false';
    case 'integer':
      return /^-?\d+(\.0+)?$/.test(text) ? undefined : 'a whole number';
    case 'double':
      return text !== '' && Number.isFinite(Number(text)) ? undefined : 'a number';
    default:
      return undefined;
  }
}

interface ValueProblem {
  readonly summary: string;
  readonly remedy?: string;
}

function valueProblem(text: string, schema: PropertySchema): ValueProblem | undefined {
  const { type, minimum, maximum, minLength, maxLength, pattern, format } = schema;
  if (schema.enum && !isAmong(text, schema)) {
    const allowed = schema.enum.map(String);
    const listed = allowed.length > 12 ? undefined : `It is one of ${allowed.join(', ')}`;
    const isNumber = type === 'integer' || type === 'double';
    const remedy = isNumber ? (listed ?? neighbours(text, allowed)) : didYouMean(text, allowed, listed);
    return { summary: `cannot be ${quote(text)}`, ...(remedy === undefined ? {} : { remedy }) };
  }
  if (type === 'integer' || type === 'double') {
    if (minimum !== undefined && Number(text) < minimum)
      return { summary: `must be at least ${minimum}, not ${text}` };
    if (maximum !== undefined && Number(text) > maximum)
      return { summary: `must be at most ${maximum}, not ${text}` };
    return undefined;
  }
  if (minLength !== undefined && text.length < minLength) {
    return { summary: `must be at least ${minLength} characters long` };
  }
  if (maxLength !== undefined && text.length > maxLength) {
    return { summary: `must be at most ${maxLength} characters long, and has ${text.length}` };
  }
  if (format !== undefined && !isAddressBlock(text, format)) {
    return { summary: `cannot be ${quote(text)}`, remedy: blockExamples[format] };
  }
  if (pattern !== undefined && text.length <= longestMatched && compiled(pattern)?.test(text) === false) {
    return { summary: `cannot be ${quote(text)}`, remedy: `It must match ${pattern}` };
  }
  return undefined;
}

/** A number is mistaken for one that is near to it, not for one with the same digits. */
function neighbours(text: string, allowed: readonly string[]): string {
  const near = [...allowed].sort(
    (a, b) => Math.abs(Number(a) - Number(text)) - Math.abs(Number(b) - Number(text)),
  );
  return `The nearest that are allowed are ${near
    .slice(0, 2)
    .sort((a, b) => Number(a) - Number(b))
    .join(' and ')}`;
}

const blockExamples = {
  'ipv4-network': 'Write a block of IPv4 addresses, such as 10.0.0.0/16',
  'ipv6-network': 'Write a block of IPv6 addresses, such as 2001:db8::/56',
} as const;

function isAmong(text: string, { enum: allowed = [], ignoresCase }: PropertySchema): boolean {
  const same = (one: string) => (ignoresCase ? one.toLowerCase() : one);
  return allowed.some((one) => same(String(one)) === same(text));
}

const patterns = new Map<string, RegExp | undefined>();

/** Undefined for a pattern of another dialect, which the published schemas have a few of. */
function compiled(pattern: string): RegExp | undefined {
  if (!patterns.has(pattern)) {
    let expression: RegExp | undefined;
    try {
      expression = new RegExp(pattern, 'u');
    } catch {
      expression = undefined;
    }
    patterns.set(pattern, expression);
  }
  return patterns.get(pattern);
}
