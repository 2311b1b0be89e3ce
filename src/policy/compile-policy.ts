import { compileExpression } from './expression.ts';
import { compileForeach } from './foreach.ts';
import { compileMessage } from './message.ts';
import { checkValues } from './parameters.ts';
import type { Policy } from './policy.ts';
import type { PolicyFile } from './policy-file.ts';
import type { ExpressionProblem } from './rewrite.ts';
import { variablesOf } from './subject.ts';

/** Something wrong with a policy whose keys are right; `path` leads to it in the file, `key` to its expression. */
export type PolicyProblem =
  | { readonly path: readonly PropertyKey[]; readonly summary: string; readonly remedy: string }
  | { readonly key: 'deny' | 'message' | 'fix'; readonly problem: ExpressionProblem };

/**
 * The policy that a file holds, ready to be asked; or everything that is wrong with it.
 *
 * @param compile deferExpression for what is known to be right
 */
export function compilePolicy(
  data: PolicyFile,
  file: string,
  compile: typeof compileExpression = compileExpression,
): { readonly policy?: Policy; readonly problems: readonly PolicyProblem[] } {
  const { foreach, problems: strange } = compileForeach(data);
  const names = variablesOf(Object.keys(data.parameters), foreach);
  const deny = compile(data.deny, names);
  const message = compileMessage(data.message, names, compile);
  const add = Object.entries(typeof data.fix === 'object' ? data.fix.add : {}).map(
    ([key, text]) => [key, compileMessage(text, names, compile)] as const,
  );
  const problems: PolicyProblem[] = [
    ...strange,
    ...exampleProblems(data),
    ...deny.problems.map((problem) => ({ key: 'deny' as const, problem })),
    ...message.problems.map((problem) => ({ key: 'message' as const, problem })),
    ...add.flatMap(([, { problems }]) => problems.map((problem) => ({ key: 'fix' as const, problem }))),
  ];
  if (!deny.expression || problems.length > 0) return { problems };
  const { foreach: _, fix, ...rest } = data;
  const policy: Policy = {
    ...rest,
    file,
    deny: deny.expression,
    message: message.message,
    ...(foreach === undefined ? {} : { foreach }),
    ...(typeof fix === 'object'
      ? { fix: { add: new Map(add.map(([key, compiled]) => [key, compiled.message])) } }
      : fix === undefined
        ? {}
        : { fix }),
  };
  return { policy, problems: [] };
}

/** Values that examples give for parameters that there are not, or of another kind. */
function exampleProblems(data: PolicyFile) {
  return (['pass', 'fail'] as const).flatMap((kind) =>
    data.examples[kind].flatMap(({ parameters = {} }, index) =>
      checkValues(data, parameters).map(({ path: [, name], ...problem }) => {
        return { ...problem, path: ['examples', kind, index, 'parameters', name!] };
      }),
    ),
  );
}
