import { countByIntent, type Example, exampleTags } from './example.ts';

/** A generated one; test/contract/key-pair.test.ts has the imported one, and looks for the private key. */
export const keyPair: Example = {
  type: 'AWS::EC2::KeyPair',
  creates: 'CreateKeyPair',
  properties: { KeyName: 'shop-example', KeyType: 'ed25519', Tags: exampleTags },
  edits: {},
  replacing: { 'other tags': { Tags: [{ Key: 'team', Value: 'other' }] } },
  sameAs: {
    'the default format said': {
      KeyName: 'shop-example',
      KeyType: 'ed25519',
      KeyFormat: 'pem',
      Tags: exampleTags,
    },
  },
  count: countByIntent(async (ec2, Filters) => (await ec2.describeKeyPairs({ Filters })).KeyPairs),
};
