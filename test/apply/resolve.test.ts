import { describe, expect, test } from 'vitest';
import { resolveChange, resolveLoosely, revealAll, revealKnown } from '../../src/apply/resolve.ts';
import { canonicalJson } from '../../src/base/canonical-json.ts';
import { type Properties, seal, unknown, type Value } from '../../src/base/value.ts';
import type { Change } from '../../src/plan/plan.ts';
import type { Scope } from '../../src/stack/stack.ts';

const sealed = (text: string) => seal(text, 'key');
const ref = { Ref: 'Other' };

function changeTo(after: Properties, desired: Properties): Change {
  const policies = { deletionPolicy: 'Delete', updateReplacePolicy: 'Delete' } as const;
  const lists = { differences: [], replaceBecause: [], dependsOn: [], drift: [] };
  return { logicalId: 'A', type: 'Test::Thing', action: 'create', after, desired, ...policies, ...lists };
}

function scope(other: Value, secret = 'hunter2'): Scope {
  return { attribute: () => other, secret: () => sealed(secret), seal: sealed };
}

const same = (properties: Properties) => properties;

describe('what is sent', () => {
  test('is to the letter what the plan showed as known, whatever it would be now', () => {
    const change = changeTo({ Note: 'planned', Id: unknown }, { Note: { Ref: 'Changed' }, Id: ref });
    expect(resolveChange(change, scope('now'), same)).toEqual({ Note: 'planned', Id: 'now' });
  });

  const cases: Record<string, { planned: Value; now: Value; stale: boolean }> = {
    'an unknown may turn out to be anything': { planned: unknown, now: ['x', { y: 1 }], stale: false },
    'nothing may stay unknown': { planned: unknown, now: unknown, stale: true },
    'what is known around an unknown stays': {
      planned: { Id: unknown, Port: 80 },
      now: { Id: 'x', Port: 80 },
      stale: false,
    },
    'what is known around an unknown changed': {
      planned: { Id: unknown, Port: 80 },
      now: { Id: 'x', Port: 81 },
      stale: true,
    },
    'something known is missing': { planned: { Id: unknown, Port: 80 }, now: { Id: 'x' }, stale: true },
    'a set comes in another order': {
      planned: [{ Id: unknown, Port: 80 }, { Port: 443 }],
      now: [{ Port: 443 }, { Id: 'x', Port: 80 }],
      stale: false,
    },
    'two of a set turn out to be one': { planned: ['x', unknown], now: ['x'], stale: false },
    'a set has one more than was planned': {
      planned: [{ Id: unknown, Port: 80 }],
      now: [
        { Id: 'x', Port: 80 },
        { Id: 'x', Port: 22 },
      ],
      stale: true,
    },
    'one of a set is opened further than planned': {
      planned: [{ Id: unknown, From: '10.0.0.0/8' }],
      now: [{ Id: 'x', From: '0.0.0.0/0' }],
      stale: true,
    },
    'what was hidden until it was imported is plain by now': {
      planned: { Arn: sealed('arn:1'), Ports: [sealed('80')] },
      now: { Arn: 'arn:1', Ports: [80] },
      stale: false,
    },
    'what was hidden until it was imported is another by now': {
      planned: sealed('arn:1'),
      now: 'arn:2',
      stale: true,
    },
    'a list became a text': { planned: [unknown], now: 'x', stale: true },
  };
  test.each(Object.entries(cases))('%s', (_title, { planned, now, stale }) => {
    const resolve = () => resolveChange(changeTo({ Value: planned }, { Value: ref }), scope(now), same);
    if (stale) expect(resolve).toThrow(expect.objectContaining({ code: 'plan-stale' }));
    else expect(resolve()).toEqual({ Value: now });
  });

  test('is the secret that was planned, and no other', () => {
    const change = changeTo(
      { Password: sealed('hunter2') },
      { Password: { $slipway: 'parameter', name: 'p' } },
    );
    const resolved = resolveChange(change, scope('x'), same);
    expect(JSON.stringify(resolved)).not.toContain('hunter2');
    expect(revealAll(resolved, 'A')).toEqual({ Password: 'hunter2' });
    expect(() => resolveChange(change, scope('x', 'another'), same)).toThrow(
      expect.objectContaining({ code: 'plan-stale' }),
    );
  });

  test('is made of the secrets that were planned, also where something unknown goes into the same text', () => {
    const password = { $slipway: 'parameter', name: 'p' };
    const change = {
      ...changeTo({ Url: unknown }, { Url: { 'Fn::Join': ['@', [password, ref]] } }),
      secrets: { [canonicalJson(password)]: sealed('hunter2') },
    };
    expect(revealAll(resolveChange(change, scope('x'), same), 'A')).toEqual({ Url: 'hunter2@x' });
    expect(() => resolveChange(change, scope('x', 'another'), same)).toThrow(
      expect.objectContaining({ code: 'plan-stale' }),
    );
  });

  test('is nothing when the text of a secret is not here', () => {
    const stored = JSON.parse(JSON.stringify({ Deep: [{ Password: sealed('hunter2') }] }));
    expect(() => revealAll(stored, 'A')).toThrow(expect.objectContaining({ code: 'cloud-unresolved' }));
  });
});

describe('what is looked for after a crash', () => {
  test('is as much as can be told', () => {
    const change = changeTo(
      { Note: 'known', Id: unknown, Gone: unknown, Password: sealed('planned') },
      { Id: ref, Gone: { 'Fn::Select': [5, ['a']] }, Password: { $slipway: 'parameter', name: 'p' } },
    );
    const withoutGone = { ...change, desired: { ...change.desired, Gone: { Ref: 'Other' } } };
    expect(resolveLoosely(withoutGone, scope('x', 'planned'), same)).toMatchObject({ Id: 'x', Gone: 'x' });
    const stored = JSON.parse(JSON.stringify(change)) as Change;
    const loosely = resolveLoosely(stored, scope('x', 'another'), same);
    expect(revealKnown(loosely)).toEqual({ Note: 'known' });
  });
});
