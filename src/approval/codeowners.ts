/**
 * GitHub's CODEOWNERS: who owns a file. In: the text of the base branch's file. Out: owners by path, and what GitHub
 * skips as invalid. https://docs.github.com/articles/about-code-owners
 */
import type { Diagnostic } from '../base/diagnostic.ts';
import { matchesPattern, type PathPattern, parsePattern } from './codeowners-pattern.ts';
import { isPrincipal, writePrincipal } from './people.ts';

/** Where GitHub looks for it: the first that is there counts, and the others do not. */
export const codeownersFiles: readonly string[] = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];

/** Who owns the files of a repository. */
export interface CodeOwners {
  /** `@user` and `@org/team` of the last line that matches; none where no line does, or it names nobody. */
  ownersOf(path: string): readonly string[];
  /** The lines that count, each a pattern and its owners, the latest first: alike where two files mean the same. */
  readonly lines: readonly (readonly string[])[];
  /** Lines that are skipped, and owners that cannot be known. Warnings. */
  readonly problems: readonly Diagnostic[];
}

interface Line {
  readonly words: readonly string[];
  readonly pattern: PathPattern;
  readonly owners: readonly string[];
}

// GitHub reads up to 3 MB of it; whatever reads files for us stops at this.
const maxLength = 1024 * 1024;

// Who has more mistakes than that mends these first.
const maxProblems = 20;

// Longer words are neither an address nor a name, and would keep a pattern busy.
const maxWord = 254;

/** Reads the first of `codeownersFiles` that is among the files. Without one nobody owns anything. */
export function readCodeOwners(files: ReadonlyMap<string, string>): CodeOwners {
  const file = codeownersFiles.find((path) => files.has(path));
  return file === undefined ? nobody([]) : parseCodeOwners(files.get(file)!, file);
}

/** Reads the text of such a file. Never throws: a line that is not understood is skipped, as GitHub skips it. */
export function parseCodeOwners(text: string, file: string): CodeOwners {
  if (text.length > maxLength || text.includes('\0')) {
    const summary = 'CODEOWNERS is no text of at most 1 MiB, so nobody owns anything';
    return nobody([warning(summary, { file, line: 1, column: 1 })]);
  }
  const lines: Line[] = [];
  const problems: Diagnostic[] = [];
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const where = { file, line: index + 1, column: 1 };
    const { words, unreachable, problem } = readLine(raw);
    if (problem !== undefined) {
      problems.push(warning(`This line is skipped: ${problem}`, where));
      continue;
    }
    const [pattern, ...owners] = words;
    if (pattern === undefined) continue;
    const parsed = parsePattern(pattern);
    if ('problem' in parsed) problems.push(warning(`This line is skipped: ${parsed.problem}`, where));
    else lines.push({ words, pattern: parsed, owners });
    for (const email of 'problem' in parsed ? [] : unreachable) {
      const summary = `Whose e-mail address ${email} is cannot be known, so it stands for nobody`;
      problems.push(warning(summary, where, 'Write the login: @name.'));
    }
  }
  // The last line that matches is the one that counts.
  const latestFirst = lines.reverse();
  return {
    ownersOf: (path) => {
      const segments = path.split('/');
      return latestFirst.find((line) => matchesPattern(line.pattern, segments))?.owners ?? [];
    },
    lines: latestFirst.map(({ words }) => words),
    problems: problems.slice(0, maxProblems),
  };
}

function nobody(problems: readonly Diagnostic[]): CodeOwners {
  return { ownersOf: () => [], lines: [], problems };
}

interface ReadLine {
  /** The pattern, then the owners. */
  readonly words: readonly string[];
  readonly unreachable: readonly string[];
  readonly problem?: string;
}

function readLine(raw: string): ReadLine {
  const none = { words: [], unreachable: [] };
  const line = raw.trim();
  if (line === '' || line.startsWith('#')) return none;
  // A space in a path is written with a backslash before it.
  const [pattern = ''] = /^(?:\\.|[^\s\\])*/.exec(line) ?? [];
  const rest = line.slice(pattern.length).split(/\s+/).filter(Boolean);
  const comment = rest.findIndex((word) => word.startsWith('#'));
  const named = comment < 0 ? rest : rest.slice(0, comment);
  const owners = named.filter((word) => isPrincipal(word) && word.toLowerCase() !== writePrincipal);
  const unreachable = named.filter(
    (word) => word.length <= maxWord && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(word),
  );
  const wrong = named.find((word) => !owners.includes(word) && !unreachable.includes(word));
  if (wrong !== undefined)
    return { ...none, problem: `${wrong.slice(0, maxWord)} is no owner such as @user or @organisation/team` };
  return { words: [pattern, ...owners], unreachable };
}

function warning(summary: string, where: Diagnostic['where'], remedy?: string): Diagnostic {
  return {
    severity: 'warning',
    code: 'codeowners-invalid',
    summary,
    ...(where ? { where } : {}),
    ...(remedy ? { remedy } : {}),
  };
}
