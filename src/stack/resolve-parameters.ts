import type { Diagnostic } from '../base/diagnostic.ts';
import type { SourceRange } from '../base/source.ts';
import type { Value } from '../base/value.ts';
import { brokenConstraint, listItems, wrongId } from '../template/parameter-constraint.ts';
import { isListType, isNumberType, storedType } from '../template/parameter-types.ts';
import { type Matcher, openMatcher } from '../template/pattern.ts';
import { plainScalar } from '../template/plain-scalar.ts';
import { didYouMean, problem, quote } from '../template/problem.ts';
import type { ParameterDeclaration, Template } from '../template/template.ts';
import type { Lookups } from './folding.ts';
import type { Expression, ParameterValues } from './stack.ts';

/** One parameter with its value. */
export interface ResolvedParameter {
  /** What `Ref` leaves in a property: the value, or a `SecretReference` for NoEcho. Undefined while unknown. */
  readonly expression: Expression | undefined;
  /** The value itself, also of a NoEcho parameter: for conditions only, which show one bit of it. */
  readonly plain: Value | undefined;
  /** Set for a NoEcho parameter whose text the expression refers to. */
  readonly secretName?: string;
}

export interface ParameterInput {
  readonly values: ParameterValues;
  /** The parameter file, or the one that would be read; the template where none has a name. */
  readonly file: string;
  /** Where each value stands in it, as `parseParameters` gives it. */
  readonly positions: ReadonlyMap<string, SourceRange>;
  readonly lookups: Pick<Lookups, 'ssm' | 'secret'>;
}

/** Values for every declared parameter, checked; problems go to `diagnostics`. */
export function resolveParameters(
  template: Template,
  input: ParameterInput,
  diagnostics: Diagnostic[],
): Map<string, ResolvedParameter> {
  const resolved = new Map<string, ResolvedParameter>();
  diagnostics.push(...undeclared(template, input));
  const matcher = openMatcher();
  for (const declaration of template.parameters.values()) {
    resolved.set(declaration.name, resolveParameter(declaration, input, matcher, diagnostics));
  }
  return resolved;
}

/**
 * What is wrong with the values of a parameter file, as far as the template alone tells: names that it has not,
 * values that break a constraint, parameters that get none. What a default breaks is the template's own fault, and
 * said of it; what SSM parameters hold is for the cloud to say.
 */
export function checkParameters(
  template: Template,
  input: Pick<ParameterInput, 'values' | 'file' | 'positions'>,
): Diagnostic[] {
  const diagnostics = undeclared(template, input);
  const matcher = openMatcher();
  const lookups = { ssm: (name: string) => name, secret() {} };
  for (const declaration of template.parameters.values()) {
    const given = Object.hasOwn(input.values, declaration.name);
    if (!given && declaration.default) continue;
    resolveParameter(declaration, { ...input, lookups }, matcher, diagnostics);
  }
  return diagnostics;
}

function undeclared(
  template: Template,
  { values, file, positions }: Pick<ParameterInput, 'values' | 'file' | 'positions'>,
): Diagnostic[] {
  return Object.keys(values)
    .filter((name) => !template.parameters.has(name))
    .map((name) =>
      problem(
        'template-parameter',
        positions.get(name) ?? { file, line: 1, column: 1 },
        `The template has no parameter ${quote(name)}`,
        didYouMean(name, template.parameters.keys(), 'Remove the value, or declare the parameter'),
      ),
    );
}

/** A file of values is named, whether it is there or not; the template itself is not the place for one. */
function remedyOfMissing(file: string, declaration: ParameterDeclaration): string {
  return file === declaration.where.file
    ? 'Give it one, or a Default'
    : `Give it one in ${file}, or a Default`;
}

function resolveParameter(
  declaration: ParameterDeclaration,
  input: ParameterInput,
  matcher: Matcher,
  diagnostics: Diagnostic[],
): ResolvedParameter {
  const { name, type, noEcho } = declaration;
  const unresolved = { expression: undefined, plain: undefined };
  const given = Object.hasOwn(input.values, name) ? input.values[name] : undefined;
  const where =
    given === undefined
      ? (declaration.default?.where ?? declaration.where)
      : (input.positions.get(name) ?? declaration.where);
  const text = given === undefined ? defaultText(declaration) : textOf(given);
  if (text === undefined) {
    diagnostics.push(
      problem(
        'template-parameter',
        declaration.where,
        `The parameter ${quote(name)} has no value`,
        remedyOfMissing(input.file, declaration),
      ),
    );
    return unresolved;
  }
  if (Array.isArray(given) && !isListType(type)) {
    diagnostics.push(
      problem('template-parameter', where, `The parameter ${quote(name)} takes one value, not a list`),
    );
    return unresolved;
  }
  const broken = brokenConstraint(declaration, text, matcher) ?? wrongId(declaration, text);
  if (broken !== undefined) {
    diagnostics.push(
      problem(
        'template-parameter',
        where,
        `The parameter ${quote(name)} ${broken}`,
        declaration.constraintDescription,
      ),
    );
    return unresolved;
  }
  const stored = storedType(type);
  // The text in the parameter file is then only the name under which the secret is stored.
  const storedSecret = stored !== undefined && noEcho ? `ssm-secure:${text}` : undefined;
  if (storedSecret !== undefined) input.lookups.secret(storedSecret);
  const value = stored === undefined ? text : input.lookups.ssm(text);
  if (value === undefined) {
    diagnostics.push(
      problem(
        'cloud-unresolved',
        where,
        `There is no SSM parameter ${quote(text)}`,
        'Create it, or correct the name',
      ),
    );
    return unresolved;
  }
  const plain = typed(type, value);
  if (!noEcho) return { expression: plain, plain };
  if (storedSecret !== undefined) {
    return { expression: split(type, { $slipway: 'resolve', reference: storedSecret }), plain };
  }
  return { expression: split(type, { $slipway: 'parameter', name }), plain, secretName: name };
}

function split(type: string, reference: Expression): Expression {
  return isListType(type) ? { 'Fn::Split': [',', reference] } : reference;
}

function defaultText(declaration: ParameterDeclaration): string | undefined {
  const node = declaration.default;
  return node?.kind === 'scalar' ? String(node.value) : undefined;
}

function textOf(given: ParameterValues[string]): string {
  return Array.isArray(given) ? given.map(String).join(',') : String(given);
}

function typed(type: string, text: string): Value {
  if (isListType(type)) return listItems(text).map((item) => (isNumberType(type) ? numberOf(item) : item));
  return isNumberType(type) ? numberOf(text.trim()) : text;
}

/** A number where it prints as it is written; `1.10` stays as it is. */
function numberOf(text: string): string | number {
  const value = plainScalar(text);
  return typeof value === 'number' && String(value) === text ? value : text;
}
