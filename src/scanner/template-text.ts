import { CST, Lexer } from 'yaml';
import type { SourceRange } from '../base/source.ts';
import type { Value } from '../base/value.ts';
import type { ParameterValues } from '../stack/stack.ts';
import { expandLoops } from '../template/expand-loops.ts';
import { loopPrefix } from '../template/intrinsics.ts';
import { readNodes } from '../template/read-nodes.ts';
import type { Template, TemplateNode } from '../template/template.ts';

/** A template as scanners are given it, and what tells where in it their findings belong. */
export interface TemplateText {
  /** Its path in the repository. */
  readonly file: string;
  readonly text: string;
  /**
   * As CloudFormation would have it in JSON: functions in their long form, aliases and `Fn::ForEach` written out, so
   * that a rule sees every resource that is made, whatever it can read.
   */
  readonly json: Value;
  /** What stands in its sections, in their order. */
  readonly blocks: readonly Block[];
  /** Whether a line may be of several resources because an alias repeats it. */
  readonly hasAliases: boolean;
}

/** One member of a section: a resource, a loop over resources, a parameter. */
interface Block {
  /** `Resources` */
  readonly section: string;
  readonly name: string;
  readonly where: SourceRange;
  /** The logical ids that it declares: of a loop, every one that it makes. */
  readonly logicalIds: readonly string[];
  /** Whether it is a loop, or one makes properties in it. */
  readonly hasLoop: boolean;
}

/** Undefined where the text is no template. */
export function templateText(
  { file, text, parameters }: { file: string; text: string; parameters: ParameterValues },
  template: Template,
): TemplateText | undefined {
  const root = readNodes(text, file, []);
  if (root?.kind !== 'map') return undefined;
  return {
    file,
    text,
    json: jsonOf(expandLoops(root, parameters, []).root),
    blocks: blocksOf(root, template),
    hasAliases: hasAliases(text),
  };
}

/** The blocks at a place of the text: with a line alone, in a template of few lines, there may be several. */
export function blocksAt(
  { blocks }: TemplateText,
  at: { readonly line: number; readonly column?: number },
): readonly Block[] {
  const { line, column } = at;
  return blocks.filter(({ where }) => {
    const { endLine = where.line, endColumn = Number.POSITIVE_INFINITY } = where;
    if (line < where.line || line > endLine) return false;
    if (column === undefined) return true;
    return !(line === where.line && column < where.column) && !(line === endLine && column >= endColumn);
  });
}

/** Loops, and what holds one: whoever does not write them out does not see what they make. */
export function loopsOf({ blocks }: TemplateText): readonly Block[] {
  return blocks.filter(({ hasLoop }) => hasLoop);
}

function holdsLoop(node: TemplateNode): boolean {
  if (node.kind === 'list') return node.items.some(holdsLoop);
  if (node.kind === 'intrinsic') return holdsLoop(node.argument);
  if (node.kind === 'scalar') return false;
  return [...node.entries].some(([key, { value }]) => key.startsWith(loopPrefix) || holdsLoop(value));
}

function blocksOf(root: Extract<TemplateNode, { kind: 'map' }>, template: Template): Block[] {
  const resources = [...template.resources.values()];
  return [...root.entries].flatMap(([section, { value }]) => {
    if (value.kind !== 'map') return [];
    return [...value.entries].map(([name, { keyWhere, value: body }]) => {
      const { endLine = body.where.line, endColumn } = body.where;
      // An alias stands for what is somewhere above.
      const isBelow = endLine >= keyWhere.line;
      const where = isBelow
        ? { ...keyWhere, endLine, ...(endColumn === undefined ? {} : { endColumn }) }
        : keyWhere;
      const inside = (at: SourceRange) => at.line >= where.line && at.line <= (where.endLine ?? where.line);
      const made = name.startsWith(loopPrefix) ? resources.filter((one) => inside(one.where)) : [];
      return {
        section,
        name,
        where,
        hasLoop: name.startsWith(loopPrefix) || holdsLoop(body),
        logicalIds:
          section !== 'Resources' ? [] : made.length > 0 ? made.map((one) => one.logicalId) : [name],
      };
    });
  });
}

/** Whether one part of the text stands for several of the template. */
function hasAliases(text: string): boolean {
  let isScalar = false;
  for (const token of new Lexer().lex(text)) {
    if (!isScalar && token.startsWith('*')) return true;
    // The next one is a text, whatever it begins with.
    isScalar = token === CST.SCALAR;
  }
  return false;
}

function jsonOf(node: TemplateNode): Value {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(jsonOf);
    case 'map':
      return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, jsonOf(value)]));
    case 'intrinsic':
      return { [node.name]: jsonOf(node.argument) };
  }
}
