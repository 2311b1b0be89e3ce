import { type Diagnostic, hasErrors, sortDiagnostics } from '../base/diagnostic.ts';
import type { SourceRange } from '../base/source.ts';
import type { Unknown } from '../base/value.ts';
import { findCircles } from '../template/circles.ts';
import { problem } from '../template/problem.ts';
import type { Template } from '../template/template.ts';
import { allowance, type Folding, type Lookups } from './folding.ts';
import { resolveParameters } from './resolve-parameters.ts';
import { resolveOutput, resolveResource } from './resolve-resource.ts';
import type {
  DesiredOutput,
  DesiredResource,
  DesiredStack,
  ParameterValues,
  RequiredFacts,
  TargetFacts,
} from './stack.ts';

export interface ResolveOptions {
  readonly facts: TargetFacts;
  readonly parameters: ParameterValues;
  /** The file that the values came from, or would come from, for errors in them. */
  readonly parametersFile?: string;
  /** Where each value stands in that file, as `parseParameters` gives it. */
  readonly parameterPositions?: ReadonlyMap<string, SourceRange>;
}

/**
 * A checked template in one environment: the desired graph, only when there is no error. Collects every problem,
 * sorted; never throws. The text of a NoEcho parameter is nowhere in it: properties hold a `SecretReference`.
 */
export function resolveStack(
  template: Template,
  options: ResolveOptions,
): { readonly stack?: DesiredStack; readonly diagnostics: Diagnostic[] } {
  const { stack, diagnostics } = resolveWith(template, lookupsIn(options.facts), options);
  const sorted = distinct(sortDiagnostics(diagnostics));
  return hasErrors(sorted) ? { diagnostics: sorted } : { stack, diagnostics: sorted };
}

/** What came of it, whatever was wrong. */
function resolveWith(
  template: Template,
  lookups: Lookups,
  given: Omit<ResolveOptions, 'facts'>,
): { readonly stack: DesiredStack; readonly diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const parameters = resolveParameters(
    template,
    {
      values: given.parameters,
      file: given.parametersFile ?? template.file,
      positions: given.parameterPositions ?? new Map(),
      lookups,
    },
    diagnostics,
  );
  const folding: Folding = {
    template,
    lookups,
    parameters,
    diagnostics,
    conditions: new Map(),
    allowance: { left: allowance },
  };
  const resources = new Map<string, DesiredResource>();
  for (const declaration of template.resources.values()) {
    const resource = resolveResource(declaration, folding);
    if (resource) resources.set(resource.logicalId, resource);
  }
  reportCircles(resources, diagnostics);
  const outputs = new Map<string, DesiredOutput>();
  for (const declaration of template.outputs.values()) {
    const output = resolveOutput(declaration, folding);
    if (output) outputs.set(output.name, output);
  }
  return { stack: { file: template.file, resources, outputs }, diagnostics };
}

function lookupsIn(facts: TargetFacts): Lookups {
  return {
    stack: facts.stack,
    stackName: facts.stackName,
    region: facts.region,
    account: facts.account,
    partition: facts.partition,
    zones: (region) => facts.availabilityZones.get(region),
    ssm: (name) => facts.ssmParameters.get(name),
    exported: (name) => known(facts.exports.get(name)),
    isLate: (name) => facts.lateExports?.has(name) === true && facts.exports.has(name),
    secret: () => {},
  };
}

function known(value: string | Unknown | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The validator cannot see a circle through Fn::If: which side is there is known only now. */
function reportCircles(resources: ReadonlyMap<string, DesiredResource>, diagnostics: Diagnostic[]): void {
  const needs = new Map([...resources].map(([logicalId, { dependsOn }]) => [logicalId, dependsOn]));
  for (const circle of findCircles(needs)) {
    const path = [...circle, circle[0]].join(' -> ');
    const { where } = resources.get(circle[0]!)!;
    diagnostics.push(
      problem(
        'template-cycle',
        where,
        `Resources depend on one another in a circle: ${path}`,
        'Remove one of these references',
      ),
    );
  }
}

/** One fault that several references meet (an undeclared condition) is told once. */
function distinct(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ where, summary }) => {
    const key = `${where?.file}:${where?.line}:${where?.column}:${summary}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/**
 * The desired graph as far as the files alone tell: what only the target, another stack or a parameter without a value
 * would give is unknown, and of a condition that hangs on it both sides are there. What else is wrong is reported.
 */
export function resolveAlone(
  template: Template,
  parameters: ParameterValues,
  target: KnownTarget & { readonly region: string | undefined },
): { readonly stack?: DesiredStack; readonly diagnostics: Diagnostic[] } {
  const asked: Lookups = {
    stack: target.stack,
    stackName: target.stackName,
    region: target.region,
    account: target.account,
    partition: target.partition,
    zones: () => undefined,
    ssm: () => undefined,
    exported: () => undefined,
    isLate: () => false,
    secret: () => {},
  };
  const { stack, diagnostics } = resolveWith(template, asked, { parameters });
  const valueless = [...template.parameters.values()].filter(
    ({ name, default: preset }) => !preset && !Object.hasOwn(parameters, name),
  );
  const isOpen = ({ code, where }: Diagnostic) =>
    code === 'cloud-unresolved' ||
    (code === 'template-parameter' && valueless.some((declaration) => declaration.where === where));
  const told = distinct(sortDiagnostics(diagnostics)).filter((diagnostic) => !isOpen(diagnostic));
  return hasErrors(told) ? { diagnostics: told } : { stack, diagnostics: told };
}

/** What is known of the target before anything is asked of it. */
export type KnownTarget = Partial<Pick<TargetFacts, 'stack' | 'stackName' | 'account' | 'partition'>>;

/**
 * What `resolveStack` will need: found by resolving once with nothing known and noting what was asked. Where a
 * condition hangs on such a fact, both sides count. Problems are `resolveStack`'s to report.
 */
export function requiredFacts(
  template: Template,
  parameters: ParameterValues,
  region: string,
  known: KnownTarget = {},
): RequiredFacts {
  const regions = new Set<string>();
  const ssmParameters = new Set<string>();
  const imports = new Set<string>();
  const references = new Set<string>();
  const lookups: Lookups = {
    stack: known.stack,
    stackName: known.stackName,
    region,
    account: known.account,
    partition: known.partition,
    zones: (name) => void regions.add(name),
    ssm: (name) => void ssmParameters.add(name),
    exported: (name) => void imports.add(name),
    isLate: () => false,
    secret: (reference) => void references.add(reference),
  };
  const resolved = resolveParameters(
    template,
    { values: parameters, file: template.file, positions: new Map(), lookups },
    [],
  );
  const folding: Folding = {
    template,
    lookups,
    parameters: resolved,
    diagnostics: [],
    conditions: new Map(),
    allowance: { left: allowance },
  };
  for (const declaration of template.resources.values()) resolveResource(declaration, folding);
  const outputs = [...template.outputs.values()].flatMap((o) => resolveOutput(o, folding) ?? []);
  const secretNames = [...resolved.values()].flatMap(({ secretName }) => secretName ?? []);
  return {
    availabilityZoneRegions: [...regions].sort(),
    ssmParameters: [...ssmParameters].sort(),
    imports: [...imports].sort(),
    exports: outputs.flatMap(({ exportName }) => exportName ?? []).sort(),
    secrets: [
      ...secretNames.sort().map((name) => ({ $slipway: 'parameter', name }) as const),
      ...[...references].sort().map((reference) => ({ $slipway: 'resolve', reference }) as const),
    ],
  };
}
