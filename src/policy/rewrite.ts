/**
 * Gives CEL the meaning that a policy needs, by rewriting the parsed expression before it is planned:
 * - What is missing is null, reading through null gives null, and walking null is walking an empty list, so that
 *   authors need no `has()` for what a template may leave out. (A typing mistake in a name of ours is an error; in
 *   a property's name the examples show it.) Comparing null by order, or calling a method on it, stays an error.
 * - Reading an unknown or a secret leaves the evaluation, at the very read; `&&`, `||` and `?:` then do the rest.
 * - Every read, and every turn of a comprehension, takes a step from the meter.
 */
import type { CelEnv, parse } from '@bufbuild/cel';
import { nearest } from '../base/suggest.ts';
import { reads } from './environment.ts';
import { policyFunctions } from './functions/functions.ts';
import { limits } from './limits.ts';

type Expr = NonNullable<ReturnType<typeof parse>['expr']>;
type Call = Extract<Expr['exprKind'], { case: 'callExpr' }>['value'];
type Comprehension = Extract<Expr['exprKind'], { case: 'comprehensionExpr' }>['value'];

/** A name that expressions may use; `fields` where it has just these. */
export type Variables = Readonly<Record<string, Variable>>;

interface Variable {
  readonly fields?: readonly string[];
  /** Part of a property, so that it may be unknown or secret as a whole. */
  readonly isElement?: true;
}

export interface ExpressionProblem {
  readonly summary: string;
  /** Characters from the start of the expression. */
  readonly offset: number;
  readonly remedy?: string;
}

interface Scope {
  readonly environment: CelEnv;
  readonly variables: Variables;
  readonly locals: ReadonlySet<string>;
  readonly accumulator?: string;
  readonly depth: number;
  readonly report: (expr: Expr, summary: string, remedy?: string) => void;
}

const typeNames = new Set([
  'int',
  'uint',
  'double',
  'bool',
  'string',
  'bytes',
  'list',
  'map',
  'null_type',
  'type',
]);
/** Whether CEL itself means a type by the name. */
export function isTypeName(name: string): boolean {
  return typeNames.has(name);
}

const controlOperators = new Set(['_&&_', '_||_', '_?_:_', '@not_strictly_false']);
const optionalOperators = new Set(['_?._', '_[?_]']);

/** The rewritten expression, and what is wrong with it. */
export function rewrite(
  parsed: ReturnType<typeof parse>,
  environment: CelEnv,
  variables: Variables,
): {
  readonly expr: Expr;
  readonly problems: readonly ExpressionProblem[];
} {
  const problems: ExpressionProblem[] = [];
  const expr = walk(parsed.expr!, {
    environment,
    variables,
    locals: new Set(),
    depth: 0,
    report: (at, summary, remedy) =>
      problems.push({
        summary,
        offset: parsed.sourceInfo?.positions[String(at.id)] ?? 0,
        ...(remedy === undefined ? {} : { remedy }),
      }),
  });
  return { expr, problems };
}

function walk(expr: Expr, outer: Scope): Expr {
  const scope = { ...outer, depth: outer.depth + 1 };
  if (scope.depth > limits.depth) {
    if (scope.depth === limits.depth + 1) scope.report(expr, `it is nested more than ${limits.depth} deep`);
    return expr;
  }
  const { exprKind } = expr;
  switch (exprKind.case) {
    case 'identExpr':
      return ident(expr, exprKind.value.name, scope);
    case 'selectExpr': {
      const { operand, field, testOnly } = exprKind.value;
      checkField(expr, operand!, field, scope);
      if (testOnly) return call(expr, reads.has, [walk(operand!, scope), text(expr, field)]);
      return pathRead(expr, walk(operand!, scope), field);
    }
    case 'callExpr':
      return callExpr(expr, exprKind.value, scope);
    case 'listExpr':
      exprKind.value.elements = exprKind.value.elements.map((element) => walk(element, scope));
      return expr;
    case 'structExpr':
      if (exprKind.value.messageName !== '')
        scope.report(expr, `there is no type ${exprKind.value.messageName}`);
      for (const entry of exprKind.value.entries) {
        if (entry.keyKind.case === 'mapKey') entry.keyKind.value = walk(entry.keyKind.value, scope);
        if (entry.value) entry.value = walk(entry.value, scope);
      }
      return expr;
    case 'comprehensionExpr':
      return comprehension(expr, exprKind.value, scope);
    default:
      return expr;
  }
}

/** Names one after the other are read in one call: that is most of what policies do. */
function pathRead(expr: Expr, operand: Expr, field: string): Expr {
  const inner = operand.exprKind.case === 'callExpr' ? operand.exprKind.value : undefined;
  const longer = inner && longerRead[inner.function];
  if (longer === undefined) return call(expr, reads.get, [operand, text(expr, field)]);
  return call(expr, longer, [...inner!.args, text(expr, field)]);
}

const longerRead: Readonly<Record<string, string>> = {
  [reads.get]: reads.getTwo,
  [reads.getTwo]: reads.getThree,
};

