/** Whether a resource's `CreationPolicy` and `UpdatePolicy` are what its type has, and what of them is not done. */
import { isoDurationMs } from '../base/iso-duration.ts';
import type { SourceRange } from '../base/source.ts';
import { type Checking, fail } from './checking.ts';
import { isNoValue } from './intrinsics.ts';
import { elsewherePolicies, type PolicyName, type PolicyShape, policyShapes } from './lifecycle-policy.ts';
import { didYouMean, problem, quote } from './problem.ts';
import { kindOf } from './sections.ts';
import type { MapEntry, ResourceDeclaration, ScalarNode, TemplateNode } from './template.ts';

export function checkLifecyclePolicies(resource: ResourceDeclaration, checking: Checking): void {
  const { creationPolicy, updatePolicy } = resource;
  if (creationPolicy && checkPolicy('CreationPolicy', creationPolicy, resource, checking)) {
    warn(
      checking,
      creationPolicy.keyWhere,
      `Slipway does not wait for the signals of ${resource.logicalId}`,
      'cfn-signal speaks to the CloudFormation service, which has no part here: an instance counts as made once it runs, a group once its instances are in service.',
      'Let what needs the software on it wait by itself: a load balancer by its health check',
    );
  }
  if (updatePolicy && checkPolicy('UpdatePolicy', updatePolicy, resource, checking)) {
    warnOfRolling(resource.logicalId, updatePolicy.value, checking);
  }
}

/** Whether the type has such a policy at all. */
function checkPolicy(
  name: PolicyName,
  { keyWhere, value }: MapEntry,
  { type }: ResourceDeclaration,
  checking: Checking,
): boolean {
  const shapes = policyShapes[name];
  const shape = Object.hasOwn(shapes, type) ? shapes[type] : undefined;
  if (shape) {
    checkValue(value, name, shape, checking);
    return true;
  }
  if (elsewherePolicies[name].includes(type)) return false;
  const remedy = `Remove it; ${Object.keys(shapes).join(' and ')} can have one`;
  fail(checking, 'template-section', keyWhere, `${quote(type)} has no ${name}`, remedy);
  return false;
}

function checkValue(node: TemplateNode, name: string, shape: PolicyShape, checking: Checking): void {
  if (node.kind === 'intrinsic') {
    for (const side of sidesOf(node)) checkValue(side, name, shape, checking);
    return;
  }
  if (shape.is === 'map') checkMap(node, name, shape.keys, checking);
  else if (shape.is === 'list') checkList(node, name, shape.of, checking);
  else if (node.kind !== 'scalar' || node.value === null) {
    fail(checking, 'template-property-type', node.where, `${name} ${wanted(shape)}, not ${kindOf(node)}`);
  } else if (isDynamic(node)) {
    return;
  } else if (!isWithin(node, shape)) {
    const said = quote(String(node.value));
    const summary = `${name} ${wanted(shape)}, not ${said}`;
    fail(checking, 'template-property-value', node.where, summary, exampleOf(shape));
  }
}

/** What `Fn::If` may become; any other function gives what nobody knows yet. */
function sidesOf(node: TemplateNode): readonly TemplateNode[] {
  if (node.kind !== 'intrinsic' || node.name !== 'Fn::If' || node.argument.kind !== 'list') return [];
  return node.argument.items.slice(1).filter((side) => !isNoValue(side));
}

function checkMap(
  node: TemplateNode,
  name: string,
  keys: Readonly<Record<string, PolicyShape>>,
  checking: Checking,
): void {
  // With nothing below it, it is as good as not there.
  if (node.kind === 'scalar' && node.value === null) return;
  if (node.kind !== 'map') {
    fail(checking, 'template-property-type', node.where, `${name} is a mapping, not ${kindOf(node)}`);
    return;
  }
  for (const [key, { keyWhere, value }] of node.entries) {
    const shape = Object.hasOwn(keys, key) ? keys[key] : undefined;
    if (shape) checkValue(value, key, shape, checking);
    else {
      const known = Object.keys(keys);
      const remedy = didYouMean(key, known, `It has ${known.join(', ')}`);
      fail(checking, 'template-unknown-property', keyWhere, `${name} has no ${quote(key)}`, remedy);
    }
  }
}

