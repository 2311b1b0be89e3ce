/**
 * Says of a value that only the cloud can give what will give it, in the notation of `Fn::Sub`: a reviewer has to see
 * which VPC a subnet joins while neither is there, and an approval must not hold for another one.
 */
import { isList, isObject, isSecret, isUnknown, type Unknown, type Value } from '../base/value.ts';

// More than user data may have; what is cut off counts in the digest all the same, by its expression.
const maxLength = 30_000;

/** `${Vpc}`, `${Nat.PublicIp}` */
export function unknownReference(logicalId: string, attribute: string | undefined): Unknown {
  const name = attribute === undefined ? logicalId : `${logicalId}.${attribute}`;
  return { $slipway: 'unknown', of: `\${${name}}` };
}

/**
 * What a function gives while something in its argument is unknown: of texts the text around, with `(secret)` for
 * what is one, and of anything else the call: `${Select(0, Vpc.Ipv6CidrBlocks)}`.
 */
export function unknownCall(name: string, argument: Value): Unknown {
  const secrets: string[] = [];
  const text = callText(name, argument, secrets);
  return {
    $slipway: 'unknown',
    of: text.length > maxLength ? `${text.slice(0, maxLength)}…` : text,
    ...(secrets.length === 0 ? {} : { secrets }),
  };
}

/** `Vpc` where the unknown is nothing but one reference or call. */
export function soleReference(of: string): string | undefined {
  return /^\$\{([^!${}][^${}]*)\}$/.exec(of)?.[1];
}

function callText(name: string, argument: Value, secrets: string[]): string {
  if (name === 'Fn::Base64') return partText(argument, secrets);
  if (name === 'Fn::ToJsonString') return JSON.stringify(withNames(argument, secrets));
  if (name === 'Fn::Join' && isList(argument)) {
    const [delimiter, items] = argument;
    if (isList(items)) return items.map((item) => partText(item, secrets)).join(literal(String(delimiter)));
  }
  const given = isList(argument) ? argument : [argument];
  return `\${${name.replace('Fn::', '')}(${given.map((item) => argumentText(item, secrets)).join(', ')})}`;
}

function partText(part: Value, secrets: string[]): string {
  const named = withNames(part, secrets);
  return typeof named === 'string' ? named : JSON.stringify(named);
}

/** The value with a text in place of every marker. */
function withNames(value: Value, secrets: string[]): Value {
  if (isSecret(value)) {
    secrets.push(value.fingerprint);
    return '(secret)';
  }
  if (isUnknown(value)) {
    secrets.push(...(value.secrets ?? []));
    return value.of ?? '${?}';
  }
  if (isList(value)) return value.map((item) => withNames(item, secrets));
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withNames(item, secrets)]));
  }
  return typeof value === 'string' ? literal(value) : value;
}

// As a template writes it: what is no reference must not look like one.
function literal(text: string): string {
  return text.replaceAll('${', '${!');
}

function argumentText(argument: Value, secrets: string[]): string {
  const named = withNames(argument, secrets);
  return (typeof named === 'string' && soleReference(named)) || JSON.stringify(named);
}
