import { isList, type Properties } from '../../base/value.ts';
import type { Refusal } from '../provider.ts';
import type { Fields } from './fields.ts';
import { isAmong, type VaultScope } from './scope.ts';

/** What every way to log in to Vault says of the tokens that it gives. */
export const tokenFields: Fields = {
  TokenPolicies: {
    field: 'token_policies',
    kind: 'set',
    default: [],
    description:
      'The policies of its tokens, beside `default`. Each is one that the settings let this environment make.',
  },
  TokenNoDefaultPolicy: {
    field: 'token_no_default_policy',
    kind: 'flag',
    default: false,
    description: 'Whether they are without the policy `default`.',
  },
  TokenTtl: {
    field: 'token_ttl',
    kind: 'duration',
    default: '0s',
    description: 'How long a token is valid at first. `0s`: as the mount says.',
  },
  TokenMaxTtl: {
    field: 'token_max_ttl',
    kind: 'duration',
    default: '0s',
    description: 'How long it can be renewed for.',
  },
  TokenExplicitMaxTtl: {
    field: 'token_explicit_max_ttl',
    kind: 'duration',
    default: '0s',
    description: 'How long it lives at most, whatever else is said.',
  },
  TokenPeriod: {
    field: 'token_period',
    kind: 'duration',
    default: '0s',
    description: 'For tokens without an end: how often each has to be renewed.',
  },
  TokenNumUses: {
    field: 'token_num_uses',
    kind: 'integer',
    default: 0,
    minimum: 0,
    description: 'How often a token can be used. `0`: as often as one likes.',
  },
  TokenBoundCidrs: {
    field: 'token_bound_cidrs',
    kind: 'networks',
    default: [],
    description: 'Where a token can be used from.',
  },
  TokenType: {
    field: 'token_type',
    kind: 'text',
    default: 'default',
    enum: ['batch', 'default', 'service'],
    description: 'Which kind of token it is.',
  },
};

/**
 * Policies that the settings do not let the environment make: whoever writes a template would otherwise give their own
 * application a policy of the operators'.
 */
export function refusedPolicies(scope: VaultScope, { TokenPolicies }: Properties): Refusal[] {
  const names = isList(TokenPolicies) ? TokenPolicies.filter((name) => typeof name === 'string') : [];
  return names
    .filter((name) => name.toLowerCase() !== 'default')
    .filter(
      (name) =>
        !isAmong(`sys/policies/acl/${name.toLowerCase()}`, scope.writes) || name.toLowerCase() === 'root',
    )
    .map((name) => ({
      summary: `the settings do not let this environment give anybody the policy ${name}`,
      remedy: `Name a policy of your own, or have an operator add sys/policies/acl/${name} to the environment's vault-writes.`,
    }));
}