function checkList(node: TemplateNode, name: string, words: readonly string[], checking: Checking): void {
  if (node.kind !== 'list') {
    fail(checking, 'template-property-type', node.where, `${name} is a list, not ${kindOf(node)}`);
    return;
  }
  for (const item of node.items) {
    if (item.kind === 'intrinsic' || (item.kind === 'scalar' && words.includes(String(item.value)))) continue;
    const said = item.kind === 'scalar' ? quote(String(item.value)) : kindOf(item);
    const near = item.kind === 'scalar' ? didYouMean(String(item.value), words) : undefined;
    const remedy = near ?? `It may have ${words.join(', ')}`;
    fail(checking, 'template-property-value', item.where, `${name} cannot have ${said}`, remedy);
  }
}

type ScalarShape = Exclude<PolicyShape, { is: 'map' } | { is: 'list' }>;

function isWithin({ value }: ScalarNode, shape: ScalarShape): boolean {
  const text = String(value).trim();
  if (shape.is === 'boolean') return /^(true|false)$/i.test(text);
  if (shape.is === 'duration') {
    const ms = isoDurationMs(text);
    return ms !== undefined && ms <= isoDurationMs(shape.longest)!;
  }
  const number = Number(text);
  const { from, to = Number.MAX_SAFE_INTEGER } = shape;
  return /^-?\d+$/.test(text) && number >= from && number <= to;
}

function wanted(shape: ScalarShape): string {
  if (shape.is === 'boolean') return 'is true or false';
  if (shape.is === 'duration') return `is a duration of at most ${shape.longest}`;
  const { from, to } = shape;
  return `is a whole number ${to === undefined ? `from ${from}` : `from ${from} to ${to}`}`;
}

function exampleOf(shape: ScalarShape): string | undefined {
  return shape.is === 'duration' ? 'For example PT15M, which is fifteen minutes' : undefined;
}

function isDynamic({ value }: ScalarNode): boolean {
  return typeof value === 'string' && value.includes('{{resolve:');
}

/** What of a rolling update is not done. */
function warnOfRolling(logicalId: string, policy: TemplateNode, checking: Checking): void {
  if (policy.kind === 'intrinsic') {
    for (const side of sidesOf(policy)) warnOfRolling(logicalId, side, checking);
    return;
  }
  const rolling = policy.kind === 'map' ? policy.entries.get('AutoScalingRollingUpdate')?.value : undefined;
  const settings = rolling?.kind === 'map' ? rolling.entries : new Map<string, MapEntry>();
  const waits = settings.get('WaitOnResourceSignals');
  if (waits && !isFalse(waits.value)) {
    warn(
      checking,
      waits.keyWhere,
      `A rolling update of ${logicalId} does not wait for signals`,
      'cfn-signal speaks to the CloudFormation service, which has no part here: after each batch Slipway waits the whole PauseTime instead.',
      'Choose a PauseTime in which a new instance is surely ready',
    );
  }
  const suspended = settings.get('SuspendProcesses')?.value;
  for (const item of suspended?.kind === 'list' ? suspended.items : []) {
    const name = item.kind === 'scalar' ? item.value : undefined;
    if (name !== 'Launch' && name !== 'Terminate') continue;
    warn(
      checking,
      item.where,
      `A rolling update of ${logicalId} does not suspend ${name}`,
      undefined,
      `Take ${name} out: no instance could be replaced without it`,
    );
  }
}

function isFalse(node: TemplateNode): boolean {
  return node.kind === 'scalar' && /^false$/i.test(String(node.value));
}

function warn(
  checking: Checking,
  where: SourceRange,
  summary: string,
  detail: string | undefined,
  remedy: string,
): void {
  const diagnostic = problem('template-unsupported', where, summary, remedy);
  checking.diagnostics.push({ ...diagnostic, severity: 'warning', ...(detail ? { detail } : {}) });
}
