import { expect, test } from 'vitest';
import type { Properties } from '../../src/base/value.ts';
import { recordedDrift } from '../../src/plan/drift.ts';
import { planned, record, sealed, thing, thingType } from './planned.ts';

const recorded: Properties = {
  Size: 1,
  Settings: { Mode: 'fast', Nested: { A: 1 } },
  Password: sealed('never answered'),
  Token: sealed('token-one'),
};

const drift = (live: Properties) =>
  recordedDrift(
    record('One', recorded),
    { physicalId: 'one-1', properties: live, attributes: {} },
    thingType,
    sealed,
  );
const answered: Properties = { Size: 1, Settings: recorded.Settings!, Token: 'token-one' };

test.each<[string, Properties, ReturnType<typeof drift>]>([
  ['what is as recorded', answered, []],
  [
    'what the cloud fills in',
    { ...answered, Colour: 'red', Settings: { Mode: 'fast', Nested: { A: 1, B: 2 }, Z: 1 } },
    [],
  ],
  ['a value that is another', { ...answered, Size: 2 }, [{ path: 'Size', before: 1, after: 2 }]],
  [
    'a value inside a map',
    { ...answered, Settings: { Mode: 'slow', Nested: { A: 1 } } },
    [{ path: 'Settings.Mode', before: 'fast', after: 'slow' }],
  ],
  [
    'a property that is gone',
    { ...answered, Settings: {} },
    [
      { path: 'Settings.Mode', before: 'fast' },
      { path: 'Settings.Nested', before: { A: 1 } },
    ],
  ],
  [
    'a secret that is another, by fingerprint only',
    { ...answered, Token: 'token-two' },
    [{ path: 'Token', before: sealed('token-one'), after: sealed('token-two') }],
  ],
])('drift of %s', (_, live, expected) => {
  expect(drift(live)).toEqual(expected);
  // What a plan of the same template says of drift is the same, whatever the template says.
  const plan = planned({
    desired: [thing('One', { Size: 7, Colour: 'blue' })],
    recorded: [record('One', recorded)],
    live: { One: live },
  });
  expect(plan.changes[0]!.drift.map(({ replaces: _, where: __, ...d }) => d)).toEqual(expected);
});

test.each<[string, Properties, readonly string[]]>([
  ['that the record leaves to others', { Size: 1, Mode: 'free', Colour: 'red' }, ['Colour']],
  ['that the record holds on to', { Size: 1, Mode: 'bound', Colour: 'red' }, ['Colour', 'Size']],
])('of a property %s there is drift: %#', (_, properties, expected) => {
  const type: typeof thingType = {
    ...thingType,
    leftToOthers: ({ Mode }) => (Mode === 'free' ? ['Size'] : []),
  };
  const live = {
    physicalId: 'one-1',
    properties: { ...properties, Size: 7, Colour: 'blue' },
    attributes: {},
  };
  expect(recordedDrift(record('One', properties), live, type, sealed).map((d) => d.path)).toEqual(expected);
});
