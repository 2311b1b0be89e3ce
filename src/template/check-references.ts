import type { SourceRange } from '../base/source.ts';
import { type Checking, fail, type Place } from './checking.ts';
import { pseudoParameters } from './intrinsics.ts';
import { didYouMean, quote } from './problem.ts';
import { subParts, subTarget } from './substitution.ts';
import type { ScalarNode } from './template.ts';

/** Whether `Ref` may name it here. */
export function checkRef(name: string, where: SourceRange, place: Place, checking: Checking): void {
  const { parameters, resources } = checking.template;
  if (parameters.has(name) || pseudoParameters.includes(name)) return;
  if (resources.has(name)) {
    checkResourceUse(name, where, place, checking);
    return;
  }
  const candidates = name.startsWith('AWS::')
    ? pseudoParameters
    : [...parameters.keys(), ...(refersToResources(place) ? resources.keys() : []), ...pseudoParameters];
  fail(
    checking,
    'template-reference',
    where,
    name.startsWith('AWS::')
      ? `There is no pseudo parameter ${quote(name)}`
      : `There is no parameter or resource ${quote(name)}`,
    didYouMean(name, candidates),
  );
}

/** Whether the resource and its attribute exist. `attribute` is undefined where only the cloud's answer names it. */
export function checkGetAtt(
  logicalId: string,
  attribute: string | undefined,
  where: SourceRange,
  place: Place,
  checking: Checking,
): void {
  const { resources, parameters } = checking.template;
  const resource = resources.get(logicalId);
  if (!resource) {
    fail(
      checking,
      'template-reference',
      where,
      `There is no resource ${quote(logicalId)}`,
      parameters.has(logicalId)
        ? `${logicalId} is a parameter, and has no attributes: write !Ref ${logicalId}`
        : didYouMean(logicalId, resources.keys()),
    );
    return;
  }
  checkResourceUse(logicalId, where, place, checking);
  const attributes = Object.hasOwn(checking.typeSchemas, resource.type)
    ? checking.typeSchemas[resource.type]!.attributes
    : undefined;
  if (attribute === undefined || !attributes || attributes.includes(attribute)) return;
  fail(
    checking,
    'template-reference',
    where,
    `${resource.type} has no attribute ${quote(attribute)}`,
    didYouMean(
      attribute,
      attributes,
      attributes.length === 0 ? 'It has none; use !Ref' : `It has ${[...attributes].sort().join(', ')}`,
    ),
  );
}

function refersToResources(place: Place): boolean {
  return place.kind !== 'condition' && place.kind !== 'export';
}

function checkResourceUse(logicalId: string, where: SourceRange, place: Place, checking: Checking): void {
  if (refersToResources(place)) {
    place.edge?.(logicalId, where);
    return;
  }
  const what = place.kind === 'condition' ? 'A condition' : 'The name of an export';
  fail(
    checking,
    'template-reference',
    where,
    `${what} cannot refer to the resource ${quote(logicalId)}`,
    'It must be known before anything is created: use parameters',
  );
}

/** Every variable in a text of Fn::Sub. `own` are the names that the function's second argument gives values. */
export function checkSubText(
  node: ScalarNode,
  own: ReadonlySet<string>,
  place: Place,
  checking: Checking,
): void {
  const text = String(node.value);
  for (const part of subParts(text)) {
    if (part.kind === 'text' || own.has(part.name)) continue;
    const where = placeInText(node.where, text, part.offset, part.length);
    if (!/^[A-Za-z0-9:]+(\.[A-Za-z0-9_.-]+)?$/.test(part.name)) {
      fail(
        checking,
        'template-intrinsic',
        where,
        `Fn::Sub has no variable of the name ${quote(part.name)}`,
        `Write \${!${part.name}} for a plain \${${part.name}}`,
      );
      continue;
    }
    const { name, attribute } = subTarget(part.name);
    if (attribute === undefined) checkRef(name, where, place, checking);
    else checkGetAtt(name, attribute, where, place, checking);
  }
}

/**
 * The line of a place in a scalar. A block scalar (`|`) begins below its indicator and has one line for each line
 * of text; of any other text that spans lines only its beginning is known.
 */
function placeInText(where: SourceRange, text: string, offset: number, length: number): SourceRange {
  const lines = (where.endLine ?? where.line) - where.line;
  const breaks = text.split('\n').length - 1;
  if (breaks > 0 && lines >= breaks) {
    const line = where.line + text.slice(0, offset).split('\n').length;
    return { file: where.file, line, column: 1, endLine: line };
  }
  const width = (where.endColumn ?? where.column) - where.column;
  const quotes = width - text.length;
  if (lines !== 0 || (quotes !== 0 && quotes !== 2)) return where;
  const column = where.column + quotes / 2 + offset;
  return { file: where.file, line: where.line, column, endLine: where.line, endColumn: column + length };
}
