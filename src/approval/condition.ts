/**
 * The `when` of an approval rule: a CEL expression over the plan, the findings and the pull request. What can be
 * known wrong without a plan (a name, a field, a function that does not exist) is an error of the settings file;
 * what goes wrong with a plan makes the rule apply.
 */
import { celEnv, isCelError, parse, plan } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { nearest } from '../base/suggest.ts';
import { type Cost, whyUnpriced } from '../plan/cost.ts';
import type { Change } from '../plan/plan.ts';
import type { Finding } from '../policy/finding.ts';

/** What a condition is asked of. */
export interface Subject {
  readonly changes: readonly Change[];
  readonly findings: readonly Finding[];
  /** Login of who opened the pull request. */
  readonly author: string;
  readonly labels: readonly string[];
  /** Paths of the files that the pull request changes. */
  readonly paths: readonly string[];
  readonly environment: string;
  /** `owner/repo:path@environment`, however many stacks began at that path. */
  readonly stack: string;
  /** The template's path. */
  readonly template: string;
  /** What the plan costs; undefined where the settings have no prices. */
  readonly cost?: Cost;
}

export interface Condition {
  /** Whether it asks what the plan costs, which nobody can say without prices. */
  readonly asksCost: boolean;
  /** Whether the rule applies; a string says why that could not be decided. */
  evaluate(subject: Subject): boolean | string;
}

export type Compiled = { readonly condition: Condition } | { readonly problem: string };

/** What an expression can ask of each change and each finding. */
const conditionFields = {
  changes: ['logicalId', 'type', 'action', 'physicalId', 'properties', 'replaceBecause'],
  findings: ['policy', 'title', 'severity', 'enforcement', 'logicalId', 'type', 'message', 'undecided'],
  cost: ['change', 'before', 'after'],
  text: [],
} as const;

/** Every name that an expression can use. */
const conditionNames = {
  changes: { of: 'changes', list: true },
  findings: { of: 'findings', list: true },
  author: { of: 'text', list: false },
  labels: { of: 'text', list: true },
  paths: { of: 'text', list: true },
  environment: { of: 'text', list: false },
  stack: { of: 'text', list: false },
  template: { of: 'text', list: false },
  cost: { of: 'cost', list: false },
} as const satisfies Readonly<Record<keyof Subject, Meaning>>;

const env = celEnv({ funcs: strings });

/** Compiles an expression, or says in one sentence why it cannot ever work. */
export function compileCondition(source: string): Compiled {
  try {
    const parsed = parse(source);
    const root = parsed.expr as unknown as Node;
    const problem = findMistake(root, Object.entries(conditionNames));
    if (problem !== undefined) return { problem };
    const withoutCost = Object.entries(conditionNames).filter(([name]) => name !== 'cost');
    const asksCost = findMistake(root, withoutCost) !== undefined;
    const depth = loopDepth(root);
    const run = plan(env, parsed);
    return {
      condition: {
        asksCost,
        evaluate: (subject) => {
          if (longest(subject) ** depth > maxTurns) return tooMany;
          return evaluate(run, subject, asksCost ? costProblem(subject) : undefined);
        },
      },
    };
  } catch (error) {
    // The parser's `<input>:1:8: found . but ...`, which has the column and says what it stopped at.
    return { problem: error instanceof Error ? error.message.replace(/^<input>:/, 'at ') : String(error) };
  }
}

// CEL always ends, and loops inside loops over thousands of changes may end tomorrow.
const maxTurns = 1_000_000;
const tooMany = 'it would take too many steps over so many changes';

function longest({ changes, findings, labels, paths }: Subject): number {
  return Math.max(changes.length, findings.length, labels.length, paths.length);
}

type Run = (bindings: Record<string, never>) => unknown;

function costProblem({ cost }: Subject): string | undefined {
  if (!cost) return 'what the plan costs is not known, since the settings have no prices';
  const why = whyUnpriced(cost);
  return why === undefined ? undefined : `what the plan costs is not known: ${why}`;
}

/** `costless` says why an amount that is asked for is not there. */
function evaluate(run: unknown, subject: Subject, costless: string | undefined): boolean | string {
  const { author, environment, stack, template } = subject;
  const bindings = {
    changes: subject.changes.map(changeFields),
    findings: subject.findings.map(findingFields),
    labels: [...subject.labels],
    paths: [...subject.paths],
    author,
    environment,
    stack,
    template,
    cost: costFields(subject),
  } satisfies Readonly<Record<keyof Subject, unknown>>;
  try {
    const result = (run as Run)(bindings as never);
    if (isCelError(result))
      return result.cause instanceof RangeError ? tooMany : (costless ?? result.message);
    return typeof result === 'boolean' ? result : 'it gives neither true nor false';
  } catch (error) {
    // `map` and `filter` nest their list once for each element, and exhaust the stack over some thousands.
    if (error instanceof RangeError) return tooMany;
    return error instanceof Error ? error.message : String(error);
  }
}

// Values of properties stay out: they may be secrets or unknown, and a gate must not hang on either.
function changeFields(change: Change): Record<(typeof conditionFields.changes)[number], unknown> {
  return {
    logicalId: change.logicalId,
    type: change.type,
    action: change.action,
    physicalId: change.physicalId ?? '',
    properties: change.differences.map((d) => d.path),
    replaceBecause: [...change.replaceBecause],
  };
}

