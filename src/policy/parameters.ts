import { nearest } from '../base/suggest.ts';
import { isList, type Properties } from '../base/value.ts';
import type { Policy } from './policy.ts';
import type { ParameterValue } from './policy-file.ts';

/** Values for the parameters of policies, by policy and by name. */
export type PolicyParameters = Readonly<Record<string, Readonly<Record<string, ParameterValue>>>>;

/** A value that a policy cannot take. `path` leads to it: the policy's id and the parameter's name. */
export interface ParameterProblem {
  readonly path: readonly string[];
  readonly summary: string;
  readonly remedy: string;
}

type WithParameters = Pick<Policy, 'id' | 'parameters'>;

/** What is wrong with values that are given: policies and parameters that there are not, values of another kind. */
export function checkParameters(
  policies: readonly WithParameters[],
  given: PolicyParameters,
): readonly ParameterProblem[] {
  return Object.entries(given).flatMap(([id, values]) => {
    const policy = policies.find((one) => one.id === id);
    if (policy) return checkValues(policy, values);
    const meant = nearest(id, new Set(policies.map((one) => one.id)));
    const remedy = meant ? `Did you mean '${meant}'?` : 'See slipway policy list.';
    return [{ path: [id], summary: `There is no policy ${id}`, remedy }];
  });
}

/** The same of values for one policy. */
export function checkValues(
  { id, parameters }: WithParameters,
  values: Readonly<Record<string, ParameterValue>>,
): readonly ParameterProblem[] {
  const names = Object.keys(parameters);
  return Object.entries(values).flatMap(([name, value]) => {
    const path = [id, name];
    if (!Object.hasOwn(parameters, name)) {
      const meant = nearest(name, names);
      const known = names.length > 0 ? `It has ${names.join(', ')}.` : 'It has none.';
      const remedy = meant ? `Did you mean '${meant}'?` : known;
      return [{ path, summary: `The policy ${id} has no parameter ${name}`, remedy }];
    }
    const [kind, wanted] = [kindOf(value), kindOf(parameters[name]!.default)];
    if (kind === wanted) return [];
    const remedy = `Its default is ${JSON.stringify(parameters[name]!.default)}.`;
    return [{ path, summary: `The parameter ${name} of ${id} is ${wanted}, not ${kind}`, remedy }];
  });
}

/** The values of all of a policy's parameters: what is given, else the defaults. */
export function parameterValues(
  { parameters }: Pick<Policy, 'parameters'>,
  given: Readonly<Record<string, ParameterValue>> = {},
): Properties {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => [
      name,
      Object.hasOwn(given, name) ? given[name]! : parameter.default,
    ]),
  );
}

function kindOf(value: ParameterValue): string {
  if (isList(value)) return 'a list of texts';
  return typeof value === 'string' ? 'a text' : typeof value === 'number' ? 'a number' : 'true or false';
}
