/**
 * The XML that AWS services answer with, as a tree that can be changed and written again. Only what those
 * answers use: elements with attributes, holding either text or elements. No comments, CDATA or doctype.
 */
export interface Element {
  readonly name: string;
  /** As it stood in the tag, with the leading space. */
  readonly attributes: string;
  children: Element[];
  /** Still escaped. Empty where there are children. */
  text: string;
}

const TAG = /<(\/?)([\w:.-]+)((?:\s+[\w:.-]+="[^"]*")*)\s*(\/?)>/g;

/** @throws when the text is not such XML */
export function parseXml(text: string): Element {
  const document: Element = { name: '', attributes: '', children: [], text: '' };
  const open = [document];
  let from = 0;
  for (const match of text.matchAll(TAG)) {
    const [tag, closing, name = '', attributes = '', selfClosing] = match;
    const current = open.at(-1) ?? document;
    if (closing === '/') {
      if (current.name !== name) throw new Error(`XML: </${name}> closes <${current.name}>`);
      if (current.children.length === 0) current.text = text.slice(from, match.index);
      open.pop();
    } else {
      const element: Element = { name, attributes, children: [], text: '' };
      current.children.push(element);
      if (selfClosing !== '/') open.push(element);
    }
    from = match.index + tag.length;
  }
  const root = document.children[0];
  if (root === undefined || open.length > 1) throw new Error('XML: it ends in the middle');
  return root;
}

export function writeXml(root: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>${writeElement(root)}`;
}

function writeElement({ name, attributes, children, text }: Element): string {
  return `<${name}${attributes}>${children.length > 0 ? children.map(writeElement).join('') : text}</${name}>`;
}

export function child(element: Element, name: string): Element | undefined {
  return element.children.find((c) => c.name === name);
}

/** The text at the end of a path of child elements, or `''` where there is none. */
export function textAt(element: Element, ...path: readonly string[]): string {
  const [name, ...rest] = path;
  if (name === undefined) return unescapeXml(element.text.trim());
  const next = child(element, name);
  return next === undefined ? '' : textAt(next, ...rest);
}

/** Every element of this name, at any depth, the root included. */
export function* elementsNamed(root: Element, name: string): Generator<Element> {
  if (root.name === name) yield root;
  for (const element of root.children) yield* elementsNamed(element, name);
}

/** The items of a list: `<subnetSet><item>...</item></subnetSet>`, wherever in the answer it stands. */
export function itemsOf(root: Element, list: string): Element[] {
  return [...elementsNamed(root, list)].flatMap((element) => element.children);
}

export function leaf(name: string, text: string): Element {
  return { name, attributes: '', children: [], text: escapeXml(text) };
}

export function escapeXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

function unescapeXml(text: string): string {
  return text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&amp;/g, '&');
}
