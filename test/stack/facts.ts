import { type Secret, seal, unknown, type Value } from '../../src/base/value.ts';
import type { Scope, TargetFacts } from '../../src/stack/stack.ts';

/** One target, as the tests of resolving see it. */
export const facts: TargetFacts = {
  stack: 'acme/shop:infra/shop.yaml@dev',
  stackName: 'shop-dev',
  region: 'eu-west-1',
  account: '012345678901',
  partition: 'aws',
  availabilityZones: new Map([['eu-west-1', ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']]]),
  ssmParameters: new Map([
    ['/shop/network', 'core'],
    ['/shop/image:3', 'ami-3'],
    ['/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64', 'ami-0a1b2c3d'],
  ]),
  exports: new Map([['shared-peers', 'left|right']]),
};

export const key = 'fingerprint key of the tests';

/** A scope that knows the given attributes (`Vpc`, `Vpc.CidrBlock`) and the given secrets, and nothing else. */
export function scopeOf(attributes: Record<string, Value>, secrets: Record<string, Secret> = {}): Scope {
  return {
    attribute: (logicalId, attribute) =>
      attributes[attribute === undefined ? logicalId : `${logicalId}.${attribute}`] ?? unknown,
    secret: (reference) => {
      const name = reference.$slipway === 'parameter' ? reference.name : reference.reference;
      const secret = secrets[name];
      if (!secret) throw new Error(`the test has no secret ${name}`);
      return secret;
    },
    seal: (plaintext) => seal(plaintext, key),
  };
}
