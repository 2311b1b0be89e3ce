import { nearest } from '../base/suggest.ts';
import { policyFunctions } from './functions/functions.ts';
import { parseElementPath } from './path.ts';
import type { Foreach } from './policy.ts';
import type { PolicyFile } from './policy-file.ts';
import { isTypeName } from './rewrite.ts';
import { variables } from './subject.ts';

/** Something wrong with the key `foreach`; `path` leads to it in the file. */
export interface ForeachProblem {
  readonly path: readonly PropertyKey[];
  readonly summary: string;
  readonly remedy: string;
}

/** Reads the key `foreach` of a policy, in each of its forms. */
export function compileForeach({ foreach, match }: Pick<PolicyFile, 'foreach' | 'match'>): {
  readonly foreach?: Foreach;
  readonly problems: readonly ForeachProblem[];
} {
  if (foreach === undefined) return { problems: [] };
  const isByType = typeof foreach === 'object' && !Array.isArray(foreach);
  const paths = isByType
    ? Object.entries(foreach).flatMap(([type, own]) =>
        [own].flat().map((path) => ({ ...parseElementPath(path), type })),
      )
    : [foreach].flat().map((path) => parseElementPath(path as string));
  const names = [...new Set(paths.flatMap((path) => path.names))];
  const problems = [
    ...(isByType ? typeProblems(Object.keys(foreach), match.types) : []),
    ...names.filter(isTaken).map((name) => ({
      path: ['foreach'],
      summary: `'foreach' cannot call an element '${name}': that means something else already`,
      remedy: 'Take another name.',
    })),
  ];
  return { foreach: { paths, names }, problems };
}

// A type without a path would have no elements, and so never a finding.
function typeProblems(keys: readonly string[], types: readonly string[]): ForeachProblem[] {
  const strange = keys.filter((key) => !types.includes(key));
  const missing = types.filter((type) => !keys.includes(type));
  return [
    ...strange.map((key) => {
      const meant = nearest(key, missing) ?? nearest(key, types);
      return {
        path: ['foreach', key],
        summary: `'foreach' has a path for ${key}, which match.types does not name`,
        remedy: meant ? `Did you mean '${meant}'?` : `Use ${types.join(', ')}`,
      };
    }),
    ...missing
      .filter((type) => !strange.some((key) => nearest(key, missing) === type))
      .map((type) => ({
        path: ['foreach'],
        summary: `'foreach' has no path for ${type}`,
        remedy: `Add one, or \`.\` for the resource itself.`,
      })),
  ];
}

function isTaken(name: string): boolean {
  return (
    name === 'each' ||
    name === 'parameters' ||
    Object.hasOwn(variables, name) ||
    isTypeName(name) ||
    Object.keys(policyFunctions).some((called) => called === name || called.startsWith(`${name}.`))
  );
}
