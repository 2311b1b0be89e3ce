import type { Example } from '../example.ts';
import { countAtPath } from './at-path.ts';

const properties = {
  Name: 'Example',
  TokenPolicies: ['shop', 'default'],
  TokenTtl: '20m',
  SecretIdNumUses: 1,
};

export const appRole: Example = {
  type: 'Vault::AppRole',
  creates: 'POST auth/approle/role/example',
  properties,
  edits: {
    'other policies': { TokenPolicies: ['shop', 'bank'], TokenNoDefaultPolicy: true },
    'other times': { TokenTtl: '5m', TokenMaxTtl: '1h', TokenExplicitMaxTtl: '2h' },
    'tokens without an end': { TokenTtl: undefined, TokenPeriod: '1h' },
    'for a few uses': { TokenNumUses: 5, SecretIdNumUses: 3, SecretIdTtl: '10m' },
    'from some places only': {
      TokenBoundCidrs: ['10.0.0.0/8'],
      SecretIdBoundCidrs: ['10.1.0.0/16', '10.0.0.0/16'],
    },
    'without a secret id': {
      BindSecretId: false,
      TokenBoundCidrs: ['10.0.0.4/32', '10.0.0.5', '2001:DB8::1/128'],
      SecretIdBoundCidrs: ['10.0.0.4/32', '10.0.0.5', '2001:DB8::1/128'],
      SecretIdNumUses: undefined,
    },
    'another kind of token': { TokenType: 'batch' },
  },
  sameAs: {
    'written in another way': {
      ...properties,
      Mount: 'approle',
      Name: 'example',
      BindSecretId: 'true',
      TokenPolicies: ['default', 'shop'],
      TokenTtl: 1200,
    },
  },
  count: countAtPath,
};
