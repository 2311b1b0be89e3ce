import type { ResourceType } from '../provider/provider.ts';

/** The pure part of a resource type: all that planning needs of it. */
export type PlannedType = Pick<
  ResourceType,
  | 'type'
  | 'ref'
  | 'altersAttributes'
  | 'attributesChangedBy'
  | 'order'
  | 'leftToOthers'
  | 'states'
  | 'makesPrivateKey'
  | 'writeOnly'
  | 'replaces'
  | 'canonicalise'
  | 'hiddenDependencies'
  // Only whether there is one.
  | 'snapshot'
>;
