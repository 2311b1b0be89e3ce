import { expect, test } from 'vitest';
import type { Value } from '../../src/base/value.ts';
import { impossiblePrivateKey, withPrivateKeyPaths } from '../../src/plan/private-key-path.ts';
import { resourceType } from '../../src/provider/registry.ts';
import type { DesiredResource } from '../../src/stack/stack.ts';

const typeOf = (type: string) => resourceType(type);
const resource = (type: string, PrivateKey: Value): DesiredResource => ({
  logicalId: 'Key',
  type,
  properties: { KeyName: 'shop' },
  dependsOn: [],
  deletionPolicy: 'Delete',
  updateReplacePolicy: 'Delete',
  metadata: { Slipway: { PrivateKey } },
  where: { file: 'shop.yaml', line: 3, column: 3 },
  positions: new Map(),
});

test('the path in the metadata is a property of what makes a key, and of nothing else', () => {
  const path = 'secret/data/shop/key';
  const propertiesOf = (type: string) =>
    withPrivateKeyPaths(new Map([['Key', resource(type, path)]]), typeOf).get('Key')!.properties;
  expect(propertiesOf('AWS::EC2::KeyPair')).toEqual({ KeyName: 'shop', PrivateKey: path });
  expect(propertiesOf('AWS::EC2::VPC')).toEqual({ KeyName: 'shop' });
});

test.each<[string, string, Value, RegExp | undefined]>([
  ['a path', 'AWS::EC2::KeyPair', 'secret/data/shop/key', undefined],
  ['a path of what makes no key', 'AWS::EC2::VPC', 'secret/data/shop/key', /AWS::EC2::VPC makes none/],
  [
    'a path that only the cloud can tell',
    'AWS::EC2::KeyPair',
    { $slipway: 'unknown' },
    /no path of a secret/,
  ],
  ['a path of something else', 'AWS::EC2::KeyPair', 'transit/keys/shop', /no path of a secret/],
])('%s', (_, type, path, says) => {
  const found = impossiblePrivateKey(resource(type, path), typeOf);
  expect(found.map(({ summary }) => summary)).toEqual(says ? [expect.stringMatching(says)] : []);
});
