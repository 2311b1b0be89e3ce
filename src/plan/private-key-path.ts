import type { Diagnostic } from '../base/diagnostic.ts';
import type { DesiredResource } from '../stack/stack.ts';
import type { PlannedType } from './planned-type.ts';
import { slipwayMetadata } from './slipway-metadata.ts';

/** What the metadata, planning and providers call it: a property like the others, which no published schema has. */
const property = 'PrivateKey';

/**
 * The resources, with the path in Vault that `Metadata: { Slipway: { PrivateKey: secret/data/shop/key } }` names as a
 * property of the types that make a private key.
 */
export function withPrivateKeyPaths(
  resources: ReadonlyMap<string, DesiredResource>,
  typeOf: (type: string) => PlannedType,
): ReadonlyMap<string, DesiredResource> {
  return new Map(
    [...resources].map(([logicalId, resource]) => {
      const path = slipwayMetadata(resource, property);
      if (path === undefined || !typeOf(resource.type).makesPrivateKey) return [logicalId, resource];
      return [logicalId, { ...resource, properties: { ...resource.properties, [property]: path } }];
    }),
  );
}

/** A path of what makes no key, or that is no text. */
export function impossiblePrivateKey(
  resource: DesiredResource,
  typeOf: (type: string) => PlannedType,
): Diagnostic[] {
  const path = slipwayMetadata(resource, property);
  if (path === undefined) return [];
  const { logicalId, type, where } = resource;
  const say = (summary: string, remedy: string): Diagnostic[] => [
    { severity: 'error', code: 'plan-metadata', summary, remedy, where },
  ];
  if (!typeOf(type).makesPrivateKey) {
    return say(
      `${logicalId} has no private key: ${type} makes none`,
      'Take PrivateKey out of its Slipway metadata.',
    );
  }
  if (typeof path === 'string' && /^[^/].*\/data\/.+$/.test(path)) return [];
  return say(
    `PrivateKey of ${logicalId} is no path of a secret in Vault`,
    'Write for example secret/data/shop/key, as text or made of texts and parameters.',
  );
}
