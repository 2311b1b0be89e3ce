/** A text of Fn::Sub, cut at its variables. `offset` and `length` are where `${...}` stands in it. */
export type SubPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string; readonly offset: number; readonly length: number };

const variable = /\$\{(!?)([^{}]*)\}/g;

/** Cuts at `${Name}` and `${Resource.Attribute}`; `${!Name}` is the text `${Name}`. */
export function subParts(text: string): readonly SubPart[] {
  const parts: SubPart[] = [];
  let pending = '';
  let at = 0;
  for (const match of text.matchAll(variable)) {
    pending += text.slice(at, match.index);
    at = match.index + match[0].length;
    if (match[1] === '!') {
      pending += `\${${match[2]}}`;
      continue;
    }
    if (pending !== '') parts.push({ kind: 'text', text: pending });
    pending = '';
    parts.push({ kind: 'variable', name: match[2]!.trim(), offset: match.index, length: match[0].length });
  }
  pending += text.slice(at);
  if (pending !== '' || parts.length === 0) parts.push({ kind: 'text', text: pending });
  return parts;
}

/** `Vpc.CidrBlock` is the attribute CidrBlock of Vpc; `Vpc` and `AWS::Region` are what `Ref` gives. */
export function subTarget(name: string): { readonly name: string; readonly attribute?: string } {
  const dot = name.indexOf('.');
  return dot < 0 ? { name } : { name: name.slice(0, dot), attribute: name.slice(dot + 1) };
}
