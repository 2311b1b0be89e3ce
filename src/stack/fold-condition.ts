import { canonicalJson } from '../base/canonical-json.ts';
import { hasUnknown } from '../base/value.ts';
import { asCondition } from '../template/node-builder.ts';
import { didYouMean, problem, quote } from '../template/problem.ts';
import type { TemplateNode } from '../template/template.ts';
import { fold } from './fold.ts';
import { absent, type Folding, report, type Site } from './folding.ts';

/** Whether the named condition holds; undefined when that hangs on a value that is not known yet. */
export function conditionHolds(
  name: string,
  node: TemplateNode | { where: TemplateNode['where'] },
  folding: Folding,
): boolean | undefined {
  const known = folding.conditions.get(name);
  if (typeof known === 'boolean' || folding.conditions.has(name)) {
    if (known !== 'open') return known;
    folding.diagnostics.push(
      problem('template-cycle', node.where, `The condition ${quote(name)} depends on itself`),
    );
    return undefined;
  }
  const declared = folding.template.conditions.get(name);
  if (!declared) {
    folding.diagnostics.push(
      problem(
        'template-reference',
        node.where,
        `There is no condition ${quote(name)}`,
        didYouMean(name, folding.template.conditions.keys()),
      ),
    );
    return undefined;
  }
  folding.conditions.set(name, 'open');
  const holds = decide(declared, { folding, references: new Set(), inCondition: true });
  folding.conditions.set(name, holds);
  return holds;
}

function decide(given: TemplateNode, site: Site): boolean | undefined {
  const node = asCondition(given);
  if (node.kind !== 'intrinsic') {
    report(
      site,
      node,
      'A condition must be a condition function',
      'Use Fn::Equals, Fn::And, Fn::Or, Fn::Not or Condition',
    );
    return undefined;
  }
  const { name, argument } = node;
  if (name === 'Condition') {
    if (argument.kind === 'scalar') return conditionHolds(String(argument.value), argument, site.folding);
    report(site, node, 'Condition takes the name of a condition');
    return undefined;
  }
  const items = argument.kind === 'list' ? argument.items : undefined;
  if (name === 'Fn::Equals' && items?.length === 2) return equal(items[0]!, items[1]!, site);
  if (name === 'Fn::Not' && items?.length === 1) return not(decide(items[0]!, site));
  if (name === 'Fn::And' && items) return every(items.map((item) => decide(item, site)));
  if (name === 'Fn::Or' && items) return not(every(items.map((item) => not(decide(item, site)))));
  report(site, node, `${name} is not a condition function with the right arguments`);
  return undefined;
}

function equal(left: TemplateNode, right: TemplateNode, site: Site): boolean | undefined {
  const a = fold(left, site);
  const b = fold(right, site);
  if (a === absent || b === absent) return a === b;
  if (hasUnknown(a) || hasUnknown(b)) return undefined;
  return comparable(a) === comparable(b);
}

/** CloudFormation compares text: the number 1 and the text '1' are equal. */
function comparable(value: unknown): string {
  return typeof value === 'object' ? canonicalJson(value) : String(value);
}

function not(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}

function every(values: readonly (boolean | undefined)[]): boolean | undefined {
  if (values.includes(false)) return false;
  return values.includes(undefined) ? undefined : true;
}
