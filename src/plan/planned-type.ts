import type { ResourceType } from '../provider/provider.ts';

/** The pure part of a resource type: all that planning needs of it. */
export type PlannedType = Pick<
  ResourceType,
  'type' | 'ref' | 'order' | 'writeOnly' | 'replaces' | 'canonicalise' | 'hiddenDependencies'
>;
