import type { Rule } from './rule.ts';

/**
 * Where AWS is stricter than moto, whoever calls: Describe in pages, client tokens honoured, what is in use
 * not deleted, instances and NAT gateways not there at once; and what AWS has and moto lacks, placement groups. Throttling and late visibility are not in it:
 * they are faults, for a test to ask for.
 */
export const likeAws: readonly Rule[] = [
  { match: { action: '*' }, fault: { kind: 'pages' } },
  { match: { action: '*' }, fault: { kind: 'client-tokens' } },
  { match: { action: '*' }, fault: { kind: 'refuse-deletes' } },
  { match: { action: '*' }, fault: { kind: 'linger', for: { reads: 2 } } },
  { match: { action: '*' }, fault: { kind: 'placement-groups' } },
];
