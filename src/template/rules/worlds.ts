/**
 * Which conditions can hold together. A world is one choice of values for the parameters that conditions compare; what
 * conditions compare otherwise than with a plain text is not for the template to tell.
 */
import { asCondition } from '../node-builder.ts';
import type { ParameterDeclaration, Template, TemplateNode } from '../template.ts';

export interface Assumption {
  readonly condition: string;
  readonly holds: boolean;
}

/** More worlds than this are not gone through. */
const mostWorlds = 1024;

/** Stands for each value that no condition asks for. */
const anyOther = Symbol('another value');

type World = ReadonlyMap<string, string | typeof anyOther>;

/** Whether there is a world in which all of this is so; undefined where that cannot be told. */
export function areTogether(assumptions: readonly Assumption[], template: Template): boolean | undefined {
  const wanted = new Map<string, boolean>();
  for (const { condition, holds } of assumptions) {
    if ((wanted.get(condition) ?? holds) !== holds) return false;
    wanted.set(condition, holds);
  }
  if (wanted.size === 0) return true;
  const compared = new Map<string, Set<string>>();
  for (const condition of wanted.keys()) collectCondition(condition, template, compared, new Set());
  const worlds = worldsOf(compared, template.parameters);
  if (worlds === undefined) return undefined;
  let isOpen = false;
  for (const world of worlds) {
    const answers = [...wanted].map(([condition, holds]) => {
      const answer = holdsIn(condition, world, template, new Set());
      return answer === undefined ? undefined : answer === holds;
    });
    if (answers.every((answer) => answer === true)) return true;
    if (!answers.includes(false)) isOpen = true;
  }
  return isOpen ? undefined : false;
}

function collectCondition(
  name: string,
  template: Template,
  compared: Map<string, Set<string>>,
  seen: Set<string>,
): void {
  const declared = template.conditions.get(name);
  if (!declared || seen.has(name)) return;
  seen.add(name);
  collect(declared, template, compared, seen);
}

/** Notes the texts that each parameter is compared with. */
function collect(
  given: TemplateNode,
  template: Template,
  compared: Map<string, Set<string>>,
  seen: Set<string>,
): void {
  const node = asCondition(given);
  if (node.kind === 'list') for (const item of node.items) collect(item, template, compared, seen);
  if (node.kind !== 'intrinsic') return;
  const comparison = comparisonOf(node);
  if (comparison) {
    const texts = compared.get(comparison.subject) ?? new Set();
    compared.set(comparison.subject, texts.add(comparison.text));
  } else if (node.name === 'Condition' && node.argument.kind === 'scalar') {
    collectCondition(String(node.argument.value), template, compared, seen);
  } else collect(node.argument, template, compared, seen);
}

function worldsOf(
  compared: ReadonlyMap<string, ReadonlySet<string>>,
  parameters: ReadonlyMap<string, ParameterDeclaration>,
): World[] | undefined {
  let worlds: World[] = [new Map()];
  for (const [subject, texts] of compared) {
    const allowed = parameters.get(subject)?.allowedValues?.map(String);
    const values = allowed?.filter((one) => texts.has(one)) ?? [...texts];
    const isElse = allowed === undefined || allowed.some((one) => !texts.has(one));
    const all: readonly (string | typeof anyOther)[] = isElse ? [...values, anyOther] : values;
    if (worlds.length * all.length > mostWorlds) return undefined;
    worlds = worlds.flatMap((world) =>
      all.map((value) => new Map<string, string | typeof anyOther>([...world, [subject, value]])),
    );
  }
  return worlds;
}

function holdsIn(
  name: string,
  world: World,
  template: Template,
  open: ReadonlySet<string>,
): boolean | undefined {
  const declared = template.conditions.get(name);
  // A circle is reported elsewhere.
  if (!declared || open.has(name)) return undefined;
  return decide(declared, world, template, new Set([...open, name]));
}

function decide(
  given: TemplateNode,
  world: World,
  template: Template,
  open: ReadonlySet<string>,
): boolean | undefined {
  const node = asCondition(given);
  if (node.kind !== 'intrinsic') return undefined;
  const { name, argument } = node;
  if (name === 'Condition')
    return argument.kind === 'scalar' ? holdsIn(String(argument.value), world, template, open) : undefined;
  const items = argument.kind === 'list' ? argument.items : [];
  const [one, other] = items;
  if (name === 'Fn::Equals') {
    if (one?.kind === 'scalar' && other?.kind === 'scalar') return String(one.value) === String(other.value);
    const comparison = comparisonOf(node);
    return comparison && world.get(comparison.subject) === comparison.text;
  }
  const answers = items.map((item) => decide(item, world, template, open));
  if (name === 'Fn::Not') return answers[0] === undefined ? undefined : !answers[0];
  if (name === 'Fn::And')
    return answers.includes(false) ? false : answers.includes(undefined) ? undefined : true;
  if (name === 'Fn::Or')
    return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
  return undefined;
}

/** `!Equals [!Ref Stage, prod]`, either way round. */
function comparisonOf(node: TemplateNode): { readonly subject: string; readonly text: string } | undefined {
  if (node.kind !== 'intrinsic' || node.name !== 'Fn::Equals' || node.argument.kind !== 'list')
    return undefined;
  const [one, other] = node.argument.items;
  const reference = one?.kind === 'intrinsic' ? one : other;
  const plain = one?.kind === 'scalar' ? one : other;
  if (reference?.kind !== 'intrinsic' || reference.name !== 'Ref' || reference.argument.kind !== 'scalar')
    return undefined;
  if (plain?.kind !== 'scalar') return undefined;
  return { subject: String(reference.argument.value), text: String(plain.value) };
}
