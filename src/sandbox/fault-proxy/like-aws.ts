import type { Rule } from './rule.ts';

/**
 * Where AWS is stricter than moto, whoever calls: Describe in pages, client tokens honoured, what is in use
 * not deleted, instances and NAT gateways not there at once. Throttling and late visibility are not in it:
 * they are faults, for a test to ask for.
 */
export const likeAws: readonly Rule[] = [
  { match: { action: '*' }, fault: { kind: 'pages' } },
  { match: { action: '*' }, fault: { kind: 'client-tokens' } },
  { match: { action: '*' }, fault: { kind: 'refuse-deletes' } },
  { match: { action: '*' }, fault: { kind: 'linger', for: { reads: 2 } } },
];
