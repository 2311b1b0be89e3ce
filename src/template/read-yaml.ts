import {
  type ErrorCode,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type YAMLError,
} from 'yaml';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { SourceRange } from '../base/source.ts';
import { nodeBuilder, type RawEntry, type Tag } from './node-builder.ts';
import { problem, quote } from './problem.ts';
import { type SourcePositions, sourcePositions, spanning } from './source-positions.ts';
import { survey } from './survey.ts';
import type { TemplateNode } from './template.ts';
import { maximumAliased, maximumDepth, tooDeep } from './yaml-limits.ts';

/** How many syntax errors are worth telling: the later ones mostly follow from the first. */
const maximumSyntaxErrors = 20;

/**
 * Reads any YAML or JSON text into nodes. Undefined when the text has syntax errors or is empty; both are in
 * `diagnostics`. Never throws.
 */
export function readYaml(text: string, file: string, diagnostics: Diagnostic[]): TemplateNode | undefined {
  const positions = sourcePositions(file, text);
  const harm = survey(positions);
  if (harm) {
    diagnostics.push(harm);
    return undefined;
  }
  try {
    // The failsafe schema leaves scalars as they are written: what they mean is CloudFormation's to say. Looking
    // for duplicate keys is the builder's: the library's own check is quadratic.
    const document = parseDocument(text, {
      schema: 'failsafe',
      uniqueKeys: false,
      prettyErrors: false,
      stringKeys: false,
    });
    if (document.errors.length > 0) {
      const exhausted = document.errors.some(({ message }) => message.startsWith('Maximum call stack size'));
      const errors = document.errors
        // One mistake is often seen from two sides, and a reader that has lost its place stumbles over every
        // word that follows.
        .filter(({ pos }, i, all) => i === 0 || pos[0] !== all[i - 1]?.pos[0])
        .filter((error, i, all) => i === 0 || !isLost(error, all[i - 1]!))
        .slice(0, maximumSyntaxErrors)
        .map((error) => syntaxProblem(error, positions));
      diagnostics.push(...(exhausted ? [tooDeep(positions.range(0, 0))] : errors));
      return undefined;
    }
    if (!document.contents) return undefined;
    return nodesOf(document.contents, positions, diagnostics);
  } catch (error) {
    // The library composes recursively, so deep nesting exhausts the stack before our own limit is met. It tells
    // of that by an error of its own, or throws.
    if (!(error instanceof RangeError)) throw error;
    diagnostics.push(tooDeep(positions.range(0, 0)));
    return undefined;
  }
}

function nodesOf(
  root: Node,
  positions: SourcePositions,
  diagnostics: Diagnostic[],
): TemplateNode | undefined {
  const build = nodeBuilder(diagnostics);
  const anchored = new Map<string, { node: TemplateNode; size: number } | 'open'>();
  let size = 0;
  let aliased = 0;
  let broken = false;

  const refuse = (diagnostic: Diagnostic): TemplateNode => {
    broken = true;
    diagnostics.push(diagnostic);
    return { kind: 'scalar', value: null, where: diagnostic.where! };
  };
  const whereOf = (node: Node): SourceRange => positions.range(node.range![0], node.range![1]);

  const tagOf = (node: Node): Tag | undefined => {
    const name = node.tag;
    if (name === undefined || !name.startsWith('!')) return undefined;
    const start = positions.text.lastIndexOf(name, node.range![0]);
    return { name, where: start < 0 ? whereOf(node) : positions.range(start, start + name.length) };
  };

  const read = (node: Node | null, depth: number, before: SourceRange): TemplateNode => {
    if (node === null) return { kind: 'scalar', value: null, where: before };
    if (depth > maximumDepth) return broken ? nothing(before) : refuse(tooDeep(whereOf(node)));
    size++;
    if (isAlias(node)) return expand(node.source, whereOf(node));
    const anchor = (node as { anchor?: string }).anchor;
    if (anchor === undefined) return readValue(node, depth);
    anchored.set(anchor, 'open');
    const sizeBefore = size;
    const result = readValue(node, depth);
    anchored.set(anchor, { node: result, size: size - sizeBefore + 1 });
    return result;
  };

  const expand = (anchor: string, where: SourceRange): TemplateNode => {
    const target = anchored.get(anchor);
    if (target === undefined || target === 'open') {
      return refuse(
        problem('template-syntax', where, `The alias ${quote(`*${anchor}`)} stands inside what it names`),
      );
    }
    size += target.size;
    aliased += target.size;
    if (aliased <= maximumAliased) return target.node;
    if (broken) return nothing(where);
    return refuse(
      problem(
        'template-syntax',
        where,
        `The aliases of this text stand for more than ${maximumAliased} values`,
        'Write the values out; CloudFormation knows no aliases',
      ),
    );
  };

  const readValue = (node: Node, depth: number): TemplateNode => {
    const tag = tagOf(node);
    if (isScalar(node)) {
      const where = whereOf(node);
      if (node.tag?.startsWith('tag:yaml.org,2002:') && !plainTags.has(node.tag.slice(18))) {
        return refuse(
          problem(
            'template-unsupported',
            where,
            `The YAML tag ${quote(node.tag.slice(18))} is not supported`,
          ),
        );
      }
      const text = typeof node.value === 'string' ? node.value : String(node.value ?? '');
      const asPlain = node.type === 'PLAIN' && node.tag !== 'tag:yaml.org,2002:str';
      return asPlain ? build.plain(text, where, tag) : build.quoted(text, where, tag);
    }
    if (isSeq(node)) {
      const start = node.range![0];
      const items = node.items.map((item) =>
        read(item as Node | null, depth + 1, positions.range(start, start)),
      );
      return build.list(items, collectionRange(node, items.at(-1)?.where), tag);
    }
    if (isMap(node)) {
      const entries = node.items.map((pair) => readEntry(pair as Pair<Node | null, Node | null>, depth));
      return build.map(entries, collectionRange(node, entries.at(-1)?.value.where), tag);
    }
    return nothing(whereOf(node));
  };

  const readEntry = (pair: Pair<Node | null, Node | null>, depth: number): RawEntry => {
    const { key, value } = pair;
    const keyWhere = key?.range ? whereOf(key) : positions.range(0, 0);
    let name = '';
    if (isScalar(key) && key.tag === undefined) name = String(key.value ?? '');
    else if (key !== null) refuse(problem('template-syntax', keyWhere, 'A key must be plain text'));
    const end = positions.range(key?.range?.[1] ?? 0, key?.range?.[1] ?? 0);
    return { key: name, keyWhere, value: read(value, depth + 1, end) };
  };

  /** A block collection ends with its last value: the library's own end takes in the comments that follow. */
  const collectionRange = (node: Node, last: SourceRange | undefined): SourceRange => {
    const whole = whereOf(node);
    return (node as { flow?: boolean }).flow || !last ? whole : spanning(whole, last);
  };

  const result = read(root, 0, positions.range(0, 0));
  return broken ? undefined : result;
}

