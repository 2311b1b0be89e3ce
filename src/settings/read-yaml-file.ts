import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { Code } from '../base/codes.ts';
import { type Diagnostic, sortDiagnostics } from '../base/diagnostic.ts';
import { repeatedKeys } from '../base/repeated-keys.ts';
import type { SourceRange } from '../base/source.ts';
import { nearest } from '../base/suggest.ts';
import { type Path, type Positions, positionsOf } from './positions.ts';

/** A kind of YAML file that people write, and what is said of its mistakes. */
export interface YamlKind<T> {
  readonly schema: z.ZodType<T>;
  readonly code: Code;
  /** `The settings file` */
  readonly title: string;
  /** The keys that may stand at a path, for 'did you mean'. */
  keysAt(path: Path, data: unknown): readonly string[];
}

export type YamlReading<T> =
  | { readonly data: T; readonly positions: Positions }
  | { readonly diagnostics: readonly Diagnostic[] };

// Far above any real file; below what would keep a parser busy.
const maxLength = 256 * 1024;

/** So many mistakes are explained, which takes a while for each: nobody mends more at once. */
const mostExplained = 50;

/** Reads the text of such a file. An empty one counts as an empty mapping. Mistakes are reported with their lines. */
export function readYamlFile<T>(text: string, file: string, kind: YamlKind<T>): YamlReading<T> {
  const { code, title } = kind;
  const invalid = (summary: string, where: SourceRange, remedy?: string): Diagnostic => {
    return { severity: 'error', code, summary, where, ...(remedy ? { remedy } : {}) };
  };
  if (text.length > maxLength) {
    return { diagnostics: [invalid(`${title} is larger than 256 KiB`, { file, line: 1, column: 1 })] };
  }
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, uniqueKeys: false });
  const positions = positionsOf(document, counter, file);
  const mistakes = [...document.errors, ...repeatedKeys(document)].slice(0, mostExplained);
  if (mistakes.length > 0) {
    return { diagnostics: mistakes.map((e) => invalid(e.message, positions.offset(e.pos[0]))) };
  }
  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (error) {
    // The yaml library refuses aliases that multiply; its message says so.
    return {
      diagnostics: [invalid(error instanceof Error ? error.message : String(error), positions.value([]))],
    };
  }
  const parsed = kind.schema.safeParse(data);
  if (parsed.success) return { data: parsed.data, positions };
  const reading: Reading = {
    title,
    positions,
    invalid,
    keysAt: (path) => kind.keysAt(path, data),
    isMissing: (path) => document.getIn(path) === undefined,
  };
  const issues = parsed.error.issues
    .slice(0, mostExplained)
    .map((issue) =>
      issue.code === 'unrecognized_keys' ? { ...issue, keys: issue.keys.slice(0, mostExplained) } : issue,
    );
  const meant = new Set(issues.flatMap((issue) => meantBy(issue, reading)));
  // A mistyped key is missing too, under its right name; saying so twice sends people looking for a second mistake.
  const told = issues.filter(
    ({ path }) => !reading.isMissing(pathOf(path)) || !meant.has(formatPath(pathOf(path))),
  );
  return { diagnostics: sortDiagnostics(told.flatMap((issue) => explain(issue, reading))) };
}

interface Reading {
  readonly title: string;
  readonly positions: Positions;
  keysAt(path: Path): readonly string[];
  isMissing(path: Path): boolean;
  invalid(summary: string, where: SourceRange, remedy?: string): Diagnostic;
}

type Issue = z.core.$ZodIssue;

/** The places of the keys that were mistyped, as they should be. */
function meantBy(issue: Issue, { keysAt }: Reading): string[] {
  if (issue.code !== 'unrecognized_keys') return [];
  const path = pathOf(issue.path);
  return issue.keys.flatMap((key) => {
    const known = nearest(key, keysAt(path));
    return known === undefined ? [] : [formatPath([...path, known])];
  });
}

function pathOf(path: readonly PropertyKey[]): Path {
  return path.map((part) => (typeof part === 'symbol' ? String(part) : part));
}

/** One issue of the schema in words that name the key and say what to write. */
function explain(issue: Issue, reading: Reading): Diagnostic[] {
  const { positions, invalid } = reading;
  const path = pathOf(issue.path);
  const name = path.length === 0 ? reading.title : formatPath(path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const known = reading.keysAt(path);
        const suggestion = nearest(key, known);
        const remedy = suggestion ? `Did you mean ${suggestion}?` : `The keys here are ${known.join(', ')}`;
        return invalid(`Unknown key ${formatPath([...path, key])}`, positions.key([...path, key]), remedy);
      });
    case 'invalid_key':
      return [invalid(`${name} ${issue.issues[0]?.message ?? 'is not a valid name'}`, positions.key(path))];
    case 'invalid_type': {
      if (path.length > 0 && reading.isMissing(path))
        return [invalid(`${name} is missing`, positions.value(path))];
      const quoted = issue.expected === 'string' ? 'Write it in quotes' : undefined;
      return [
        invalid(
          `${name} must be ${typeNames[issue.expected] ?? issue.expected}`,
          positions.value(path),
          quoted,
        ),
      ];
    }
    case 'too_small':
      return [
        invalid(
          issue.origin === 'array' || issue.origin === 'string'
            ? `${name} must not be empty`
            : `${name} must be at least ${issue.minimum}`,
          positions.value(path),
          issue.origin === 'array' ? 'Leave the key out to get the default' : undefined,
        ),
      ];
    case 'too_big':
      return [invalid(`${name} must be at most ${issue.maximum}`, positions.value(path))];
    case 'invalid_union': {
      // Of what may be written here in several ways, the one that was meant says what is wrong with it.
      const [meant, ...others] = issue.errors.filter((way) => !way.some(isOtherKind));
      if (!meant || others.length > 0) return [invalid(`${name} ${issue.message}`, positions.value(path))];
      return meant.flatMap((inner) => explain({ ...inner, path: [...path, ...inner.path] }, reading));
    }
    default:
      return [invalid(`${name} ${issue.message}`, positions.value(path))];
  }
}

function isOtherKind({ code, path }: Issue): boolean {
  return code === 'invalid_type' && path.length === 0;
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'a whole number',
  number: 'a number',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

/** `environments.prod.approvals[0].from` */
function formatPath(path: readonly (string | number)[]): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`))
    .join('');
}
