/** A text cut at its dynamic references `{{resolve:service:rest}}`. */
export type DynamicPart =
  | { readonly kind: 'text'; readonly text: string }
  /** What stands between `{{resolve:` and `}}`: `ssm:/shop/ami:3`. */
  | {
      readonly kind: 'reference';
      readonly reference: string;
      readonly service: string;
      readonly rest: string;
    };

const pattern = /\{\{resolve:([A-Za-z0-9-]+):([^{}]+)\}\}/g;

export function hasDynamicReference(text: string): boolean {
  return text.includes('{{resolve:');
}

export function dynamicReferences(text: string): readonly DynamicPart[] {
  const parts: DynamicPart[] = [];
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > at) parts.push({ kind: 'text', text: text.slice(at, match.index) });
    const [whole, service, rest] = match;
    parts.push({ kind: 'reference', reference: `${service}:${rest}`, service: service!, rest: rest! });
    at = match.index + whole.length;
  }
  if (at < text.length || parts.length === 0) parts.push({ kind: 'text', text: text.slice(at) });
  return parts;
}

/** Services whose values may be seen by nobody; `ssm` is a plain value, known before the plan. */
export const secretServices: readonly string[] = ['secretsmanager', 'ssm-secure', 'vault'];
