/** Values as lines of text, in the manner of YAML, which is what their authors wrote them in. */
import {
  isList,
  isObject,
  isSecret,
  isUnknown,
  reservedKey,
  type Unknown,
  type Value,
} from '../base/value.ts';
import { clean } from '../base/visible.ts';
import { soleReference } from '../stack/unknown-of.ts';
import { oneLine, shorten } from './escape.ts';
import { formatNumber, valueWords } from './words.ts';

/** A value on one line: `10.0.0.0/16`, `[a, b]`, `{Key: Name, Value: shop}`, `(known after apply: Vpc)`. */
export function inlineValue(value: Value): string {
  if (isUnknown(value)) return unknownText(value);
  if (isSecret(value)) return valueWords.secret;
  if (isList(value)) return `[${value.map(inlineValue).join(', ')}]`;
  if (isObject(value)) {
    return `{${Object.entries(value)
      .map(([key, v]) => `${keyText(key)}: ${inlineValue(v)}`)
      .join(', ')}}`;
  }
  return typeof value === 'string' ? inlineText(value) : String(value);
}

/** `(known after apply: Vpc)`; of a text, the text with what is still open as `${Vpc}`. */
function unknownText({ of }: Unknown): string {
  if (of === undefined) return valueWords.unknown;
  const name = soleReference(of);
  // Its own end of the brackets must be the last one.
  const text = name === undefined ? (/[()]/.test(of) ? quoted(of) : inlineText(of)) : keyText(name);
  return `${valueWords.unknown.slice(0, -1)}: ${text})`;
}

/** A property's name, on one line whatever it is. */
export function keyText(key: string): string {
  return oneLine(key, 256);
}

// Quotes only where a reader could take the text for something else. Cleaned first: a lone carriage return in it
// must not come out as a new line, which could pass for a line of the plan.
function inlineText(text: string): string {
  const shown = clean(text);
  const plain =
    /^[^\s"'[\]{}()][^\n\t]*$/.test(shown) &&
    !/\s$|^(?:true|false|null|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/i.test(shown);
  return plain || /^\d{12}$/.test(shown) ? shown : JSON.stringify(shown);
}

const quoted = (text: string): string => JSON.stringify(clean(text));

/** Cut to `max`, saying how much there was. */
export function shortValue(value: Value, max: number): string {
  const text = inlineValue(value);
  return text.length <= max ? text : `${shorten(text, max)} (${formatNumber(text.length)} characters)`;
}

// What still reads well on one line in a comment.
const lineWidth = 96;

/** `key: value` on one line where it fits, else on several. Nothing is cut. */
export function valueLines(key: string, value: Value): string[] {
  return layOut(key, structureOf(key, value), lineWidth);
}

/**
 * The same with a line for each element, so that two values that differ in one element differ in one line: a
 * layout that hangs on the width would change around it.
 */
export function expandedLines(key: string, value: Value): string[] {
  return layOut(key, structureOf(key, value), 0);
}

/** One element of a list: `  - ...`. */
export function itemLines(item: Value): string[] {
  return layOutItem(item, lineWidth);
}

/** The same with a line for each of its properties. */
export function expandedItemLines(item: Value): string[] {
  return layOutItem(item, 0);
}

function layOut(key: string, value: Value, width: number): string[] {
  if (typeof value === 'string' && value.includes('\n')) return [`${key}: |`, ...textLines(value)];
  if (isUnknown(value)) return layOutUnknown(key, value, width);
  const inline = inlineValue(value);
  if (inline.length <= width || !isNested(value) || inline.length === 2) return [`${key}: ${inline}`];
  const inner = isList(value)
    ? value.flatMap((item) => layOutItem(item, width))
    : layOutEntries(value, width).map(indent);
  return [`${key}:`, ...inner];
}

/** A script or a document of which only a part is open is shown as what it is, with the open parts named. */
function layOutUnknown(key: string, value: Unknown, width: number): string[] {
  const { of = '' } = value;
  if (of.includes('\n')) return [`${key}: | ${valueWords.unknown}`, ...textLines(of)];
  const document = jsonDocument(of);
  const lines = document === undefined ? [] : layOut('', document, width).slice(1);
  return lines.length === 0 ? [`${key}: ${unknownText(value)}`] : [`${key}: ${valueWords.unknown}`, ...lines];
}

function textLines(text: string): string[] {
  return clean(text).replace(/\n$/, '').split('\n').map(indent);
}

function layOutEntries(value: { readonly [key: string]: Value }, width: number): string[] {
  return Object.entries(value).flatMap(([k, v]) => layOut(keyText(k), structureOf(k, v), width));
}

function layOutItem(item: Value, width: number): string[] {
  const inline = inlineValue(item);
  if (inline.length <= width || !isObject(item) || !isNested(item)) return [`  - ${inline}`];
  return layOutEntries(item, width).map((line, i) => (i === 0 ? `  - ${line}` : `    ${line}`));
}

const indent = (text: string): string => `  ${text}`;

function isNested(value: Value): value is readonly Value[] | { readonly [key: string]: Value } {
  return (isList(value) || isObject(value)) && !isUnknown(value) && !isSecret(value);
}

/** A known text in the notation of one that is not known yet: what only looks like a reference is told apart. */
export function besideUnknown(value: Value): Value {
  return typeof value === 'string' ? value.replaceAll('${', '${!') : value;
}

/**
 * The value as a person thinks of it: a JSON document as its structure, user data as its text, a list of tags as
 * a mapping.
 */
export function structureOf(key: string, value: Value): Value {
  if (typeof value === 'string') {
    const text = /(?:^|\.)UserData$/.test(key) ? (decodeBase64(value) ?? value) : value;
    return jsonDocument(text) ?? text;
  }
  return tagMap(value) ?? value;
}

// Shown as a structure only when nothing is lost by it: a key given twice, an escape or a marker of ours inside a
// text could otherwise hide from a reviewer what is really sent.
function jsonDocument(text: string): Value | undefined {
  if (!/^\s*[{[]/.test(text) || text.includes(reservedKey)) return undefined;
  try {
    const value = JSON.parse(text) as Value;
    const compact = text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1');
    return isNested(value) && JSON.stringify(value) === compact ? value : undefined;
  } catch {
    return undefined;
  }
}

function decodeBase64(text: string): string | undefined {
  if (text.length < 8 || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  const decoded = Buffer.from(text, 'base64').toString('utf8');
  return Buffer.from(decoded, 'utf8').toString('base64') === text ? decoded : undefined;
}

function tagMap(value: Value): Value | undefined {
  if (!isList(value) || value.length === 0) return undefined;
  const pairs = value.map((item) => {
    const isTag = isObject(item) && Object.keys(item).sort().join() === 'Key,Value';
    return isTag && typeof item.Key === 'string' ? ([item.Key, item.Value ?? null] as const) : undefined;
  });
  const tags = pairs.filter((pair) => pair !== undefined);
  const keys = new Set(tags.map(([key]) => key));
  if (tags.length < value.length || keys.size < tags.length || keys.has(reservedKey)) return undefined;
  return Object.fromEntries(tags);
}
