/**
 * The expression with one thing in it changed, for every such thing: an operand of `&&` and `||` dropped, an operator
 * exchanged, a comparison flipped, a negation taken away, a number or a text another one; and nothing left of it.
 */
export function mutantsOf(source: string): string[] {
  const code = withoutTexts(source);
  const replaced = replacements.flatMap(([pattern, replace]) =>
    [...code.matchAll(pattern)].map((match) => {
      const end = match.index + match[0].length;
      return source.slice(0, match.index) + replace(match[0]) + source.slice(end);
    }),
  );
  const dropped = operandsIn(code, 0, code.length).map(
    ([from, to]) => `${source.slice(0, from)} ${source.slice(to)}`,
  );
  return [...new Set(['false', 'true', ...replaced, ...dropped])];
}

const replacements: readonly [RegExp, (found: string) => string][] = [
  [/&&/g, () => '||'],
  [/\|\|/g, () => '&&'],
  [/==/g, () => '!='],
  [/!=/g, () => '=='],
  [/<=/g, () => '<'],
  [/>=/g, () => '>'],
  [/<(?!=)/g, () => '<='],
  [/>(?!=)/g, () => '>='],
  [/[<>]/g, (found) => (found === '<' ? '>' : '<')],
  [/!(?=[a-z(])/gi, () => ''],
  [/\bexists\b/g, () => 'all'],
  [/\ball\b/g, () => 'exists'],
  [/\b(true|false)\b/g, (found) => (found === 'true' ? 'false' : 'true')],
  [/(?<![\w.])\d+\b/g, (found) => String(Number(found) + 1)],
  // A text's first quote; the rest of it is blank here.
  [/'(?= *')/g, () => "'mutated "],
];

/** The same length, with blanks in the place of what is inside quotes, so that positions stay. */
function withoutTexts(source: string): string {
  return source.replaceAll(/'(?:[^'\\]|\\.)*'/g, (text) => `'${' '.repeat(text.length - 2)}'`);
}

/** From where to where something can be left out: an operand, with the operator before or after it. */
function operandsIn(code: string, from: number, to: number): [number, number][] {
  const parts = split(code, from, to, /,|\?|(?<!:):(?!:)/y);
  if (parts.length > 1) return parts.flatMap(([start, end]) => operandsIn(code, start, end));
  for (const operator of [/\|\|/y, /&&/y]) {
    const operands = split(code, from, to, operator);
    if (operands.length > 1) {
      return [
        ...operands.map(([start, end], index): [number, number] =>
          index === 0 ? [start, end + 2] : [start - 2, end],
        ),
        ...operands.flatMap(([start, end]) => operandsIn(code, start, end)),
      ];
    }
  }
  return bracketsIn(code, from, to).flatMap(([start, end]) => operandsIn(code, start, end));
}

/** The parts between separators that are in no bracket. */
function split(code: string, from: number, to: number, separator: RegExp): [number, number][] {
  const parts: [number, number][] = [];
  let depth = 0;
  let start = from;
  for (let at = from; at < to; at++) {
    if ('([{'.includes(code[at]!)) depth++;
    else if (')]}'.includes(code[at]!)) depth--;
    separator.lastIndex = at;
    const found = depth === 0 ? separator.exec(code)?.[0] : undefined;
    if (found !== undefined) {
      parts.push([start, at]);
      at += found.length - 1;
      start = at + 1;
    }
  }
  return [...parts, [start, to]];
}

/** What is inside the outermost brackets. */
function bracketsIn(code: string, from: number, to: number): [number, number][] {
  const found: [number, number][] = [];
  let depth = 0;
  let start = from;
  for (let at = from; at < to; at++) {
    if ('([{'.includes(code[at]!) && depth++ === 0) start = at + 1;
    else if (')]}'.includes(code[at]!) && --depth === 0) found.push([start, at]);
  }
  return found;
}
