import { listItems } from './parameter-constraint.ts';
import { isListType, storedType } from './parameter-types.ts';
import { quote } from './problem.ts';
import type { TemplateNode } from './template.ts';

/** Values of parameters, as a parameter file has them. */
export type LoopValues = {
  readonly [name: string]: string | number | boolean | readonly (string | number)[];
};

/** What a loop over a parameter goes over, or why it cannot. */
export type LoopList =
  | { readonly items: readonly string[] }
  | {
      readonly code: 'template-unsupported' | 'template-parameter';
      readonly summary: string;
      readonly remedy: string;
    };

/**
 * The items of a parameter that `Fn::ForEach` goes over; undefined where the template declares none of the name. Loops
 * are written out before anything else is read, so the declaration is looked at as it stands.
 *
 * Source: 'Fn::ForEach' of the CloudFormation user guide: the collection may be a `Ref` of a list parameter.
 */
export function parameterList(root: TemplateNode, name: string, values: LoopValues): LoopList | undefined {
  const declaration = entry(entry(root, 'Parameters'), name);
  if (declaration === undefined) return undefined;
  const type = scalar(entry(declaration, 'Type')) ?? '';
  if (!isListType(type) || storedType(type) !== undefined) {
    return {
      code: 'template-unsupported',
      summary: `Fn::ForEach over the parameter ${quote(name)}, which is of the type ${quote(type)}, is not supported`,
      remedy: 'Make it a CommaDelimitedList',
    };
  }
  if (scalar(entry(declaration, 'NoEcho'))?.toLowerCase() === 'true') {
    return {
      code: 'template-unsupported',
      summary: `Fn::ForEach over the parameter ${quote(name)} would write its secret values into names`,
      remedy: 'Take NoEcho out of it, or do not repeat over it',
    };
  }
  const given = Object.hasOwn(values, name) ? values[name] : scalar(entry(declaration, 'Default'));
  if (given === undefined) {
    return {
      code: 'template-parameter',
      summary: `Fn::ForEach goes over the parameter ${quote(name)}, which has no value`,
      remedy: 'Give it one in a parameter file, or a Default',
    };
  }
  return { items: listItems(Array.isArray(given) ? given.map(String).join(',') : String(given)) };
}

function entry(node: TemplateNode | undefined, key: string): TemplateNode | undefined {
  return node?.kind === 'map' ? node.entries.get(key)?.value : undefined;
}

function scalar(node: TemplateNode | undefined): string | undefined {
  return node?.kind === 'scalar' && node.value !== null ? String(node.value) : undefined;
}
