import { expect, test } from 'vitest';
import { generatedName, isGeneratedName } from '../../../src/provider/aws/generated-name.ts';

const create = { stack: 'acme/shop:infra/shop.yaml@prod', logicalId: 'InstanceRole', intent: 'intent-1' };

test("has CloudFormation's form", () => {
  expect(generatedName(create, 64)).toMatch(/^shop-prod-InstanceRole-[A-Z2-7]{12}$/);
});

test('is the same for the same create and another for any other', () => {
  const names = [
    create,
    { ...create },
    { ...create, intent: 'intent-2' },
    { ...create, logicalId: 'OtherRole' },
    { ...create, stack: 'acme/other:infra/shop.yaml@prod' },
  ].map((one) => generatedName(one, 64));
  expect(names[0]).toBe(names[1]);
  expect(new Set(names).size).toBe(4);
});

test.each([64, 128, 255])('is never longer than %i, and keeps what tells it apart', (longest) => {
  const long = { ...create, stack: `acme/shop:${'x'.repeat(300)}.yaml@prod`, logicalId: 'L'.repeat(255) };
  const name = generatedName(long, longest);
  expect(name.length).toBeLessThanOrEqual(longest);
  expect(name).toMatch(/-[A-Z2-7]{12}$/);
});

test.each(['a b/c:ü.yaml@prod', 'local@dev', '@', '', '---.yaml@x'])(
  'of stack %j has only letters that IAM takes',
  (stack) => {
    expect(generatedName({ ...create, stack }, 64)).toMatch(/^[A-Za-z0-9][A-Za-z0-9-]*$/);
  },
);

test.each([
  ['a name as it is made', generatedName(create, 64), true],
  ['one that had to be cut', generatedName({ ...create, logicalId: 'L'.repeat(255) }, 32), true],
  ['one without the stack', generatedName({ ...create, stack: '@' }, 20), true],
  ['one made before the logical id was changed', generatedName({ ...create, logicalId: 'Old' }, 64), true],
  [
    "another stack's",
    generatedName({ ...create, stack: 'acme/x:infra/blog.yaml@dev', logicalId: 'Old' }, 64),
    false,
  ],
  ['one that somebody chose', 'shop-prod-InstanceRole', false],
])('%s is told from one that was chosen', (_, name, isGenerated) => {
  const logicalId = name.includes('LLL') ? 'L'.repeat(255) : create.logicalId;
  expect(isGeneratedName(name, { stack: create.stack, logicalId })).toBe(isGenerated);
});
