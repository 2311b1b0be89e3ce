import type { Diagnostic } from '../base/diagnostic.ts';
import type { Value } from '../base/value.ts';
import type { DesiredResource } from '../stack/stack.ts';
import type { PlannedType } from './planned-type.ts';
import { slipwayMetadata } from './slipway-metadata.ts';

/** What planning and providers call it: a property like the others, which no published schema has. */
const property = 'State';

/**
 * The resources, with the state that `Metadata: { Slipway: { State: stopped } }` asks for as the property `State` of
 * the types that have states. From there on it is planned and applied as any property is.
 */
export function withDesiredStates(
  resources: ReadonlyMap<string, DesiredResource>,
  typeOf: (type: string) => PlannedType,
): ReadonlyMap<string, DesiredResource> {
  return new Map(
    [...resources].map(([logicalId, resource]) => {
      const state = stateOf(resource);
      if (state === undefined || typeOf(resource.type).states === undefined) return [logicalId, resource];
      return [logicalId, { ...resource, properties: { ...resource.properties, [property]: state } }];
    }),
  );
}

/** A state that the type does not have. */
export function unknownState(resource: DesiredResource, typeOf: (type: string) => PlannedType): Diagnostic[] {
  const state = stateOf(resource);
  const { states = [] } = typeOf(resource.type);
  if (state === undefined || (typeof state === 'string' && states.includes(state))) return [];
  return [
    {
      severity: 'error',
      code: 'plan-unsupported',
      summary: `${resource.logicalId} asks for the state ${typeof state === 'string' ? `'${state}'` : 'that only the cloud can tell'}, which ${resource.type} cannot have`,
      remedy:
        states.length === 0
          ? 'Take State out of its Slipway metadata.'
          : `Use one of these as State in its Slipway metadata: ${states.join(', ')}.`,
      where: resource.where,
    },
  ];
}

function stateOf(resource: DesiredResource): Value | undefined {
  return slipwayMetadata(resource, property);
}
