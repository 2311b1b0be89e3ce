import type { Example } from '../example.ts';
import { countAtPath } from './at-path.ts';

const Generate = { password: { Length: 24 }, token: { Characters: ['lower', 'digits', 'symbols'] } };
const properties = {
  Path: 'shop/example',
  Values: { username: 'shop', port: '5432' },
  Generate,
  CustomMetadata: { team: 'shop' },
};

/** Its values, which no plan shows, are looked at in test/provider/vault/kv-secret.test.ts. */
export const kvSecret: Example = {
  type: 'Vault::KV::Secret',
  creates: 'POST secret/data/shop/example',
  properties,
  edits: {
    'another value, and one less': { Values: { username: 'other' } },
    'no given values': { Values: undefined },
    'a longer generated value': { Generate: { ...Generate, password: { Length: 40 } } },
    'one generated value less': { Generate: { token: Generate.token } },
    'other notes': { CustomMetadata: { team: 'bank', cost: '42' } },
    'rotated by a number': { Rotation: 2 },
    'rotated by a schedule': { RotateEvery: 'P30D' },
    'fewer versions, for a while': { MaxVersions: 3, DeleteVersionAfter: '40d' },
    'written by nobody who does not look': { CasRequired: true },
  },
  sameAs: {
    'the defaults said': {
      ...properties,
      Mount: 'secret',
      MaxVersions: '0',
      DeleteVersionAfter: '0',
      CasRequired: 'false',
      Generate: {
        password: { Length: '24', Characters: ['upper', 'lower', 'digits'] },
        token: { Length: 32, Characters: ['symbols', 'digits', 'lower'] },
      },
    },
  },
  count: countAtPath,
};