// An amount that is not there makes an error of what asks for it, so that nothing is decided on half a sum.
function costFields({ cost }: Subject): Partial<Record<(typeof conditionFields.cost)[number], number>> {
  const { change, before, after } = cost ?? {};
  return {
    ...(change === undefined ? {} : { change }),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

function findingFields(finding: Finding): Record<(typeof conditionFields.findings)[number], unknown> {
  return {
    policy: finding.policy,
    title: finding.title,
    severity: finding.severity,
    enforcement: finding.enforcement,
    logicalId: finding.logicalId,
    type: finding.type,
    message: finding.message,
    undecided: finding.undecided ?? false,
  };
}

/** The parts of CEL's syntax tree that are looked at. */
interface Node {
  readonly exprKind: { readonly case: string | undefined; readonly value: never };
}
interface Call {
  readonly function: string;
  readonly target?: Node;
  readonly args: readonly Node[];
}
interface Select {
  readonly operand: Node;
  readonly field: string;
  /** `has(operand.field)` */
  readonly testOnly: boolean;
}
interface Comprehension {
  readonly iterVar: string;
  readonly iterVar2: string;
  readonly accuVar: string;
  readonly iterRange: Node;
  readonly accuInit: Node;
  readonly loopCondition: Node;
  readonly loopStep: Node;
  readonly result: Node;
}

/** What a name stands for: one of the lists, one element of such a list, the cost, or a text. */
interface Meaning {
  readonly of: keyof typeof conditionFields;
  readonly list: boolean;
}
/** Undefined where a value is not followed further. */
type Names = ReadonlyMap<string, Meaning | undefined>;

// Type names are identifiers of CEL itself.
const celTypeNames = ['bool', 'int', 'uint', 'double', 'string', 'bytes', 'list', 'map', 'type', 'null_type'];

function findMistake(root: Node, known: readonly (readonly [string, Meaning])[]): string | undefined {
  const names: Names = new Map<string, Meaning | undefined>([
    ...known,
    ...celTypeNames.map((name) => [name, undefined] as const),
  ]);
  return mistakeIn(root, names);
}

function mistakeIn(node: Node | undefined, names: Names): string | undefined {
  switch (node?.exprKind.case) {
    case 'identExpr': {
      const { name } = node.exprKind.value as { name: string };
      if (!names.has(name)) return unknownName('name', name, Object.keys(conditionNames));
      return names.get(name)?.of === 'cost' ? askOneOf(conditionFields.cost) : undefined;
    }
    case 'selectExpr': {
      const { operand, field, testOnly } = node.exprKind.value as Select;
      const meaning = meaningOf(operand, names);
      const fields: readonly string[] | undefined =
        meaning && !meaning.list ? conditionFields[meaning.of] : undefined;
      if (fields?.length === 0) return `A text has no fields, so no ${field}`;
      if (fields && !fields.includes(field)) return unknownName('field', field, fields);
      if (meaning?.of !== 'cost') return mistakeIn(operand, names);
      // It would be false where a price is missing, and the rule would not hold.
      return testOnly ? `There is always a cost, so has(cost.${field}) asks nothing` : undefined;
    }
    case 'callExpr': {
      const call = node.exprKind.value as Call;
      // Operators have names such as `_&&_`, and are resolved elsewhere.
      const isOperator = !/^[a-z]/i.test(call.function);
      if (!isOperator && !env.funcs.find(call.function)) return `There is no function ${call.function}`;
      return firstMistake([call.target, ...call.args], names);
    }
    case 'listExpr':
      return firstMistake((node.exprKind.value as { elements: Node[] }).elements, names);
    case 'comprehensionExpr': {
      const loop = node.exprKind.value as Comprehension;
      const range = meaningOf(loop.iterRange, names);
      const inner = new Map(names)
        .set(loop.iterVar, range && { of: range.of, list: false })
        .set(loop.iterVar2, undefined)
        .set(loop.accuVar, undefined);
      return (
        firstMistake([loop.iterRange, loop.accuInit], names) ??
        firstMistake([loop.loopCondition, loop.loopStep, loop.result], inner)
      );
    }
    case 'structExpr':
      return 'A condition has no use for a map';
    default:
      return undefined;
  }
}

/** How many loops are inside one another at most. */
function loopDepth(node: Node | undefined): number {
  const deepest = (nodes: readonly (Node | undefined)[]) => Math.max(0, ...nodes.map(loopDepth));
  switch (node?.exprKind.case) {
    case 'selectExpr':
      return loopDepth((node.exprKind.value as Select).operand);
    case 'callExpr': {
      const { target, args } = node.exprKind.value as Call;
      return deepest([target, ...args]);
    }
    case 'listExpr':
      return deepest((node.exprKind.value as { elements: Node[] }).elements);
    case 'comprehensionExpr': {
      const { iterRange, loopCondition, loopStep, result } = node.exprKind.value as Comprehension;
      return Math.max(loopDepth(iterRange), 1 + deepest([loopCondition, loopStep, result]));
    }
    default:
      return 0;
  }
}

function firstMistake(nodes: readonly (Node | undefined)[], names: Names): string | undefined {
  for (const node of nodes) {
    const mistake = mistakeIn(node, names);
    if (mistake !== undefined) return mistake;
  }
  return undefined;
}

function meaningOf(node: Node, names: Names): Meaning | undefined {
  if (node.exprKind.case !== 'identExpr') return undefined;
  return names.get((node.exprKind.value as { name: string }).name);
}

function askOneOf(fields: readonly string[]): string {
  return `cost is no amount by itself; there are ${fields.map((field) => `cost.${field}`).join(', ')}`;
}

function unknownName(what: string, name: string, candidates: readonly string[]): string {
  const suggestion = nearest(name, candidates);
  return `There is no ${what} ${name}; ${suggestion ? `did you mean ${suggestion}?` : `there are ${candidates.join(', ')}`}`;
}
