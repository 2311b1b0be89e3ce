/** Tags that are Slipway's own say whose a resource is, and what an update has left to do. */
import { describe, expect, test } from 'vitest';
import { seal, unknown } from '../../src/base/value.ts';
import { canonicalData } from '../../src/provider/aws/ec2/launch-template-data.ts';
import { canonicalTags } from '../../src/provider/aws/tags.ts';
import { key } from '../stack/facts.ts';

describe('a template that sets a tag of Slipway’s own', () => {
  const tag = (Key: unknown) => [{ Key, Value: 'acme/other:a.yaml@prod' }] as never;

  test.each(['slipway:stack', 'slipway:outdated', 'slipway:rolling-update', 'aws:x'])(
    '%s: it is left out',
    (name) => {
      expect(canonicalTags(tag(name))).toEqual([]);
      const data = { TagSpecifications: [{ ResourceType: 'instance', Tags: tag(name) }] };
      expect(JSON.stringify(canonicalData(data))).not.toContain(name);
    },
  );

  test('behind a secret, which nobody could see in the plan: it is refused', () => {
    expect(() => canonicalTags(tag(seal('slipway:outdated', key)))).toThrow('cannot be a secret');
  });

  test('behind a value that is not known yet: it is left out once it is', () => {
    expect(canonicalTags(tag(unknown))).toHaveLength(1);
  });
});
