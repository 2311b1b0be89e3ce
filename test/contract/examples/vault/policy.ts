import type { Example } from '../example.ts';
import { countAtPath } from './at-path.ts';

const Rules = [
  { Path: 'secret/data/shop/*', Capabilities: ['read', 'list'] },
  { Path: 'database/creds/shop', Capabilities: ['read'] },
];

/** What no policy may give is in test/provider/vault/policy.test.ts. */
export const policy: Example = {
  type: 'Vault::Policy',
  creates: 'POST sys/policies/acl/example',
  properties: { Name: 'example', Rules },
  edits: {
    'one rule less': { Rules: Rules.slice(0, 1) },
    'a rule that says how': {
      Rules: [
        ...Rules,
        {
          Path: 'transit/+/shop',
          Capabilities: ['update'],
          RequiredParameters: ['plaintext', 'context'],
          MinWrappingTtl: '1m',
          MaxWrappingTtl: '1h',
        },
      ],
    },
  },
  sameAs: {
    'in another order': {
      Name: 'Example',
      Rules: [
        { Path: 'database/creds/shop', Capabilities: ['read'] },
        { Path: 'secret/data/shop/*', Capabilities: ['list', 'read'] },
      ],
    },
  },
  count: countAtPath,
};
