import type { Diagnostic } from '../base/diagnostic.ts';
import type { SourceRange } from '../base/source.ts';
import { reservedKey } from '../base/value.ts';
import { intrinsicOfTag, intrinsics, isIntrinsicKey, loopPrefix, tagOfIntrinsic } from './intrinsics.ts';
import { plainScalar } from './plain-scalar.ts';
import { didYouMean, problem, quote } from './problem.ts';
import { spanning } from './source-positions.ts';
import type { MapEntry, ScalarNode, TemplateNode } from './template.ts';

export interface RawEntry {
  readonly key: string;
  readonly keyWhere: SourceRange;
  readonly value: TemplateNode;
}

/**
 * Makes template nodes from what a reader finds, so that all readers agree on scalars, intrinsics, tags and
 * duplicate keys. Problems go to the list it was made with.
 */
export interface NodeBuilder {
  /** An unquoted scalar. `tag` is a short intrinsic such as `!Ref`, with where it stands. */
  plain(text: string, where: SourceRange, tag?: Tag): TemplateNode;
  /** A quoted or block scalar: always text. */
  quoted(text: string, where: SourceRange, tag?: Tag): TemplateNode;
  list(items: readonly TemplateNode[], where: SourceRange, tag?: Tag): TemplateNode;
  map(entries: readonly RawEntry[], where: SourceRange, tag?: Tag): TemplateNode;
}

export interface Tag {
  readonly name: string;
  readonly where: SourceRange;
}

export function nodeBuilder(diagnostics: Diagnostic[]): NodeBuilder {
  const tagged = (node: TemplateNode, tag: Tag): TemplateNode => {
    const name = intrinsicOfTag(tag.name);
    const where = spanning(tag.where, node.where);
    if (!Object.hasOwn(intrinsics, name)) {
      const known = Object.keys(intrinsics).map(tagOfIntrinsic);
      diagnostics.push(
        problem(
          'template-intrinsic',
          tag.where,
          `There is no tag ${quote(tag.name)}`,
          didYouMean(tag.name, known),
        ),
      );
    }
    return intrinsic(name, node, where, diagnostics);
  };
  const text = (value: string, where: SourceRange, tag: Tag | undefined): TemplateNode => {
    const node: ScalarNode = { kind: 'scalar', value, where };
    return tag ? tagged(node, tag) : node;
  };
  return {
    plain: (value, where, tag) =>
      tag ? text(value, where, tag) : { kind: 'scalar', value: plainScalar(value), where },
    quoted: text,
    list(items, where, tag) {
      const node: TemplateNode = { kind: 'list', items, where };
      return tag ? tagged(node, tag) : node;
    },
    map(entries, where, tag) {
      const only = entries.length === 1 ? entries[0]! : undefined;
      let node: TemplateNode;
      if (only && isIntrinsicKey(only.key)) {
        if (!Object.hasOwn(intrinsics, only.key)) {
          diagnostics.push(
            problem(
              'template-intrinsic',
              only.keyWhere,
              `There is no intrinsic function ${quote(only.key)}`,
              didYouMean(only.key, Object.keys(intrinsics)),
            ),
          );
        }
        node = intrinsic(only.key, only.value, where, diagnostics);
      } else {
        node = { kind: 'map', entries: entriesOf(entries, diagnostics), where };
      }
      return tag ? tagged(node, tag) : node;
    },
  };
}

function entriesOf(entries: readonly RawEntry[], diagnostics: Diagnostic[]): ReadonlyMap<string, MapEntry> {
  const byKey = new Map<string, MapEntry>();
  for (const { key, keyWhere, value } of entries) {
    const earlier = byKey.get(key);
    if (earlier) {
      diagnostics.push(
        problem(
          'template-duplicate-key',
          keyWhere,
          `The key ${quote(key)} is already on line ${earlier.keyWhere.line}`,
          'Keep one of the two',
        ),
      );
      continue;
    }
    // Refusing `__proto__` here lets everything later build plain objects from keys without a thought.
    if (key === reservedKey || key === '__proto__') {
      diagnostics.push(
        problem(
          'template-syntax',
          keyWhere,
          `The key '${key}' is reserved for Slipway itself`,
          'Rename the key',
        ),
      );
    } else if (key === '<<') {
      diagnostics.push(
        problem(
          'template-unsupported',
          keyWhere,
          'YAML merge keys (<<) are not supported, by CloudFormation neither',
          'Write the keys out',
        ),
      );
    } else if (key.startsWith('Fn::') && !key.startsWith(loopPrefix)) {
      diagnostics.push(
        key === 'Fn::Transform'
          ? unsupported(key, keyWhere)
          : problem(
              'template-intrinsic',
              keyWhere,
              `${key} stands beside other keys`,
              'An intrinsic function must be the only key of its mapping',
            ),
      );
    }
    byKey.set(key, { keyWhere, value });
  }
  return byKey;
}

function unsupported(name: string, where: SourceRange) {
  const remedy = intrinsics[name]?.unsupported;
  return problem('template-unsupported', where, `${name} is not supported`, remedy);
}

function intrinsic(
  name: string,
  argument: TemplateNode,
  where: SourceRange,
  diagnostics: Diagnostic[],
): TemplateNode {
  if (Object.hasOwn(intrinsics, name) && intrinsics[name]!.unsupported !== undefined) {
    diagnostics.push(unsupported(name, where));
  }
  return { kind: 'intrinsic', name, argument: normalArgument(name, argument), where };
}

function normalArgument(name: string, argument: TemplateNode): TemplateNode {
  if (name === 'Fn::GetAtt') return getAttArgument(argument);
  if ((name === 'Fn::And' || name === 'Fn::Or' || name === 'Fn::Not') && argument.kind === 'list') {
    return { ...argument, items: argument.items.map(asCondition) };
  }
  return argument;
}

/** `Vpc.CidrBlock`, `[Vpc, CidrBlock]` and `[Db, Endpoint, Port]` all become `[Db, Endpoint.Port]`. */
function getAttArgument(argument: TemplateNode): TemplateNode {
  if (argument.kind === 'scalar' && typeof argument.value === 'string') {
    const dot = argument.value.indexOf('.');
    if (dot < 0) return argument;
    const part = (value: string): ScalarNode => ({ kind: 'scalar', value, where: argument.where });
    return {
      kind: 'list',
      items: [part(argument.value.slice(0, dot)), part(argument.value.slice(dot + 1))],
      where: argument.where,
    };
  }
  if (argument.kind === 'list' && argument.items.length > 2) {
    const [first, ...rest] = argument.items;
    if (rest.every((item) => item.kind === 'scalar')) {
      const value = rest.map((item) => (item.kind === 'scalar' ? String(item.value) : '')).join('.');
      return {
        ...argument,
        items: [first!, { kind: 'scalar', value, where: spanning(rest[0]!.where, rest.at(-1)!.where) }],
      };
    }
  }
  return argument;
}

/**
 * `{ Condition: Name }` as a condition. Only where a condition is expected: elsewhere `Condition` is a key like
 * any other (a bucket policy has it).
 */
export function asCondition(node: TemplateNode): TemplateNode {
  if (node.kind !== 'map' || node.entries.size !== 1) return node;
  const entry = node.entries.get('Condition');
  return entry ? { kind: 'intrinsic', name: 'Condition', argument: entry.value, where: node.where } : node;
}
