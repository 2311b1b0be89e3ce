import { type Diagnostic, hasErrors, sortDiagnostics } from '../base/diagnostic.ts';
import type { SourceRange } from '../base/source.ts';
import type { Properties, Secret } from '../base/value.ts';
import { problem, quote } from '../template/problem.ts';
import type { OutputDeclaration, ResourceDeclaration, Template } from '../template/template.ts';
import { fold, foldMap } from './fold.ts';
import { conditionHolds } from './fold-condition.ts';
import { absent, type Folding, type Lookups } from './folding.ts';
import { resolveParameters } from './resolve-parameters.ts';
import type { DesiredOutput, DesiredResource, DesiredStack, ParameterValues, TargetFacts } from './stack.ts';

export interface ResolveOptions {
  readonly facts: TargetFacts;
  readonly parameters: ParameterValues;
  /** What `parseParameters` gave for the file that the values came from: places its errors. */
  readonly parametersFile?: { readonly positions: ReadonlyMap<string, SourceRange> };
  /** Seals the texts of NoEcho parameters. */
  readonly seal: (plaintext: string) => Secret;
}

export interface Resolved {
  /** Only when there is no error. */
  readonly stack?: DesiredStack;
  /** NoEcho parameters by name, for `Scope.secret`. */
  readonly secretParameters: ReadonlyMap<string, Secret>;
  readonly diagnostics: Diagnostic[];
}

/** A checked template in one environment: the desired graph. Collects every problem; never throws. */
export function resolveStack(template: Template, options: ResolveOptions): Resolved {
  const { facts, seal } = options;
  const diagnostics: Diagnostic[] = [];
  const lookups = lookupsIn(facts);
  const parameters = resolveParameters(
    template,
    { values: options.parameters, positions: options.parametersFile?.positions ?? new Map(), lookups },
    diagnostics,
  );
  const folding: Folding = { template, lookups, parameters, diagnostics, conditions: new Map() };
  const resources = new Map<string, DesiredResource>();
  for (const declaration of template.resources.values()) {
    const resource = resolveResource(declaration, folding);
    if (resource) resources.set(resource.logicalId, resource);
  }
  const outputs = new Map<string, DesiredOutput>();
  for (const declaration of template.outputs.values()) {
    const output = resolveOutput(declaration, folding);
    if (output) outputs.set(output.name, output);
  }
  const secretParameters = new Map<string, Secret>();
  for (const [name, { secretText }] of parameters) {
    if (secretText !== undefined) secretParameters.set(name, seal(secretText));
  }
  const sorted = distinct(sortDiagnostics(diagnostics));
  if (hasErrors(sorted)) return { secretParameters, diagnostics: sorted };
  return { stack: { file: template.file, resources, outputs }, secretParameters, diagnostics: sorted };
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
    exported: (name) => facts.exports.get(name),
    secret: () => {},
  };
}

/** Undefined when the resource's condition is false. */
export function resolveResource(
  declaration: ResourceDeclaration,
  folding: Folding,
): DesiredResource | undefined {
  const { logicalId, type, condition, metadata, where } = declaration;
  if (condition && conditionHolds(condition.name, condition, folding) === false) return undefined;
  const references = new Set<string>();
  const positions = new Map<string, SourceRange>();
  const site = { folding, references, positions, inCondition: false };
  const properties = declaration.properties ? foldMap(declaration.properties, site, '') : {};
  if (references.has(logicalId)) {
    folding.diagnostics.push(
      problem('template-cycle', where, `The resource ${quote(logicalId)} refers to itself`),
    );
  }
  for (const { logicalId: other } of declaration.dependsOn) {
    // As in CloudFormation, waiting for what a condition removed is waiting for nothing.
    const needed = folding.template.resources.get(other);
    if (!needed?.condition || conditionHolds(needed.condition.name, needed.condition, folding) !== false) {
      references.add(other);
    }
  }
  const deletionPolicy = declaration.deletionPolicy ?? 'Delete';
  return {
    logicalId,
    type,
    properties,
    dependsOn: [...references].sort(),
    deletionPolicy,
    updateReplacePolicy: declaration.updateReplacePolicy ?? 'Delete',
    metadata: metadata ? resolveMetadata(metadata, folding) : {},
    where,
    positions,
  };
}

/** Metadata may refer to anything, but makes no edges. */
function resolveMetadata(
  metadata: NonNullable<ResourceDeclaration['metadata']>,
  folding: Folding,
): Properties {
  return foldMap(metadata, { folding, references: new Set(), inCondition: false }, undefined);
}

/** Undefined when the output's condition is false. */
export function resolveOutput(declaration: OutputDeclaration, folding: Folding): DesiredOutput | undefined {
  const { name, description, condition, exportName, where } = declaration;
  if (condition && conditionHolds(condition.name, condition, folding) === false) return undefined;
  const site = { folding, references: new Set<string>(), inCondition: false };
  const value = fold(declaration.value, site);
  if (value === absent) return undefined;
  const exported = exportName && fold(exportName, site);
  if (exportName && typeof exported !== 'string') {
    folding.diagnostics.push(
      problem(
        'template-intrinsic',
        exportName.where,
        'The name of an export must be known before anything is created',
        'Make it of texts, parameters and pseudo parameters',
      ),
    );
  }
  return {
    name,
    ...(description === undefined ? {} : { description }),
    value,
    ...(typeof exported === 'string' ? { exportName: exported } : {}),
    where,
  };
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