function ident(expr: Expr, name: string, scope: Scope): Expr {
  if (name.startsWith('@')) return expr;
  if (scope.locals.has(name)) return call(expr, reads.known, [expr, text(expr, name)]);
  if (Object.hasOwn(scope.variables, name)) {
    return scope.variables[name]!.isElement ? call(expr, reads.known, [expr, text(expr, name)]) : expr;
  }
  if (typeNames.has(name)) return expr;
  const meant = nearest(name, [...scope.locals, ...Object.keys(scope.variables)]);
  scope.report(
    expr,
    `there is no variable '${name}'`,
    meant === undefined ? `use ${Object.keys(scope.variables).join(', ')}` : `did you mean '${meant}'?`,
  );
  return expr;
}

function checkField(expr: Expr, operand: Expr, field: string, scope: Scope): void {
  if (operand.exprKind.case !== 'identExpr') return;
  const { name } = operand.exprKind.value;
  const fields =
    scope.locals.has(name) || !Object.hasOwn(scope.variables, name)
      ? undefined
      : scope.variables[name]!.fields;
  if (fields === undefined || fields.includes(field)) return;
  const meant = nearest(field, fields);
  scope.report(
    expr,
    `'${name}' has no '${field}'`,
    meant ? `did you mean '${meant}'?` : `it has ${fields.join(', ')}`,
  );
}

function callExpr(expr: Expr, value: Call, scope: Scope): Expr {
  if (optionalOperators.has(value.function)) {
    scope.report(expr, 'optional access is not needed here: reading through what is missing gives null');
    return expr;
  }
  const qualified = qualifiedName(value, scope);
  if (qualified !== undefined) {
    const args = value.args.map((arg) => walk(arg, scope));
    checkFunction(expr, qualified, args.length, false, scope);
    return call(expr, qualified, args);
  }
  if (value.target) value.target = walk(value.target, scope);
  if (value.function === '_[_]')
    return call(
      expr,
      reads.index,
      value.args.map((arg) => walk(arg, scope)),
    );
  if (value.function === '_+_' && gathers(value, scope)) {
    const element = value.args[1]!.exprKind.value as { elements: Expr[] };
    return call(expr, reads.append, [value.args[0]!, walk(element.elements[0]!, scope)]);
  }
  value.args = value.args.map((arg) => walk(arg, scope));
  if (!controlOperators.has(value.function)) {
    checkFunction(expr, value.function, value.args.length, value.target !== undefined, scope);
  }
  return expr;
}

/** `cidr.contains`, where `cidr` is the first half of a function's name and not a variable. */
function qualifiedName(value: Call, scope: Scope): string | undefined {
  if (value.target?.exprKind.case !== 'identExpr') return undefined;
  const { name } = value.target.exprKind.value;
  if (scope.locals.has(name) || Object.hasOwn(scope.variables, name)) return undefined;
  const prefix = `${name}.`;
  return Object.keys(policyFunctions).some((f) => f.startsWith(prefix)) ? prefix + value.function : undefined;
}

function checkFunction(expr: Expr, name: string, arity: number, method: boolean, scope: Scope): void {
  const overloads = [...(scope.environment.funcs.find(name) ?? [])].filter(
    (f) => (f.target !== undefined) === method,
  );
  if (overloads.some((f) => f.arguments.length === arity)) return;
  if (overloads.length > 0) {
    const known = policyFunctions[name]?.signature;
    scope.report(expr, `'${name}' does not take ${arity} arguments`, known && `write ${known}`);
    return;
  }
  const all = [...scope.environment.funcs]
    .filter((f) => (f.target !== undefined) === method)
    .map((f) => f.name);
  const meant = nearest(name, new Set(all.filter((f) => /^[a-z]/i.test(f))));
  scope.report(expr, `there is no function '${name}'`, meant && `did you mean '${meant}'?`);
}

// What `map` and `filter` become: `@result + [element]`. CEL's own `+` would copy or nest the list at every turn.
function gathers(value: Call, scope: Scope): boolean {
  const [accumulator, added] = value.args;
  return (
    scope.accumulator !== undefined &&
    accumulator?.exprKind.case === 'identExpr' &&
    accumulator.exprKind.value.name === scope.accumulator &&
    added?.exprKind.case === 'listExpr' &&
    added.exprKind.value.elements.length === 1
  );
}

function comprehension(expr: Expr, value: Comprehension, scope: Scope): Expr {
  value.iterRange = call(value.iterRange!, reads.list, [walk(value.iterRange!, scope)]);
  value.accuInit = walk(value.accuInit!, scope);
  const inner = { ...scope, locals: new Set([...scope.locals, value.iterVar]), accumulator: value.accuVar };
  value.loopCondition = call(value.loopCondition!, reads.turn, [walk(value.loopCondition!, inner)]);
  value.loopStep = walk(value.loopStep!, inner);
  value.result = walk(value.result!, scope);
  return expr;
}

function call(at: Expr, name: string, args: Expr[]): Expr {
  return {
    $typeName: 'cel.expr.Expr',
    id: at.id,
    exprKind: { case: 'callExpr', value: { $typeName: 'cel.expr.Expr.Call', function: name, args } },
  };
}

function text(at: Expr, value: string): Expr {
  return {
    $typeName: 'cel.expr.Expr',
    id: at.id,
    exprKind: {
      case: 'constExpr',
      value: { $typeName: 'cel.expr.Constant', constantKind: { case: 'stringValue', value } },
    },
  };
}
