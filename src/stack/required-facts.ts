import type { Template } from '../template/template.ts';
import type { Folding, Lookups } from './folding.ts';
import { resolveParameters } from './resolve-parameters.ts';
import { resolveOutput, resolveResource } from './resolve-stack.ts';
import type { ParameterValues, RequiredFacts, TargetFacts } from './stack.ts';

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
    secret: (reference) => void references.add(reference),
  };
  const resolved = resolveParameters(template, { values: parameters, positions: new Map(), lookups }, []);
  const folding: Folding = {
    template,
    lookups,
    parameters: resolved,
    diagnostics: [],
    conditions: new Map(),
  };
  for (const declaration of template.resources.values()) resolveResource(declaration, folding);
  for (const declaration of template.outputs.values()) resolveOutput(declaration, folding);
  const secretNames = [...resolved]
    .filter(([, { secretText }]) => secretText !== undefined)
    .map(([name]) => name);
  return {
    availabilityZoneRegions: [...regions].sort(),
    ssmParameters: [...ssmParameters].sort(),
    imports: [...imports].sort(),
    secrets: [
      ...secretNames.sort().map((name) => ({ $slipway: 'parameter', name }) as const),
      ...[...references].sort().map((reference) => ({ $slipway: 'resolve', reference }) as const),
    ],
  };
}
