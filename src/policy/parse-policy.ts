import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { type Diagnostic, sortDiagnostics } from '../base/diagnostic.ts';
import { repeatedKeys } from '../base/repeated-keys.ts';
import type { SourceRange } from '../base/source.ts';
import { nearest } from '../base/suggest.ts';
import { compilePolicy, type PolicyProblem } from './compile-policy.ts';
import { deferExpression } from './expression.ts';
import type { Policy } from './policy.ts';
import { type PolicyFile, policyFileJsonSchema, policyFileSchema } from './policy-file.ts';
import { type ProvedPolicies, proofKey, provedPolicies } from './proved.ts';
import {
  type PositionedDocument,
  positionInText,
  positionOf,
  positionOfKey,
  rangeFrom,
} from './yaml-position.ts';

const longestFile = 100_000;

/**
 * Reads one policy file and compiles it. `file` is its path, for positions; `pack` the one whose folder it is in. Everything wrong is in the diagnostics
 * ('policy-invalid'); there is a policy only where nothing is. A caller that goes on without a policy that could
 * not be read lets through what it was written to stop: errors have to fail the policy check.
 *
 * @param proved what is known to be right, and is taken as it is
 */
export function parsePolicy(
  text: string,
  file: string,
  pack?: string,
  proved: ProvedPolicies = provedPolicies,
): { readonly policy?: Policy; readonly diagnostics: readonly Diagnostic[] } {
  if (text.length > longestFile) {
    return {
      diagnostics: [invalid(`The policy file is longer than ${longestFile} characters`, start(file))],
    };
  }
  const known = proved[proofKey(text)];
  if (known) {
    const { policy } = compilePolicy(inPack(known, pack), file, deferExpression);
    if (policy) return { policy, diagnostics: [] };
  }
  const lines = new LineCounter();
  const source: PositionedDocument = {
    file,
    text,
    lines,
    document: parseDocument(text, { lineCounter: lines, uniqueKeys: false }),
  };
  const { errors, warnings } = source.document;
  const mistakes = [...errors, ...warnings, ...repeatedKeys(source.document)];
  if (mistakes.length > 0) {
    return {
      diagnostics: mistakes.map((error) => {
        const summary = error.message.split(/ at line \d+/)[0]!;
        return invalid(`The file is not plain YAML: ${summary}`, rangeFrom(source, error.pos[0]));
      }),
    };
  }
  const json = toJson(source);
  if ('diagnostic' in json) return { diagnostics: [json.diagnostic] };
  const checked = policyFileSchema.safeParse(json.value);
  if (!checked.success) {
    return { diagnostics: sortDiagnostics(explainAll(checked.error.issues, source)) };
  }
  const { policy, problems } = compilePolicy(inPack(checked.data, pack), file);
  const diagnostics = sortDiagnostics(problems.map((problem) => positioned(problem, source)));
  return { ...(policy ? { policy } : {}), diagnostics };
}

function inPack(data: PolicyFile, pack: string | undefined): PolicyFile {
  return { ...data, packs: [...new Set([...(pack ? [pack] : []), ...data.packs])] };
}

/**
 * Reads many policy files: all of `policies/`, and the organisation's own. Two policies with one id are an error,
 * because an exception for one would lift the other. Sorted by id.
 */
