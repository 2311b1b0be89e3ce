/** The elements of one statement of a policy: what an action, a resource, a principal and a condition look like. */
import { type Checking, fail } from '../checking.ts';
import { didYouMean, quote } from '../problem.ts';
import { kindOf } from '../sections.ts';
import type { TemplateNode } from '../template.ts';

/** @param isTrust whether it is about assuming a role, for which only actions of STS will do */
export function checkAction(node: TemplateNode, name: string, isTrust: boolean, checking: Checking): void {
  const text = textOf(node);
  if (text === undefined) return;
  const wrong = (remedy: string) =>
    fail(checking, 'template-property-value', node.where, `${name} cannot be ${quote(text)}`, remedy);
  if (text !== '*' && !/^[A-Za-z0-9-]+:./.test(text) && text !== '*:*')
    wrong('Write the service before it, such as s3:GetObject');
  else if (isTrust && !/^(sts:|\*)/i.test(text)) wrong('Write sts:AssumeRole, or another action of sts');
}

/** An ARN, with wildcards in its parts, or `*`. */
const arn = /^(arn:(aws[A-Za-z-]*|\*):[^:]+:[^:]*(:(\d{12}|\*|aws)?:.+)?|\*)$/;

export function checkResource(node: TemplateNode, name: string, checking: Checking): void {
  const text = textOf(node);
  if (text === undefined || arn.test(text)) return;
  const remedy = 'Write an ARN such as arn:aws:s3:::bucket/*, or "*"';
  fail(checking, 'template-property-value', node.where, `${name} cannot be ${quote(text)}`, remedy);
}

const principalKinds = ['AWS', 'CanonicalUser', 'Federated', 'Service'];

export function checkPrincipal(node: TemplateNode, name: string, checking: Checking): void {
  if (node.kind === 'intrinsic') return;
  if (node.kind === 'scalar') {
    if (node.value === '*') return;
    const summary = `${name} cannot be ${quote(String(node.value))}`;
    fail(
      checking,
      'template-property-value',
      node.where,
      summary,
      'Write { AWS: ... }, { Service: ... } or "*"',
    );
    return;
  }
  if (node.kind !== 'map') return;
  for (const [key, { keyWhere, value }] of node.entries) {
    if (!principalKinds.includes(key)) {
      const remedy = didYouMean(key, principalKinds, `It has ${principalKinds.join(', ')}`);
      fail(checking, 'template-unknown-property', keyWhere, `${name} has no property ${quote(key)}`, remedy);
      continue;
    }
    for (const one of value.kind === 'list' ? value.items : [value]) checkPrincipalValue(one, key, checking);
  }
}

/** Accounts, users, roles and sessions; a unique id is what IAM leaves of one that is gone. */
const awsPrincipal = /^(\*|\d{12}|arn:aws[A-Za-z-]*:(iam|sts)::.*|A[A-Z0-9]{15,})$/;

function checkPrincipalValue(node: TemplateNode, key: string, checking: Checking): void {
  const text = textOf(node);
  if (text === undefined) return;
  const wrong =
    key === 'AWS' && !awsPrincipal.test(text)
      ? 'Write an account such as 123456789012, or an ARN of iam or sts'
      : key === 'Service' && !text.includes('.')
        ? `Write ${/^[a-z0-9-]+$/.test(text) ? text : 'ec2'}.amazonaws.com`
        : undefined;
  if (wrong === undefined) return;
  fail(checking, 'template-property-value', node.where, `The principal cannot be ${quote(text)}`, wrong);
}

const operators = [
  ...['Equals', 'NotEquals', 'EqualsIgnoreCase', 'NotEqualsIgnoreCase', 'Like', 'NotLike'].map(
    (one) => `String${one}`,
  ),
  ...['Numeric', 'Date'].flatMap((kind) =>
    ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'].map(
      (one) => `${kind}${one}`,
    ),
  ),
  ...['Equals', 'NotEquals', 'Like', 'NotLike'].map((one) => `Arn${one}`),
  ...['BinaryEquals', 'Bool', 'IpAddress', 'NotIpAddress', 'Null'],
];

export function checkConditions(node: TemplateNode, checking: Checking): void {
  if (node.kind === 'intrinsic') return;
  if (node.kind !== 'map') {
    fail(checking, 'template-property-type', node.where, `Condition must be a mapping, not ${kindOf(node)}`);
    return;
  }
  for (const [key, { keyWhere, value }] of node.entries) {
    const operator = key.replace(/^(ForAnyValue|ForAllValues):/, '').replace(/IfExists$/, '');
    if (!operators.includes(operator)) {
      const remedy = didYouMean(operator, operators, 'It is one such as StringEquals, ArnLike or Bool');
      fail(
        checking,
        'template-unknown-property',
        keyWhere,
        `Condition has no operator ${quote(key)}`,
        remedy,
      );
    } else if (value.kind === 'scalar' || value.kind === 'list') {
      const summary = `${key} must be a mapping, not ${kindOf(value)}`;
      const remedy = 'Write { aws:SourceAccount: "123456789012" }, or another key that it compares';
      fail(checking, 'template-property-type', value.where, summary, remedy);
    }
  }
}

/** A text that means itself: neither a reference nor with variables in it, which IAM fills in. */
function textOf(node: TemplateNode): string | undefined {
  if (node.kind !== 'scalar' || node.value === null) return undefined;
  const text = String(node.value);
  return text.includes('${') || text.includes('{{resolve:') ? undefined : text;
}
