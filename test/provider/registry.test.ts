import { expect, test } from 'vitest';
import { defineResourceType } from '../../src/provider/provider.ts';
import { registry, resourceType, withTypes } from '../../src/provider/registry.ts';

test('an unknown type gets the nearest known name', () => {
  expect(() => resourceType('AWS::EC2::Subnets')).toThrow(
    expect.objectContaining({
      code: 'template-unknown-type',
      problem: expect.objectContaining({ remedy: 'Did you mean AWS::EC2::Subnet?' }),
    }),
  );
});

test('a name that every object has is no type', () => {
  expect(() => resourceType('toString')).toThrow('There is no resource type toString');
});

test("an operator's own type joins Slipway's, and may take the place of one", () => {
  const mine = defineResourceType({ ...registry['AWS::EC2::VPC']!, type: 'Acme::Net::Vpc' });
  const better = defineResourceType({ ...registry['AWS::EC2::VPC']!, attributes: [] });
  const types = withTypes([mine, better]);
  expect(resourceType('Acme::Net::Vpc', types)).toBe(mine);
  expect(resourceType('AWS::EC2::VPC', types)).toBe(better);
  expect(resourceType('AWS::EC2::Subnet', types)).toBe(registry['AWS::EC2::Subnet']);
  expect(() => resourceType('Acme::Net::Vpc')).toThrow();
});
