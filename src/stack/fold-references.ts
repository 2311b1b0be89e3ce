import { isList, isObject, unknown, type Value } from '../base/value.ts';
import { pseudoParameters } from '../template/intrinsics.ts';
import { didYouMean, problem, quote } from '../template/problem.ts';
import { subParts, subTarget } from '../template/substitution.ts';
import type { TemplateNode } from '../template/template.ts';
import { fold, foldFunction } from './fold.ts';
import { conditionHolds } from './fold-condition.ts';
import { absent, type Folded, report, type Site } from './folding.ts';

export function foldReference(argument: TemplateNode, node: TemplateNode, site: Site): Folded {
  const name = fold(argument, site);
  if (typeof name === 'string') return referTo(name, node, site);
  report(site, node, 'Ref takes the name of a parameter or the logical id of a resource');
  return unknown;
}

function referTo(name: string, node: TemplateNode, site: Site): Folded {
  const { template, parameters, diagnostics } = site.folding;
  if (name.startsWith('AWS::')) return pseudo(name, node, site);
  const parameter = parameters.get(name);
  if (parameter) return (site.inCondition ? parameter.plain : parameter.expression) ?? unknown;
  if (usable(name, node, site)) return { Ref: name };
  if (!template.resources.has(name)) {
    diagnostics.push(
      problem(
        'template-reference',
        node.where,
        `There is no parameter or resource ${quote(name)}`,
        didYouMean(name, [...template.parameters.keys(), ...template.resources.keys(), ...pseudoParameters]),
      ),
    );
  }
  return unknown;
}

/** Whether the resource is there in this stack; notes the reference, and reports one that a condition removes. */
function usable(logicalId: string, node: TemplateNode, site: Site): boolean {
  const { template, diagnostics } = site.folding;
  const resource = template.resources.get(logicalId);
  if (!resource) return false;
  if (site.inCondition) {
    report(
      site,
      node,
      `A condition cannot refer to the resource ${quote(logicalId)}`,
      'Refer to a parameter',
    );
    return false;
  }
  const { condition } = resource;
  if (condition && conditionHolds(condition.name, condition, site.folding) === false) {
    diagnostics.push(
      problem(
        'template-reference',
        node.where,
        `The resource ${quote(logicalId)} is not there, because its condition ${quote(condition.name)} is false`,
        `Wrap the reference in !If [${condition.name}, ..., !Ref AWS::NoValue]`,
      ),
    );
    return false;
  }
  site.references.add(logicalId);
  return true;
}

function pseudo(name: string, node: TemplateNode, site: Site): Folded {
  const { lookups } = site.folding;
  switch (name) {
    case 'AWS::NoValue':
      return absent;
    case 'AWS::Region':
      return lookups.region ?? unknown;
    case 'AWS::AccountId':
      return lookups.account ?? unknown;
    case 'AWS::Partition':
      return lookups.partition ?? unknown;
    case 'AWS::StackName':
      return lookups.stackName ?? unknown;
    case 'AWS::StackId':
      return lookups.stack ?? unknown;
    case 'AWS::NotificationARNs':
      return [];
    case 'AWS::URLSuffix':
      if (lookups.region === undefined) return unknown;
      return lookups.region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
    default:
      site.folding.diagnostics.push(
        problem(
          'template-reference',
          node.where,
          `There is no pseudo parameter ${quote(name)}`,
          didYouMean(name, pseudoParameters),
        ),
      );
      return unknown;
  }
}

export function foldGetAtt(argument: TemplateNode, node: TemplateNode, site: Site): Value {
  const parts = fold(argument, site);
  if (isList(parts) && parts.length === 2 && parts.every((part) => typeof part === 'string')) {
    return attributeOf(parts[0] as string, parts[1] as string, node, site);
  }
  report(site, node, 'Fn::GetAtt takes a logical id and an attribute', 'Write !GetAtt Vpc.CidrBlock');
  return unknown;
}

function attributeOf(logicalId: string, attribute: string, node: TemplateNode, site: Site): Value {
  const { template, diagnostics } = site.folding;
  if (usable(logicalId, node, site)) return { 'Fn::GetAtt': [logicalId, attribute] };
  if (!template.resources.has(logicalId)) {
    diagnostics.push(
      problem(
        'template-reference',
        node.where,
        `There is no resource ${quote(logicalId)}`,
        didYouMean(logicalId, template.resources.keys()),
      ),
    );
  }
  return unknown;
}

/** Rewritten to a Join of its pieces. */
export function foldSub(argument: TemplateNode, node: TemplateNode, site: Site): Value {
  const [textNode, variablesNode] = argument.kind === 'list' ? argument.items : [argument];
  const extra = argument.kind === 'list' && argument.items.length > 2;
  if (textNode?.kind !== 'scalar' || textNode.value === null || extra) {
    report(site, node, 'Fn::Sub takes a text, or a text and a mapping of variables');
    return unknown;
  }
  const variables = variablesNode ? fold(variablesNode, site) : {};
  if (!isObject(variables)) {
    report(site, node, 'The second argument of Fn::Sub must be a mapping of variables');
    return unknown;
  }
  const pieces = subParts(String(textNode.value)).map((part): Value => {
    if (part.kind === 'text') return part.text;
    if (Object.hasOwn(variables, part.name)) return variables[part.name]!;
    const target = subTarget(part.name);
    const value =
      target.attribute === undefined
        ? referTo(target.name, node, site)
        : attributeOf(target.name, target.attribute, node, site);
    if (value !== absent && !isList(value)) return value;
    report(site, node, `Fn::Sub cannot put \${${part.name}} into a text, because it is not one`);
    return unknown;
  });
  return foldFunction('Fn::Join', ['', pieces], node, site);
}
