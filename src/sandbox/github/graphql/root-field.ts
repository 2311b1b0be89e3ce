/** The one top-level field of a GraphQL document, and those nested in it, with their arguments. */
export interface RootField {
  readonly kind: 'query' | 'mutation';
  readonly field: string;
  readonly alias: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Arguments of fields further in, by field name. */
  readonly nested: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const token = /"(?:[^"\\]|\\.)*"|[_A-Za-z]\w*|\$\w+|-?\d+(?:\.\d+)?|\.\.\.|[{}()[\]:,!=@|&]/g;

/** Reads the first top-level field of a document; null where there is none. */
export function rootField(document: string, variables: Readonly<Record<string, unknown>>): RootField | null {
  const tokens = document.replace(/#[^\n]*/g, '').match(token) ?? [];
  let at = 0;
  const kind =
    tokens[0] === 'mutation' ? 'mutation' : tokens[0] === 'query' || tokens[0] === '{' ? 'query' : null;
  if (!kind) return null;
  // Names, variable definitions and directives of the operation lie before its first brace outside parentheses.
  for (let depth = 0; at < tokens.length; at++) {
    if (tokens[at] === '(') depth++;
    else if (tokens[at] === ')') depth--;
    else if (tokens[at] === '{' && depth === 0) break;
  }
  at++;
  const alias = tokens[at++];
  if (alias === undefined || !/^\w+$/.test(alias)) return null;
  let field = alias;
  if (tokens[at] === ':') {
    field = tokens[at + 1] ?? '';
    at += 2;
  }
  const readArguments = (): Record<string, unknown> => {
    const values: Record<string, unknown> = {};
    if (tokens[at] !== '(') return values;
    at++;
    while (at < tokens.length && tokens[at] !== ')') {
      if (tokens[at] === ',') at++;
      else {
        const name = tokens[at]!;
        at += 2;
        values[name] = readValue();
      }
    }
    at++;
    return values;
  };
  const readValue = (): unknown => {
    const text = tokens[at++] ?? '';
    if (text === '{') {
      const object: Record<string, unknown> = {};
      while (at < tokens.length && tokens[at] !== '}') {
        if (tokens[at] === ',') at++;
        else {
          const name = tokens[at]!;
          at += 2;
          object[name] = readValue();
        }
      }
      at++;
      return object;
    }
    if (text === '[') {
      const list: unknown[] = [];
      while (at < tokens.length && tokens[at] !== ']') {
        if (tokens[at] === ',') at++;
        else list.push(readValue());
      }
      at++;
      return list;
    }
    if (text.startsWith('$')) return variables[text.slice(1)] ?? null;
    if (text.startsWith('"')) return JSON.parse(text);
    if (/^-?\d/.test(text)) return Number(text);
    if (text === 'true' || text === 'false') return text === 'true';
    return text === 'null' ? null : text;
  };
  const own = readArguments();
  const nested: Record<string, Record<string, unknown>> = {};
  for (let name = ''; at < tokens.length; ) {
    if (tokens[at] === '(') nested[name] = readArguments();
    else name = tokens[at++]!;
  }
  return { kind, field, alias, arguments: own, nested };
}