export function loadPack(
  files: readonly { readonly path: string; readonly text: string; readonly pack?: string }[],
  proved?: ProvedPolicies,
): {
  readonly policies: readonly Policy[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const diagnostics: Diagnostic[] = [];
  const byId = new Map<string, Policy>();
  for (const { path, text, pack } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const { policy, diagnostics: found } = parsePolicy(text, path, pack, proved);
    diagnostics.push(...found);
    if (!policy) continue;
    const other = byId.get(policy.id);
    if (other) {
      const remedy = 'Give one of them another id';
      diagnostics.push(invalid(`The id ${policy.id} is used by ${other.file} too`, start(path), remedy));
    } else byId.set(policy.id, policy);
  }
  const policies = [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return { policies, diagnostics: sortDiagnostics(diagnostics) };
}

/**
 * The policies of the packs that the settings name, and those in no pack. `unknown`: names that no policy has; not
 * `default`, which is on where nobody said anything, also where an organisation has no such pack.
 */
export function selectPacks(
  policies: readonly Policy[],
  packs: readonly string[],
): { readonly policies: readonly Policy[]; readonly unknown: readonly string[] } {
  const known = new Set(policies.flatMap((policy) => policy.packs));
  return {
    policies: policies.filter(
      ({ packs: own }) => own.length === 0 || own.some((pack) => packs.includes(pack)),
    ),
    unknown: packs.filter((pack) => !known.has(pack) && pack !== 'default'),
  };
}

function positioned(problem: PolicyProblem, source: PositionedDocument): Diagnostic {
  if ('path' in problem) {
    return invalid(problem.summary, positionOf(source, problem.path), problem.remedy);
  }
  const { summary, offset, remedy } = problem.problem;
  const where = positionInText(source, [problem.key], offset);
  return invalid(`The expression in ${problem.key} is not valid: ${summary}`, where, remedy);
}

// Aliases are resolved here, and the library counts them: a bomb of aliases throws.
function toJson(source: PositionedDocument): { value: unknown } | { diagnostic: Diagnostic } {
  try {
    return { value: source.document.toJS() };
  } catch (error) {
    return {
      diagnostic: invalid(`The file is not plain YAML: ${(error as Error).message}`, start(source.file)),
    };
  }
}

/** So many mistakes of a file are explained, which takes a while for each: nobody mends more at once. */
const mostExplained = 50;

function explainAll(all: readonly z.core.$ZodIssue[], source: PositionedDocument): Diagnostic[] {
  const issues = all
    .slice(0, mostExplained)
    .map((issue) =>
      issue.code === 'unrecognized_keys' ? { ...issue, keys: issue.keys.slice(0, mostExplained) } : issue,
    );
  // A mistyped key is missing too, under its right name; saying so twice sends people looking for a second mistake.
  const meant = new Set(
    issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => pathText([...issue.path, nearest(key, keysAt(issue.path)) ?? '']))
        : [],
    ),
  );
  return issues
    .filter((issue) => !meant.has(pathText(issue.path)) || source.document.getIn(issue.path) !== undefined)
    .flatMap((issue) => explain(issue, source));
}

function explain(issue: z.core.$ZodIssue, source: PositionedDocument): Diagnostic[] {
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(issue.path);
    return issue.keys.map((key) => {
      const meant = nearest(key, known);
      const remedy = meant ? `Did you mean '${meant}'?` : `Use ${known.join(', ')}`;
      const place = issue.path.length === 0 ? 'a policy' : pathText(issue.path);
      return invalid(`There is no key '${key}' in ${place}`, positionOfKey(source, issue.path, key), remedy);
    });
  }
  const where = positionOf(source, issue.path);
  const at = issue.path.length === 0 ? 'The policy' : `'${pathText(issue.path)}'`;
  if (issue.code === 'invalid_value') {
    const given = source.document.getIn(issue.path);
    if (given !== undefined) {
      const meant = nearest(String(given), issue.values.map(String));
      const remedy = meant ? `Did you mean '${meant}'?` : `Use ${issue.values.join(', ')}`;
      return [invalid(`${at} cannot be '${String(given).slice(0, 60)}'`, where, remedy)];
    }
  }
  const missing = issue.path.length > 0 && source.document.getIn(issue.path) === undefined;
  if (missing) return [invalid(`${at} is missing`, where, 'Every policy needs it; see policies/README.md')];
  return [invalid(`${at} is not valid: ${issue.message}`, where)];
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | false;
}

let fileSchema: JsonSchema | undefined;

function keysAt(path: readonly PropertyKey[]): string[] {
  fileSchema ??= policyFileJsonSchema() as JsonSchema;
  let schema: JsonSchema | undefined = fileSchema;
  for (const key of path) {
    const named: JsonSchema | undefined = schema?.properties?.[String(key)];
    schema = typeof key === 'number' ? schema?.items : (named ?? (schema?.additionalProperties || undefined));
  }
  return Object.keys(schema?.properties ?? {});
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

function start(file: string): SourceRange {
  return { file, line: 1, column: 1 };
}

function invalid(summary: string, where: SourceRange, remedy?: string): Diagnostic {
  return {
    severity: 'error',
    code: 'policy-invalid',
    summary,
    where,
    ...(remedy === undefined ? {} : { remedy }),
  };
}
