import { expect, test } from 'vitest';
import { isUnknown } from '../../src/base/value.ts';
import { att, changeOf, planned, record, ref, thing } from './planned.ts';

const type = { altersAttributes: { Network: ['Blocks'] } };
const network = record('Network', {}, { attributes: { Blocks: ['a'], Id: 'n' } });
const block = (more = {}) => thing('Block', { Network: ref('Network'), ...more }, { dependsOn: ['Network'] });
const user = thing(
  'User',
  { Blocks: att('Network', 'Blocks'), Id: att('Network', 'Id') },
  { dependsOn: ['Block', 'Network'] },
);

test('an attribute that a new resource alters is known after the apply only, and no other attribute is', () => {
  const plan = planned({ type, recorded: [network], desired: [thing('Network'), block(), user] });
  const { after } = changeOf(plan, 'User');
  expect(isUnknown(after!.Blocks!)).toBe(true);
  expect(after!.Id).toBe('n');
});

test('one that is there already alters nothing more', () => {
  const made = record('Block', { Network: 'network-1' }, { dependsOn: ['Network'] });
  const plan = planned({ type, recorded: [network, made], desired: [thing('Network'), block(), user] });
  expect(changeOf(plan, 'User').after).toMatchObject({ Blocks: ['a'], Id: 'n' });
});
