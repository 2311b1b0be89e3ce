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
  const diagnostics: Diagnostic[] = [];
  const lookups = lookupsIn(options.facts);
  const parameters = resolveParameters(
    template,
    {
      values: options.parameters,
      file: options.parametersFile ?? template.file,
      positions: options.parameterPositions ?? new Map(),
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
  const sorted = distinct(sortDiagnostics(diagnostics));
  if (hasErrors(sorted)) return { diagnostics: sorted };
  return { stack: { file: template.file, resources, outputs }, diagnostics: sorted };
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
