import { describe, expect, test } from 'vitest';
import { unknown } from '../../src/base/value.ts';
import type { Live } from '../../src/provider/provider.ts';
import { att, changeOf, planned, record, ref, sealed, thing, type World } from './planned.ts';

const live: Live = {
  physicalId: 'role-1',
  properties: { Note: 'n' },
  attributes: { Arn: 'arn:role-1', Note: 'n', Id: 'role-1', Addresses: ['10.0.0.7', '10.0.0.8'] },
};

const imported = thing(
  'Role',
  { Note: 'n' },
  { metadata: { Slipway: { Import: 'role-1' } }, deletionPolicy: 'Retain' },
);

const world = (more: World): World => ({
  ...more,
  desired: [imported, ...(more.desired ?? [])],
  adopted: { Role: live },
});

describe('attributes of what is to be imported', () => {
  const uses = {
    Arn: att('Role', 'Arn'),
    Text: { 'Fn::Join': ['', ['x:', att('Role', 'Arn')]] },
    First: { 'Fn::Select': [0, att('Role', 'Addresses')] },
    All: att('Role', 'Addresses'),
    Encoded: { 'Fn::Base64': att('Role', 'Arn') },
    Part: { 'Fn::Select': [1, { 'Fn::Split': [':', att('Role', 'Arn')] }] },
  };

  test('are in no text of the plan, neither in outputs nor in what uses them', () => {
    const outputs = Object.fromEntries(Object.entries(uses).map(([name, value]) => [name, { value }]));
    const plan = planned(world({ desired: [thing('User', uses, { dependsOn: ['Role'] })], outputs }));
    expect(JSON.stringify(plan)).not.toMatch(/arn:role-1|10\.0\.0\.|YXJuOnJvbGUtMQ/);
    expect(changeOf(plan, 'User').after).toEqual({
      Arn: sealed('arn:role-1'),
      Text: sealed('x:arn:role-1'),
      First: sealed('10.0.0.7'),
      All: [sealed('10.0.0.7'), sealed('10.0.0.8')],
      Encoded: sealed('YXJuOnJvbGUtMQ=='),
      Part: expect.objectContaining(unknown),
    });
  });

  test('are shown where the template says them itself', () => {
    const said = { Id: ref('Role'), SameId: att('Role', 'Id'), Note: att('Role', 'Note') };
    const plan = planned(world({ desired: [thing('User', said, { dependsOn: ['Role'] })] }));
    expect(changeOf(plan, 'User').after).toEqual({ Id: 'role-1', SameId: 'role-1', Note: 'n' });
  });

  test('change nothing where they are what is there already', () => {
    const user = thing('User', { Parent: att('Role', 'Arn') }, { dependsOn: ['Role'] });
    const plan = planned(world({ desired: [user], recorded: [record('User', { Parent: 'arn:role-1' })] }));
    expect(changeOf(plan, 'User').action).toBe('none');
    const other = planned(world({ desired: [user], recorded: [record('User', { Parent: 'arn:role-2' })] }));
    expect(changeOf(other, 'User').action).toBe('replace');
  });

  test('are shown once it has been imported', () => {
    const plan = planned({
      desired: [imported, thing('User', { Arn: att('Role', 'Arn') }, { dependsOn: ['Role'] })],
      recorded: [record('Role', { Note: 'n' }, { physicalId: 'role-1', deletionPolicy: 'Retain' })],
      attributes: { Role: live.attributes },
    });
    expect(changeOf(plan, 'User').after).toEqual({ Arn: 'arn:role-1' });
  });
});
