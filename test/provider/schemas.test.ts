import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { registry } from '../../src/provider/registry.ts';
import { typeSchema, typeSchemas } from '../../src/provider/schemas.ts';
import { makeTypeSchemas } from '../generate/type-schemas.ts';

test('the checked-in extract is what `npm run generate` makes of the published schemas', async () => {
  const published = Object.entries(typeSchemas).filter(([type]) => type.startsWith('AWS::'));
  expect(await makeTypeSchemas(Object.values(registry))).toEqual(Object.fromEntries(published));
});

test('every type has a schema, with the attributes that the type has', () => {
  expect(Object.keys(typeSchemas).sort()).toEqual(Object.keys(registry).sort());
  for (const [name, { attributes }] of Object.entries(registry))
    expect([...typeSchemas[name]!.attributes].sort(), name).toEqual([...attributes].sort());
});

test('the extract is small enough to be loaded by every command', async () => {
  const text = await readFile(new URL('../../src/provider/schemas.generated.json', import.meta.url), 'utf8');
  expect(text.length).toBeLessThan(5_000 * Object.keys(registry).length);
});

test('a property that a type says it does not do is not in its schema, at any depth', () => {
  expect(typeSchema('AWS::EC2::VPC')?.properties).not.toHaveProperty('VpcEncryptionControl');
  expect(typeSchema('AWS::EC2::SecurityGroup')?.definitions?.Ingress?.properties).not.toHaveProperty(
    'SourceSecurityGroupName',
  );
});

test('generating refuses a type that says it lacks what no schema has', async () => {
  const vpc = { ...registry['AWS::EC2::VPC']!, unsupported: ['VpcEncriptionControl'] };
  await expect(makeTypeSchemas([vpc])).rejects.toThrow('AWS::EC2::VPC has no property VpcEncriptionControl');
});

test.each([
  ['AWS::EC2::VPC', 'CidrBlock', 'always'],
  ['AWS::EC2::VPC', 'EnableDnsSupport', undefined],
  ['AWS::EC2::Instance', 'SubnetId', 'always'],
  ['AWS::EC2::Instance', 'InstanceType', 'maybe'],
  ['AWS::IAM::Role', 'RoleName', 'always'],
])('%s says of %s that a change replaces: %s', (type, property, replaces) => {
  expect(typeSchema(type)?.properties[property]?.replaces).toBe(replaces);
});

test('what is no type of ours has no schema, not even the names that every object has', () => {
  expect(typeSchema('AWS::SNS::Topic')).toBeUndefined();
  expect(typeSchema('constructor')).toBeUndefined();
});
