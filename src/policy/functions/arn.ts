import type { Value } from '../../base/value.ts';

/**
 * `arn.parse(text)`: the parts of an ARN; what is empty in it is null. Null for null and for what does not begin
 * with `arn:`; one that is cut short is an error. The form is that of the AWS General Reference:
 * `arn:partition:service:region:account:type/id`, or with `:` or without a type.
 */
export function parseArn(text: string | null): Value {
  if (text === null || !text.startsWith('arn:')) return null;
  const [, partition, service, region, account, ...rest] = text.split(':');
  const resource = rest.join(':');
  if (!partition || !service || resource === '') throw new Error(`'${text.slice(0, 60)}' is not a whole ARN`);
  const [, type, id] = /^([^/:]*)[/:](.*)$/s.exec(resource) ?? [undefined, null, resource];
  return {
    partition,
    service,
    region: region || null,
    account: account || null,
    resource,
    resourceType: type || null,
    resourceId: id ?? null,
  };
}

/** The account that an IAM principal belongs to: of twelve digits, or of an ARN; null for others, and for all. */
export function accountOf(principal: string): string | null {
  return /^(?:arn:[\w-]+:\w+::)?(\d{12})(?::|$)/.exec(principal)?.[1] ?? null;
}
