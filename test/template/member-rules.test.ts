import { expect, test } from 'vitest';
import { isAddressBlock } from '../../src/template/address-block.ts';
import type { TypeSchemas } from '../../src/template/type-schema.ts';
import { checkTemplate } from '../../src/template/validate.ts';

const text = { type: 'string' } as const;
const typeSchemas: TypeSchemas = {
  'Test::Net::Rule': {
    type: 'Test::Net::Rule',
    properties: {
      Cidr: { type: 'string', format: 'ipv4-network' },
      Cidr6: { type: 'string', format: 'ipv6-network' },
      Group: text,
      Pool: text,
      PoolBits: text,
      Size: text,
      Zone: text,
      Snapshot: text,
      Kind: { type: 'string', enum: ['gp2', 'gp3'], ignoresCase: true },
      Flavour: { type: 'string', enum: ['t3.micro', 't3.small'], grows: true },
      Disk: { type: { ref: 'Disk' } },
    },
    required: [],
    exactlyOne: ['Cidr', 'Cidr6', 'Group'],
    needs: { Pool: ['PoolBits'] },
    excludes: { Size: ['Snapshot'], Snapshot: ['Size'] },
    either: [['Zone'], ['Pool', 'PoolBits']],
    attributes: [],
    createOnly: [],
    conditionalCreateOnly: [],
    definitions: { Disk: { properties: { A: text, B: text }, required: [], exactlyOne: ['A', 'B'] } },
  },
};

const problems = (properties: string) =>
  checkTemplate(
    `Parameters: { Stage: { Type: String } }
Conditions: { IsDev: !Equals [!Ref Stage, dev] }
Resources:
  Rule: { Type: Test::Net::Rule, Properties: {
        ${properties}
    } }
`,
    't.yaml',
    typeSchemas,
  )
    // Not every row has a use for the condition.
    .diagnostics.filter(({ code }) => code !== 'template-unused')
    .map((d) => `${d.where?.line}:${d.where?.column} ${d.code} ${d.summary}`);

test.each([
  ['one of those of which one has to be there', 'Zone: a, Cidr: 10.0.0.0/8'],
  [
    'one that a condition takes for another',
    'Zone: a, Cidr: !If [IsDev, 10.0.0.0/8, !Ref AWS::NoValue], Group: g',
  ],
  [
    'two that exclude one another, where one is nothing',
    'Zone: a, Group: g, Size: 1, Snapshot: !Ref AWS::NoValue',
  ],
  ['one that is perhaps there, beside one that needs it', 'Group: g, Pool: p, PoolBits: !If [IsDev, 1, 2]'],
  ['a value in other letters', 'Zone: a, Group: g, Kind: GP3'],
  ['a block that nobody knows yet', 'Zone: a, Cidr: "{{resolve:ssm:/cidr}}"'],
])('%s is fine', (_name, properties) => {
  expect(problems(properties)).toEqual([]);
});

test.each([
  [
    'two of those of which one may be there',
    'Zone: a, Cidr6: "::/0", Cidr: 10.0.0.0/8',
    '5:33 template-exclusive-properties Test::Net::Rule cannot have both Cidr6 and Cidr',
  ],
  [
    'none of them',
    'Zone: a',
    '4:46 template-missing-property Test::Net::Rule needs one of Cidr, Cidr6, Group',
  ],
  [
    'two that exclude one another',
    'Zone: a, Group: g, Snapshot: s, Size: 1',
    '5:41 template-exclusive-properties Test::Net::Rule cannot have both Snapshot and Size',
  ],
  [
    'one without what it needs',
    'Zone: a, Group: g, Pool: p',
    "4:46 template-missing-property Test::Net::Rule needs the property 'PoolBits' beside Pool",
  ],
  [
    'none of the sets',
    'Group: g, PoolBits: 1',
    '4:46 template-missing-property Test::Net::Rule needs Zone, or Pool and PoolBits',
  ],
  [
    'a nested one with both',
    'Zone: a, Group: g, Disk: { A: 1, B: 2 }',
    '5:42 template-exclusive-properties Disk cannot have both A and B',
  ],
  [
    'a wrong name, and so none of the sets',
    'Zon: a, Group: g',
    "5:9 template-unknown-property Test::Net::Rule has no property 'Zon'",
  ],
  [
    'no value of the list',
    'Zone: a, Group: g, Kind: GP4',
    "5:34 template-property-value Kind cannot be 'GP4'",
  ],
  [
    'no block of addresses',
    'Zone: a, Cidr: 10.0.0.0/33',
    "5:24 template-property-value Cidr cannot be '10.0.0.0/33'",
  ],
  [
    'a block of the other kind',
    'Zone: a, Cidr6: 10.0.0.0/8',
    "5:25 template-property-value Cidr6 cannot be '10.0.0.0/8'",
  ],
])('%s is an error at its place', (_name, properties, expected) => {
  expect(problems(properties)).toEqual([expected]);
});

test('a value that a growing list does not know yet is no error', () => {
  const { template, diagnostics } = checkTemplate(
    'Resources:\n  Rule: { Type: Test::Net::Rule, Properties: { Zone: a, Group: g, Flavour: t3.mirco } }\n',
    't.yaml',
    typeSchemas,
  );
  expect(template).toBeDefined();
  expect(diagnostics).toMatchObject([
    {
      severity: 'warning',
      summary: "Flavour 't3.mirco' is none that is known",
      remedy: 'Did you mean t3.micro?',
    },
  ]);
});

test.each([
  ['10.0.0.0/16', true],
  ['10.0.0.7', true],
  ['10.0.0.7/16', true],
  ['0.0.0.0/0', true],
  ['10.0.0.0/33', false],
  ['10.0.256.0/24', false],
  ['10.0.0/24', false],
  ['10.00.0.0/24', false],
  ['10.0.0.0/16/8', false],
  ['10.0.0.0/', false],
  ['::/0', false],
])('%s as a block of IPv4: %s', (block, is) => {
  expect(isAddressBlock(block, 'ipv4-network')).toBe(is);
});

test.each([
  ['::/0', true],
  ['2001:db8::/32', true],
  ['2001:DB8:0:0:0:0:0:1/128', true],
  ['64:ff9b::192.0.2.1/96', true],
  ['fe80::1', true],
  ['2001:db8::/129', false],
  ['2001:db8/32', false],
  ['2001::db8::1/64', false],
  ['1:2:3:4:5:6:7:8:9/64', false],
  ['1:2:3:4:5:6:7:8::/64', false],
  ['g::/8', false],
  ['10.0.0.0/8', false],
])('%s as a block of IPv6: %s', (block, is) => {
  expect(isAddressBlock(block, 'ipv6-network')).toBe(is);
});
