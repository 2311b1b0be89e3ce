import { isList, isObject, isSecret, isUnknown, type Value } from '../base/value.ts';

/** One step of a path into a resource's properties: a name, or every element of a list. */
type Step = string | typeof everyElement;
const everyElement: unique symbol = Symbol('[*]');

export interface ElementPath {
  readonly source: string;
  readonly steps: readonly Step[];
}

/** `SecurityGroupIngress[*]`, `Policies[*].PolicyDocument.Statement[*]`: names, each with or without `[*]`. */
export const elementPathPattern = /^[A-Za-z_]\w*(\[\*\])?(\.[A-Za-z_]\w*(\[\*\])?)*$/;

/** `MetadataOptions.HttpTokens`, `Tags`: names only. */
export const propertyPathPattern = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/;

/** Of a source that fits `elementPathPattern`. A path that does not end in `[*]` gets one: it names a list. */
export function parseElementPath(source: string): ElementPath {
  const steps = source.split('.').flatMap((part): Step[] => {
    return part.endsWith('[*]') ? [part.slice(0, -3), everyElement] : [part];
  });
  return { source, steps: steps.at(-1) === everyElement ? steps : [...steps, everyElement] };
}

/** What stands where a path leads: a value, or why there is none to look at. */
export interface Element {
  /** With numbers: `SecurityGroupIngress[1]`. */
  readonly path: string;
  readonly value: Value;
  /** Set where the path leads into something that is neither a mapping nor a list. */
  readonly misfit?: string;
}

/**
 * Every element to which the path leads. What is missing has none. One thing where a list belongs counts as a list
 * of one, because CloudFormation takes both in policy documents; so does JSON text where a mapping belongs. A
 * marker ends the walk: the rest of the path hangs on it.
 */
export function elementsAt(properties: Value, path: ElementPath): Element[] {
  return path.steps.reduce<Element[]>(
    (elements, step) => elements.flatMap((element) => take(element, step)),
    [{ path: '', value: properties }],
  );
}

function take(element: Element, step: Step): Element[] {
  const { path, value } = element;
  if (element.misfit !== undefined || isUnknown(value) || isSecret(value)) return [element];
  if (value === null) return [];
  if (step === everyElement) {
    if (!isList(value)) return [element];
    return value.map((item, index) => ({ path: `${path}[${index}]`, value: item }));
  }
  const holder = typeof value === 'string' ? parseJson(value) : value;
  if (!isObject(holder)) return [{ path, value, misfit: `${path || 'the resource'} is not a mapping` }];
  const next = holder[step];
  return next === undefined ? [] : [{ path: path ? `${path}.${step}` : step, value: next }];
}

function parseJson(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}

/** The path and each path above it, longest first: `A[0].B`, `A[0]`, `A`. */
export function* upwards(path: string): Iterable<string> {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(at.lastIndexOf('.'), at.lastIndexOf('['), 0)))
    yield at;
}