const plainTags = new Set(['str', 'int', 'float', 'bool', 'null']);

function nothing(where: SourceRange): TemplateNode {
  return { kind: 'scalar', value: null, where };
}

/** The library's errors in words for people who know what they meant to write, and not the grammar. */
const syntaxWords: Partial<Record<ErrorCode, readonly [summary: string, remedy: string]>> = {
  TAB_AS_INDENT: ['A tab is used to indent', 'Indent with spaces: YAML allows no tabs'],
  MULTIPLE_DOCS: ['The file holds more than one YAML document', 'Keep one template a file'],
  BAD_INDENT: [
    'This line is indented otherwise than the lines beside it',
    'Begin all keys of a mapping, and all items of a list, in the same column',
  ],
  ...Object.fromEntries(
    ['BLOCK_AS_IMPLICIT_KEY', 'MULTILINE_IMPLICIT_KEY'].map((code) => [
      code,
      [
        'There is a value here, and the lines below are indented as if they belonged to it',
        "Indent them like this line; or put the value in quotes, if a ': ' is part of it",
      ],
    ]),
  ),
};

/** The library has one code for this and for lines that are askew; only the text tells. */
const bracketWords = [
  'A bracket is not closed, or what it holds is not indented',
  'Close it with ] or }, and indent what it holds by more than the line that it begins on',
] as const;

/** `{ Value: !Sub a${B} }` and `"a" b`: the library has one code for everything that it did not expect. */
const endedWords = [
  'The value has ended before this',
  'Put the whole value in quotes: a bracket or a comma ends a text without them inside { } and [ ], and nothing may follow a closing quote',
] as const;

/** Whether an error only says that the text goes on where the error before it broke off. */
function isLost(error: YAMLError, before: YAMLError): boolean {
  if (error.code !== 'UNEXPECTED_TOKEN') return false;
  return / token in YAML stream/.test(error.message) || (isEnded(error) && error.pos[0] === before.pos[1]);
}

function isEnded(error: YAMLError): boolean {
  return error.code === 'UNEXPECTED_TOKEN' && error.message.endsWith(' at node end');
}

function syntaxProblem(error: YAMLError, positions: SourcePositions): Diagnostic {
  const where = positions.range(error.pos[0], error.pos[1]);
  const isBracket = error.code === 'BAD_INDENT' && error.message.startsWith('Flow ');
  const words = isBracket ? bracketWords : isEnded(error) ? endedWords : syntaxWords[error.code];
  if (words) return problem('template-syntax', where, ...words);
  const sentence = (error.message.split('\n')[0] ?? '').replace(/[.:]\s*$/, '');
  return problem('template-syntax', where, sentence === '' ? 'This is not valid YAML' : sentence);
}
