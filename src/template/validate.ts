import { type Diagnostic, hasErrors, sortDiagnostics } from '../base/diagnostic.ts';
import { formatSource, type SourceRange } from '../base/source.ts';
import { checkCondition, checkFunctions } from './check-functions.ts';
import { checkLifecyclePolicies } from './check-lifecycle-policies.ts';
import { checkResourceType } from './check-properties.ts';
import { type Checking, checkConditionName, fail, type Place } from './checking.ts';
import { findCircles } from './circles.ts';
import { brokenConstraint } from './parameter-constraint.ts';
import { readTemplate } from './parse.ts';
import { openMatcher } from './pattern.ts';
import { didYouMean, problem, quote } from './problem.ts';
import { templateRules } from './rules/template-rules.ts';
import { kindOf } from './sections.ts';
import type { ResourceDeclaration, Template, TemplateNode } from './template.ts';
import type { TypeSchemas } from './type-schema.ts';

/** What the template alone can be wrong about: references, functions, circles, types and properties. Sorted. */
export function validateTemplate(template: Template, typeSchemas: TypeSchemas): Diagnostic[] {
  const checking: Checking = { template, typeSchemas, diagnostics: [] };
  checkDefaults(checking);
  checkConditions(checking);
  const needs = new Map<string, Map<string, SourceRange>>();
  for (const resource of template.resources.values())
    needs.set(resource.logicalId, checkResource(resource, checking));
  checking.diagnostics.push(...circleProblems('Resources', needs));
  for (const { value, exportName, condition } of template.outputs.values()) {
    if (condition) checkConditionName(condition.name, condition.where, checking);
    if (value.kind === 'list' || value.kind === 'map') {
      const remedy = "Make it one text: !Join [',', [...]]";
      fail(
        checking,
        'template-property-type',
        value.where,
        `An output is text, not ${kindOf(value)}`,
        remedy,
      );
    }
    checkFunctions(value, { kind: 'output' }, checking);
    if (exportName) checkFunctions(exportName, { kind: 'export' }, checking);
  }
  for (const check of templateRules) check(checking);
  return sortDiagnostics(checking.diagnostics);
}

/**
 * Parses and validates in one: all that is wrong with the text, sorted. The template only when nothing is. What
 * `parseTemplate` and then `validateTemplate` would say, except that faults of one do not hide those of the other.
 */
export function checkTemplate(
  text: string,
  file: string,
  typeSchemas: TypeSchemas,
): { readonly template?: Template; readonly diagnostics: Diagnostic[] } {
  const { template, diagnostics: faults } = readTemplate(text, file);
  const found = template ? validateTemplate(template, typeSchemas) : [];
  // What could not be read may be what uses it.
  const told = hasErrors(faults) ? found.filter(({ code }) => code !== 'template-unused') : found;
  const diagnostics = sortDiagnostics([...faults, ...told]);
  return template && !hasErrors(diagnostics) ? { template, diagnostics } : { diagnostics };
}

/** Gives the resources that this one needs, each with the first place that says so. */
function checkResource(resource: ResourceDeclaration, checking: Checking): Map<string, SourceRange> {
  const needed = new Map<string, SourceRange>();
  const edge = (logicalId: string, where: SourceRange) => {
    if (!needed.has(logicalId)) needed.set(logicalId, where);
  };
  const place: Place = { kind: 'property', edge };
  const { properties, creationPolicy, updatePolicy, metadata, condition, dependsOn } = resource;
  checkResourceType(resource, checking);
  checkLifecyclePolicies(resource, checking);
  if (properties) checkFunctions(properties, place, checking);
  if (creationPolicy) checkFunctions(creationPolicy.value, { kind: 'metadata' }, checking);
  if (updatePolicy) checkFunctions(updatePolicy.value, place, checking);
  if (metadata) checkFunctions(metadata, { kind: 'metadata' }, checking);
  if (condition) checkConditionName(condition.name, condition.where, checking);
  for (const { logicalId, where } of dependsOn) {
    if (checking.template.resources.has(logicalId)) edge(logicalId, where);
    else {
      fail(
        checking,
        'template-reference',
        where,
        `There is no resource ${quote(logicalId)} to depend on`,
        didYouMean(logicalId, checking.template.resources.keys()),
      );
    }
  }
  return needed;
}

/** A default has to keep to the constraints, also where a parameter file gives another value. */
function checkDefaults(checking: Checking): void {
  const matcher = openMatcher();
  for (const declaration of checking.template.parameters.values()) {
    const { name, default: given, constraintDescription } = declaration;
    if (given?.kind !== 'scalar') continue;
    const broken = brokenConstraint(declaration, String(given.value), matcher);
    if (broken === undefined) continue;
    const summary = `The default of the parameter ${quote(name)} ${broken}`;
    fail(checking, 'template-parameter', given.where, summary, constraintDescription);
  }
}

function checkConditions(checking: Checking): void {
  const needs = new Map<string, Map<string, SourceRange>>();
  for (const [name, node] of checking.template.conditions) {
    checkCondition(node, checking, { kind: 'condition' });
    const used = new Map<string, SourceRange>();
    collectConditions(node, used);
    needs.set(name, used);
  }
  checking.diagnostics.push(...circleProblems('Conditions', needs));
}

function collectConditions(node: TemplateNode, used: Map<string, SourceRange>): void {
  if (node.kind === 'list') for (const item of node.items) collectConditions(item, used);
  else if (node.kind === 'intrinsic') {
    const { name, argument, where } = node;
    if (name === 'Condition' && argument.kind === 'scalar') used.set(String(argument.value), where);
    else collectConditions(argument, used);
  }
}

/** Names the whole circle; stands where its first member refers to the second. */
function circleProblems(
  what: 'Resources' | 'Conditions',
  needs: ReadonlyMap<string, ReadonlyMap<string, SourceRange>>,
): Diagnostic[] {
  const edges = new Map([...needs].map(([name, needed]) => [name, needed.keys()]));
  return findCircles(edges).map((circle) => {
    const steps = circle.map((name, index) => {
      const next = circle[(index + 1) % circle.length]!;
      return { name, next, where: needs.get(name)!.get(next)! };
    });
    const first = steps[0]!;
    const summary =
      circle.length === 1
        ? `${first.name} depends on itself`
        : `${what} depend on one another in a circle: ${[...circle, circle[0]].join(' -> ')}`;
    return {
      ...problem('template-cycle', first.where, summary, 'Remove one of these references'),
      detail: steps
        .map(({ name, next, where }) => `${name} needs ${next} at ${formatSource(where)}`)
        .join('; '),
    };
  });
}
