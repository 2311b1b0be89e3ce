import { describe, expect, test } from 'vitest';
import { seal, unknown, type Value } from '../../src/base/value.ts';
import { iamCovers, iamStatements } from '../../src/policy/functions/iam.ts';
import { threadTime } from '../thread-time.ts';

const secret = seal('hunter2', 'key');
const allow = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
const normal = {
  sid: null,
  effect: 'Allow',
  actions: ['s3:*'],
  notActions: [],
  resources: ['*'],
  notResources: [],
  principals: [],
  notPrincipals: [],
  conditions: [],
};

describe('iam.statements', () => {
  test.each<[string, Value, Value]>([
    ['a document', { Version: '2012-10-17', Statement: [allow] }, [normal]],
    ['a document with a single statement', { Statement: allow }, [normal]],
    ['JSON text', JSON.stringify({ Statement: [allow] }), [normal]],
    ['a list of statements', [allow, allow], [normal, normal]],
    ['a statement', allow, [normal]],
    ['null', null, []],
    ['a statement that is unknown', [unknown, allow], [unknown, normal]],
    ['an action that is unknown', { ...allow, Action: unknown }, [{ ...normal, actions: unknown }]],
    [
      'everybody',
      { ...allow, Principal: '*' },
      [{ ...normal, principals: [{ type: 'AWS', id: '*', account: null }] }],
    ],
    [
      'principals of several kinds',
      {
        ...allow,
        Principal: { AWS: ['111111111111', 'arn:aws:iam::222222222222:root'], Service: 'ec2.amazonaws.com' },
      },
      [
        {
          ...normal,
          principals: [
            { type: 'AWS', id: '111111111111', account: '111111111111' },
            { type: 'AWS', id: 'arn:aws:iam::222222222222:root', account: '222222222222' },
            { type: 'Service', id: 'ec2.amazonaws.com', account: null },
          ],
        },
      ],
    ],
    [
      'conditions',
      {
        ...allow,
        Condition: { Bool: { 'aws:SecureTransport': false }, StringLike: { 'AWS:SourceArn': ['a', 'b'] } },
      },
      [
        {
          ...normal,
          conditions: [
            { operator: 'Bool', key: 'aws:securetransport', values: ['false'] },
            { operator: 'StringLike', key: 'aws:sourcearn', values: ['a', 'b'] },
          ],
        },
      ],
    ],
    [
      'a principal and conditions that are unknown',
      { ...allow, Principal: { AWS: unknown }, Condition: { Bool: unknown, Null: { a: unknown } } },
      [
        {
          ...normal,
          principals: [{ type: 'AWS', id: unknown, account: unknown }],
          conditions: [unknown, { operator: 'Null', key: 'a', values: unknown }],
        },
      ],
    ],
  ])('of %s', (_, document, expected) => {
    expect(iamStatements(document)).toEqual(expected);
  });

  test.each<[string, Value, string]>([
    ['text that is not JSON', '{nonsense', 'is not JSON'],
    ['a number', 7, 'cannot be number'],
    ['a statement that is text', ['Allow'], 'is not a mapping'],
    ['a condition that is text', { ...allow, Condition: { Bool: 'x' } }, 'is not a mapping'],
    ['an unknown document', unknown, 'unknown:'],
    ['unknown statements', { Statement: unknown }, 'unknown:'],
    ['a secret document', secret, 'secret:'],
  ])('of %s is an error', (_, document, message) => {
    expect(() => iamStatements(document)).toThrow(message);
  });
});

describe('iam.covers', () => {
  test.each<[string, Value, string, boolean]>([
    ['an action by its name', { Action: 'iam:PassRole' }, 'iam:PassRole', true],
    ['in another case', { Action: 'IAM:passrole' }, 'iam:PassRole', true],
    ['by a pattern', { Action: ['s3:Get*', 'iam:*Role'] }, 'iam:PassRole', true],
    ['by all of a service', { Action: 'iam:*' }, 'iam:PassRole', true],
    ['by everything', { Action: '*' }, 'iam:PassRole', true],
    ['by one letter', { Action: 'iam:Pass?ole' }, 'iam:PassRole', true],
    ['another one', { Action: ['iam:GetRole', 's3:*'] }, 'iam:PassRole', false],
    ['every action of a service, by a part of them', { Action: 's3:Get*' }, 's3:*', false],
    ['every action of a service, by stars', { Action: 's3:**' }, 's3:*', true],
    ['every action, by a service', { Action: 'iam:*' }, '*', false],
    ['what it leaves out', { NotAction: 'iam:*' }, 'iam:PassRole', false],
    ['what it does not leave out', { NotAction: 'iam:*' }, 's3:GetObject', true],
    ['nothing at all', {}, 'iam:PassRole', false],
    ['next to something unknown', { Action: [unknown, 'iam:*'] }, 'iam:PassRole', true],
  ])('%s', (_, statement, action, expected) => {
    expect(iamCovers(statement, action)).toBe(expected);
    expect(iamCovers((iamStatements(statement) as readonly Value[])[0]!, action)).toBe(expected);
  });

  test.each([{ Action: unknown }, { Action: [unknown, 's3:*'] }, { NotAction: unknown }])(
    'hangs on %j',
    (statement) => {
      expect(() => iamCovers(statement, 'iam:PassRole')).toThrow('unknown:');
    },
  );

  test('takes no time for a pattern that is all stars', () => {
    const start = threadTime();
    expect(iamCovers({ Action: Array(200).fill(`${'*a'.repeat(60)}b`) }, 'a'.repeat(128))).toBe(false);
    expect(threadTime() - start).toBeLessThan(500);
    expect(() => iamCovers({ Action: '*'.repeat(129) }, 'a')).toThrow('too long');
  });
});
