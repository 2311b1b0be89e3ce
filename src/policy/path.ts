import { isList, isObject, isSecret, isUnknown, type Value } from '../base/value.ts';

/** One step of a path into a resource's properties: a name, or every element of a list, which may be given a name. */
type Step = string | { readonly everyElement: true; readonly name?: string };

export interface ElementPath {
  readonly source: string;
  readonly steps: readonly Step[];
  /** The names that it gives to elements, in order. */
  readonly names: readonly string[];
}

const part = String.raw`[A-Za-z_]\w*(\[(\*|[a-z]\w*)\])?`;

/**
 * `SecurityGroupIngress[*]`, `Policies[*].PolicyDocument.Statement[statement].Action[*]`: names, each with or without
 * `[*]`, or `[name]` to speak of that element by a name. `.` is the resource itself.
 */
export const elementPathPattern = new RegExp(String.raw`^(\.|${part}(\.${part})*)$`);

/** `MetadataOptions.HttpTokens`, `Tags`: names only. */
export const propertyPathPattern = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/;

/** Of a source that fits `elementPathPattern`. A path that does not end in `[*]` gets one: it names a list. */
export function parseElementPath(source: string): ElementPath {
  if (source === '.') return { source, steps: [], names: [] };
  const steps = source.split('.').flatMap((text): Step[] => {
    const [, property = '', name] = /^(\w+)(?:\[(.*)\])?$/.exec(text)!;
    return name === undefined ? [property] : [property, everyElement(name)];
  });
  if (typeof steps.at(-1) === 'string') steps.push(everyElement('*'));
  const names = steps.flatMap((step) => (typeof step === 'string' || !step.name ? [] : [step.name]));
  return { source, steps, names };
}

function everyElement(name: string): Step {
  return name === '*' ? { everyElement: true } : { everyElement: true, name };
}

/** What stands where a path leads: a value, or why there is none to look at. */
export interface Element {
  /** With numbers: `SecurityGroupIngress[1]`. */
  readonly path: string;
  readonly value: Value;
  /** The elements on the way that the path gives names to, and this one if it has a name. */
  readonly named: Readonly<Record<string, Value>>;
  /** Under which name this one is there too. */
  readonly name?: string;
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
    [{ path: '', value: properties, named: {} }],
  );
}

/** The element with another value. */
export function withValue(element: Element, value: Value): Element {
  const { name, named } = element;
  return { ...element, value, named: name === undefined ? named : { ...named, [name]: value } };
}

function take(element: Element, step: Step): Element[] {
  const { path, value, named } = element;
  if (element.misfit !== undefined || isUnknown(value) || isSecret(value)) return [element];
  if (value === null) return [];
  if (typeof step !== 'string') {
    const items = isList(value)
      ? value.map((item, index) => ({ path: `${path}[${index}]`, item }))
      : [{ path, item: value }];
    return items.map(({ path, item }) =>
      withValue({ path, value: item, named, ...(step.name === undefined ? {} : { name: step.name }) }, item),
    );
  }
  const holder = typeof value === 'string' ? parseJson(value) : value;
  if (!isObject(holder))
    return [{ path, value, named, misfit: `${path || 'the resource'} is not a mapping` }];
  const next = holder[step];
  return next === undefined ? [] : [{ path: path ? `${path}.${step}` : step, value: next, named }];
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
