import { checkFunctions } from './check-functions.ts';
import type { Checking } from './checking.ts';
import type { Template } from './template.ts';

/**
 * What each resource of a checked template needs first, by logical id, sorted: references and DependsOn. Conditions
 * are not decided, which takes an environment: both sides of an `Fn::If` count.
 */
export function dependenciesOf(template: Template): ReadonlyMap<string, readonly string[]> {
  const checking: Checking = { template, typeSchemas: {}, diagnostics: [] };
  return new Map(
    [...template.resources.values()].map(({ logicalId, properties, dependsOn }) => {
      const needed = new Set(dependsOn.map((d) => d.logicalId));
      const edge = (other: string) => needed.add(other);
      if (properties) checkFunctions(properties, { kind: 'property', edge }, checking);
      return [logicalId, [...needed].filter((id) => template.resources.has(id)).sort()];
    }),
  );
}
