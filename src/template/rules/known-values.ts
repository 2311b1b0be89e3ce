/**
 * The values that the template alone tells, without an environment: plain ones, defaults of parameters, and what the
 * functions that need nothing else make of them. What is not known is left alone, never guessed.
 */
import { subnets } from '../../base/cidr.ts';
import { isNoValue } from '../intrinsics.ts';
import { isListType, storedType } from '../parameter-types.ts';
import { subParts, subTarget } from '../substitution.ts';
import type { Template, TemplateNode } from '../template.ts';
import type { Assumption } from './worlds.ts';

/** A text that is known. */
interface Known {
  readonly text: string;
  /** Whether a parameter's default is in it, which an environment may replace. */
  readonly isDefault: boolean;
}

/** One of the values that conditions leave. */
export interface Possible {
  readonly node: TemplateNode;
  readonly assuming: readonly Assumption[];
}

/** Functions within functions deeper than this are not followed. */
const deepest = 12;

/** The sides of every `Fn::If`, without those that are nothing. */
export function possibleValues(node: TemplateNode | undefined, depth = 0): readonly Possible[] {
  if (!node || isNoValue(node) || depth > deepest) return [];
  if (node.kind !== 'intrinsic' || node.name !== 'Fn::If' || node.argument.kind !== 'list')
    return [{ node, assuming: [] }];
  const [condition, yes, no] = node.argument.items;
  if (condition?.kind !== 'scalar') return [];
  const side = (value: TemplateNode | undefined, holds: boolean) =>
    possibleValues(value, depth + 1).map((possible) => ({
      ...possible,
      assuming: [{ condition: String(condition.value), holds }, ...possible.assuming],
    }));
  return [...side(yes, true), ...side(no, false)];
}

/** The text that a value is; undefined where it is not known. */
export function knownText(node: TemplateNode | undefined, template: Template, depth = 0): Known | undefined {
  if (!node || depth > deepest) return undefined;
  if (node.kind === 'scalar') {
    const text = String(node.value);
    return node.value === null || text.includes('{{resolve:') ? undefined : { text, isDefault: false };
  }
  if (node.kind !== 'intrinsic') return undefined;
  const { name, argument } = node;
  const items = argument.kind === 'list' ? argument.items : [];
  switch (name) {
    case 'Ref':
      return argument.kind === 'scalar' ? defaultOf(String(argument.value), template) : undefined;
    case 'Fn::GetAtt':
      return knownAttribute(items, template, depth);
    case 'Fn::Sub':
      return argument.kind === 'scalar' ? substituted(String(argument.value), template, depth) : undefined;
    case 'Fn::Select': {
      const index = knownText(items[0], template, depth + 1);
      const list = knownList(items[1], template, depth + 1);
      return index && list ? list[Number(index.text)] : undefined;
    }
    case 'Fn::FindInMap':
      return inMapping(items, template, depth);
    default:
      return undefined;
  }
}

function knownList(
  node: TemplateNode | undefined,
  template: Template,
  depth: number,
): readonly (Known | undefined)[] | undefined {
  if (!node || depth > deepest) return undefined;
  if (node.kind === 'list') return node.items.map((item) => knownText(item, template, depth + 1));
  if (node.kind !== 'intrinsic') return undefined;
  const items = node.argument.kind === 'list' ? node.argument.items : [];
  const [first, second, third] = items.map((item) => knownText(item, template, depth + 1));
  if (node.name === 'Ref' && node.argument.kind === 'scalar') {
    const parameter = template.parameters.get(String(node.argument.value));
    if (parameter?.default?.kind !== 'scalar' || !isListType(parameter.type) || storedType(parameter.type))
      return undefined;
    return String(parameter.default.value)
      .split(',')
      .map((text) => ({ text: text.trim(), isDefault: true }));
  }
  if (node.name === 'Fn::Split' && first && second)
    return second.text.split(first.text).map((text) => ({ text, isDefault: second.isDefault }));
  if (node.name === 'Fn::Cidr' && first && second && third) {
    const blocks = subnets(first.text, Number(second.text), Number(third.text));
    const isDefault = [first, second, third].some((one) => one.isDefault);
    return typeof blocks === 'string' ? undefined : blocks.map((text) => ({ text, isDefault }));
  }
  return undefined;
}

function defaultOf(name: string, { parameters }: Template): Known | undefined {
  const parameter = parameters.get(name);
  if (parameter?.default?.kind !== 'scalar' || isListType(parameter.type) || storedType(parameter.type))
    return undefined;
  return { text: String(parameter.default.value), isDefault: true };
}

/** A network's block is the one that it was given, however it is written. */
function knownAttribute(
  [logicalId, attribute]: readonly TemplateNode[],
  template: Template,
  depth: number,
): Known | undefined {
  if (logicalId?.kind !== 'scalar' || attribute?.kind !== 'scalar' || attribute.value !== 'CidrBlock')
    return undefined;
  const resource = template.resources.get(String(logicalId.value));
  if (resource?.type !== 'AWS::EC2::VPC' && resource?.type !== 'AWS::EC2::Subnet') return undefined;
  return knownText(resource.properties?.entries.get('CidrBlock')?.value, template, depth + 1);
}

function substituted(text: string, template: Template, depth: number): Known | undefined {
  let whole = '';
  let isDefault = false;
  for (const part of subParts(text)) {
    const { name, attribute } = part.kind === 'variable' ? subTarget(part.name) : { name: '' };
    const known =
      part.kind === 'text'
        ? { text: part.text, isDefault: false }
        : attribute === undefined
          ? defaultOf(name, template)
          : knownAttribute([plain(name), plain(attribute)], template, depth);
    if (!known) return undefined;
    whole += known.text;
    isDefault ||= known.isDefault;
  }
  return { text: whole, isDefault };
}

function plain(value: string): TemplateNode {
  return { kind: 'scalar', value, where: { file: '', line: 0, column: 0 } };
}

function inMapping(items: readonly TemplateNode[], template: Template, depth: number): Known | undefined {
  const [map, first, second] = items.map((item) => knownText(item, template, depth + 1));
  if (!map || !first || !second || items.length !== 3) return undefined;
  const level = template.mappings.get(map.text)?.entries.get(first.text)?.value;
  const found =
    level?.kind === 'map' ? knownText(level.entries.get(second.text)?.value, template) : undefined;
  const isDefault = [map, first, second].some((one) => one.isDefault);
  return found && { text: found.text, isDefault };
}
