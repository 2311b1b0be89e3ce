/**
 * What the intrinsic functions compute once their arguments are plain values. One place, so that folding a
 * template and finishing an expression cannot disagree.
 */

import { subnets } from '../base/cidr.ts';
import { isList, isObject, type Value } from '../base/value.ts';

/** The value, or in one sentence why there is none. */
export type Outcome = { readonly value: Value } | { readonly problem: string };

type Compute = (argument: Value) => Outcome;

const wrong = (problem: string): Outcome => ({ problem });

/** By long name. Arguments are whole: `[delimiter, list]` for a Join. */
export const functions: Readonly<Record<string, Compute>> = {
  'Fn::Join': join,
  'Fn::Split': split,
  'Fn::Select': select,
  'Fn::Base64': base64,
  'Fn::Cidr': cidr,
  'Fn::Length': length,
  'Fn::ToJsonString': (argument) => ({ value: JSON.stringify(argument) }),
};

function join(argument: Value): Outcome {
  if (!isList(argument) || argument.length !== 2) return wrong('Fn::Join takes a delimiter and a list');
  const [delimiter, items] = argument;
  if (typeof delimiter !== 'string') return wrong('The delimiter of Fn::Join must be text');
  if (!isList(items)) return wrong('The second argument of Fn::Join must be a list');
  const texts: string[] = [];
  for (const item of items) {
    const text = scalarText(item);
    if (text === undefined) return wrong('Fn::Join can join text and numbers only');
    texts.push(text);
  }
  return { value: texts.join(delimiter) };
}

function split(argument: Value): Outcome {
  if (!isList(argument) || argument.length !== 2) return wrong('Fn::Split takes a delimiter and a text');
  const [delimiter, source] = argument;
  if (typeof delimiter !== 'string' || delimiter === '')
    return wrong('The delimiter of Fn::Split must be a text');
  const text = scalarText(source);
  if (text === undefined) return wrong('The second argument of Fn::Split must be text');
  return { value: text.split(delimiter) };
}

function select(argument: Value): Outcome {
  if (!isList(argument) || argument.length !== 2) return wrong('Fn::Select takes an index and a list');
  const [index, items] = argument;
  const position = wholeNumber(index);
  if (position === undefined || position < 0)
    return wrong('The index of Fn::Select must be a whole number from 0');
  if (!isList(items)) return wrong('The second argument of Fn::Select must be a list');
  if (position >= items.length) {
    const size = items.length === 1 ? '1 item' : `${items.length} items`;
    return wrong(`Fn::Select has the index ${position}, but the list has ${size}`);
  }
  return { value: items[position]! };
}

function base64(argument: Value): Outcome {
  const text = scalarText(argument);
  return text === undefined
    ? wrong('Fn::Base64 takes a text')
    : { value: Buffer.from(text).toString('base64') };
}

function cidr(argument: Value): Outcome {
  if (!isList(argument) || argument.length !== 3 || typeof argument[0] !== 'string') {
    return wrong('Fn::Cidr takes an address block, a count and the bits of a subnet');
  }
  const count = wholeNumber(argument[1]);
  const bits = wholeNumber(argument[2]);
  if (count === undefined || bits === undefined)
    return wrong('The count and the bits of Fn::Cidr must be numbers');
  const result = subnets(argument[0], count, bits);
  return typeof result === 'string' ? wrong(result) : { value: result };
}

function length(argument: Value): Outcome {
  return isList(argument) ? { value: argument.length } : wrong('Fn::Length takes a list');
}

/** A scalar as CloudFormation prints it into text; undefined for lists, maps and nothing. */
export function scalarText(value: Value | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function wholeNumber(value: Value | undefined): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined;
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}

/** The name and argument when the value is a residual intrinsic: `{ Ref: ... }`, `{ "Fn::Join": ... }`. */
export function residual(value: Value): { readonly name: string; readonly argument: Value } | undefined {
  if (!isObject(value)) return undefined;
  let only: string | undefined;
  for (const key in value) {
    if (only !== undefined) return undefined;
    only = key;
  }
  if (only === undefined || !(only === 'Ref' || only.startsWith('Fn::'))) return undefined;
  return { name: only, argument: value[only]! };
}
