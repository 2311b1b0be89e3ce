/** Whether a reference gives what the property takes: a subnet's id where a subnet is meant, an ARN where an ARN is. */
import { type Checking, fail } from './checking.ts';
import { storedType } from './parameter-types.ts';
import { quote } from './problem.ts';
import type { IntrinsicNode } from './template.ts';
import type { PropertySchema } from './type-schema.ts';

/** What parameters of AWS-specific types hold, as the reference that would give the same. */
const held: Readonly<Record<string, string>> = {
  'AWS::EC2::Image::Id': 'AWS::EC2::Image',
  'AWS::EC2::Instance::Id': 'AWS::EC2::Instance',
  'AWS::EC2::KeyPair::KeyName': 'AWS::EC2::KeyPair',
  'AWS::EC2::SecurityGroup::Id': 'AWS::EC2::SecurityGroup',
  'AWS::EC2::Subnet::Id': 'AWS::EC2::Subnet',
  'AWS::EC2::VPC::Id': 'AWS::EC2::VPC',
  'AWS::EC2::Volume::Id': 'AWS::EC2::Volume',
};

/**
 * Looks at `Ref` and `Fn::GetAtt` alone: what other functions make of a reference is theirs. Types of an operator's
 * own may stand for anything, and a stored parameter may hold anything.
 */
export function checkReferenceKind(
  node: IntrinsicNode,
  name: string,
  { type, items, refersTo = type === 'list' ? items?.refersTo : undefined }: PropertySchema,
  checking: Checking,
): void {
  if (refersTo === undefined) return;
  const target = targetOf(node);
  if (target === undefined) return;
  const { logicalId, attribute } = target;
  const given = attribute === undefined ? `!Ref ${logicalId}` : `!GetAtt ${logicalId}.${attribute}`;
  const parameter = checking.template.parameters.get(logicalId);
  if (parameter) {
    const kind = held[plainType(parameter.type)];
    if (kind === undefined || refersTo.includes(kind)) return;
    const summary = `${name} cannot be ${given}: the parameter is an ${parameter.type}`;
    fail(checking, 'template-property-value', node.where, summary, `Refer to an ${meant(refersTo)}`);
    return;
  }
  const referred = checking.template.resources.get(logicalId)?.type;
  if (!referred?.startsWith('AWS::') || !Object.hasOwn(checking.typeSchemas, referred)) return;
  if (referred === 'AWS::SSM::Parameter' && attribute === 'Value') return;
  // What is no attribute at all is said already.
  if (attribute !== undefined && !checking.typeSchemas[referred]!.attributes.includes(attribute)) return;
  if (refersTo.includes(attribute === undefined ? referred : `${referred}.${attribute}`)) return;
  // What has the name of the property gives the same: the VpcId of a subnet is that of its VPC.
  if (attribute !== undefined && attribute.length > 'Arn'.length && name.endsWith(attribute)) return;
  const right = otherwise(logicalId, referred, refersTo, checking);
  const summary = right
    ? `${name} cannot be ${given}: it takes another value of that resource`
    : `${name} cannot be ${given}: ${quote(logicalId)} is an ${referred}`;
  fail(checking, 'template-property-value', node.where, summary, right ?? `Refer to an ${meant(refersTo)}`);
}

/** The right reference to the same resource, where there is one. */
function otherwise(
  logicalId: string,
  referred: string,
  refersTo: readonly string[],
  { typeSchemas }: Checking,
): string | undefined {
  if (referred !== meant(refersTo)) return undefined;
  if (refersTo.includes(referred)) return `Write !Ref ${logicalId}`;
  const attribute = typeSchemas[referred]!.attributes.find((one) => refersTo.includes(`${referred}.${one}`));
  return attribute === undefined ? undefined : `Write !GetAtt ${logicalId}.${attribute}`;
}

/** The type that is mostly referred to: others have an attribute that gives the same. */
function meant(refersTo: readonly string[]): string {
  const types = refersTo.map((one) => one.split('.')[0]!);
  return types.find((type) => refersTo.includes(type)) ?? types[0]!;
}

function targetOf({
  name,
  argument,
}: IntrinsicNode): { readonly logicalId: string; readonly attribute?: string } | undefined {
  if (name === 'Ref' && argument.kind === 'scalar') return { logicalId: String(argument.value) };
  if (name !== 'Fn::GetAtt' || argument.kind !== 'list') return undefined;
  const [logicalId, attribute] = argument.items;
  if (logicalId?.kind !== 'scalar' || attribute?.kind !== 'scalar') return undefined;
  return { logicalId: String(logicalId.value), attribute: String(attribute.value) };
}

/** Of one of a list, and of what is stored. */
function plainType(type: string): string {
  const inner = storedType(type) ?? type;
  return /^List<(.+)>$/.exec(inner)?.[1] ?? inner;
}
