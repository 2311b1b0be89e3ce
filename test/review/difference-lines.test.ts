import { describe, expect, test } from 'vitest';
import { unknown, type Value } from '../../src/base/value.ts';
import { differenceLines, type Tone } from '../../src/review/difference-lines.ts';
import { itemLines, valueLines } from '../../src/review/value-lines.ts';
import { difference } from './plans.ts';

const signs: Readonly<Record<Tone, string>> = { add: '+', remove: '-', change: '~', note: '#', same: ' ' };

function show(path: string, before: Value | undefined, after: Value | undefined, replaces = false): string {
  return differenceLines(difference(path, before, after, replaces))
    .map((l) => `${signs[l.tone]} ${l.text}`)
    .join('\n');
}

const disk = (DeviceName: string, VolumeSize: number) => ({
  DeviceName,
  Ebs: { VolumeSize, VolumeType: 'gp3', KmsKeyId: 'k'.repeat(60) },
});
const toAdd = (item: Value) => itemLines(item).map((text) => `+ ${text}`);
const secret = (fingerprint: string): Value => ({ $slipway: 'secret', fingerprint });
const base64 = (text: string) => Buffer.from(text).toString('base64');
const script = (port: number) =>
  ['#!/bin/sh', 'set -eu', 'a', 'b', 'c', 'd', `listen ${port}`, 'e', 'f', 'g', 'h'].join('\n');
const policy = (action: string) => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket', action], Resource: 'arn:aws:s3:::shop/*' },
    {
      Effect: 'Deny',
      Action: 'iam:*',
      Resource: '*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ],
});

describe('a property that changes', () => {
  test.each<readonly [string, string, string]>([
    [
      'one value for another',
      show('CidrBlock', '10.0.0.0/16', '10.1.0.0/16'),
      '- CidrBlock: 10.0.0.0/16\n+ CidrBlock: 10.1.0.0/16',
    ],
    ['a number that becomes a text', show('Port', 80, '80'), '- Port: 80\n+ Port: "80"'],
    [
      'one key of a structure whose keys AWS gives in another order',
      show(
        'Ebs',
        { B: 'x', C: { F: 'y', E: 'z' }, A: 'k'.repeat(90) },
        { A: 'k'.repeat(90), C: { E: 'w', F: 'y' }, B: 'x' },
      ),
      `  Ebs:\n    A: ${'k'.repeat(90)}\n    C:\n-     E: z\n+     E: w\n      F: y\n    B: x`,
    ],
    [
      'one key of an element whose keys AWS gives in another order',
      show(
        'Statement',
        [
          { Action: 'a', Sid: 'b', Effect: 'c' },
          { A: 'd', B: 'e' },
        ],
        [
          { Sid: 'B', Effect: 'c', Action: 'a' },
          { A: 'd', B: 'e' },
        ],
      ),
      '  Statement: (1 element unchanged)\n-   - {Sid: b, Effect: c, Action: a}\n+   - {Sid: B, Effect: c, Action: a}',
    ],
    ['a value that comes', show('Name', undefined, 'shop'), '+ Name: shop'],
    ['a value that goes', show('Name', 'shop', undefined), '- Name: shop'],
    ['a value that becomes empty', show('Name', 'shop', ''), '- Name: shop\n+ Name: ""'],
    [
      'a value only the cloud can give',
      show('VpcId', 'vpc-1', unknown),
      '- VpcId: vpc-1\n+ VpcId: (known after apply)',
    ],
    [
      'a value that a resource to be made gives',
      show('VpcId', 'vpc-1', { ...unknown, of: '${Vpc}' }),
      '- VpcId: vpc-1\n+ VpcId: (known after apply: Vpc)',
    ],
    [
      'a text in which something is open',
      show('Resource', undefined, { ...unknown, of: 'arn:aws:s3:::${Bucket}/*' }),
      '+ Resource: (known after apply: arn:aws:s3:::${Bucket}/*)',
    ],
    [
      'user data in which something is open, by its lines',
      show('UserData', base64('a ${HOME}\nb 1\nc'), { ...unknown, of: 'a ${!HOME}\nb ${Bucket}\nc' }),
      '- UserData: |\n+ UserData: | (known after apply)\n    a ${!HOME}\n-   b 1\n+   b ${Bucket}\n    c',
    ],
    [
      'a JSON document in which something is open, as its structure',
      show('Doc', undefined, { ...unknown, of: `{"bucket":"\${Bucket}","note":"${'x'.repeat(90)}"}` }),
      `+ Doc: (known after apply)\n+   bucket: \${Bucket}\n+   note: ${'x'.repeat(90)}`,
    ],
    [
      'an element put in front of a list of named ones, one of which changes inside',
      show(
        'Devices',
        [disk('/dev/sda1', 8), disk('/dev/sdc', 1)],
        [disk('/dev/sdb', 9), disk('/dev/sda1', 16), disk('/dev/sdc', 1)],
      ),
      [
        '  Devices: (1 element unchanged)',
        '    - DeviceName: /dev/sda1',
        '      Ebs:',
        '-       VolumeSize: 8',
        '+       VolumeSize: 16',
        '        VolumeType: gp3',
        `        KmsKeyId: ${'k'.repeat(60)}`,
        ...toAdd(disk('/dev/sdb', 9)),
      ].join('\n'),
    ],
    [
      'a rule that becomes another one, beside it and not beside the new one',
      show('Rules', [{ Cidr: 'a', Port: 22, To: 22 }], [{ New: 1 }, { Cidr: 'b', Port: 22, To: 22 }]),
      '  Rules:\n-   - {Cidr: a, Port: 22, To: 22}\n+   - {Cidr: b, Port: 22, To: 22}\n+   - {New: 1}',
    ],
    [
      'a secret, without a word of it',
      show('Password', secret('aa'), secret('bb')),
      '~ Password: (secret, changed)',
    ],
    ['a secret that comes', show('Password', undefined, secret('bb')), '+ Password: (secret)'],
    [
      'what forces a replacement, on the last line of it',
      show('SubnetId', 'subnet-a', 'subnet-b', true),
      '- SubnetId: subnet-a\n+ SubnetId: subnet-b  ← forces replacement',
    ],
    [
      'a list, by element and wherever it moved to',
      show('Zones', ['a', 'b', 'c'], ['c', 'd', 'a']),
      '  Zones: (2 elements unchanged)\n-   - b\n+   - d',
    ],
    [
      'a list of which one of two equal elements goes',
      show('L', ['a', 'a'], ['a']),
      '  L: (1 element unchanged)\n-   - a',
    ],
    [
      'a list of which only the order changes',
      show('Zones', ['a', 'b'], ['b', 'a']),
      '- Zones: [a, b]\n+ Zones: [b, a]\n# only the order',
    ],
    [
      'a list that holds a secret',
      show('L', [secret('aa')], [secret('bb')]),
      '  L:\n-   - (secret)\n+   - (secret)',
    ],
    [
      'a secret in a tag',
      show('Tags', [{ Key: 'a', Value: secret('aa') }], [{ Key: 'a', Value: secret('bb') }]),
      '- Tags: [{Key: a, Value: (secret)}]\n+ Tags: [{Key: a, Value: (secret)}]',
    ],
    [
      'a secret in user data',
      show('UserData', base64(script(80)), secret('bb'))
        .split('\n')
        .at(-1)!,
      '+ UserData: (secret)',
    ],
    [
      'user data, as its text with the lines around',
      show('UserData', base64(script(80)), base64(script(8080))),
      [
        '  UserData: |',
        '      … 4 unchanged lines',
        '    c',
        '    d',
        '-   listen 80',
        '+   listen 8080',
        '    e',
        '    f',
        '      … 2 unchanged lines',
      ].join('\n'),
    ],
    [
      'tags, as the mapping that they are',
      show('Tags', [{ Key: 'a', Value: '1' }], [{ Key: 'a', Value: '2' }]),
      '  Tags:\n-   a: "1"\n+   a: "2"',
    ],
    [
      'white space in a JSON document, as text',
      show('Doc', '{"a":1}', '{"a": 1}'),
      '- Doc: "{\\"a\\":1}"\n+ Doc: "{\\"a\\": 1}"',
    ],
    [
      'text that is no structure to begin with',
      show('Doc', '{not json', '{"a":1}'),
      '- Doc: "{not json"\n+ Doc: {a: 1}',
    ],
  ])('%s', (_, shown, expected) => {
    expect(shown).toBe(expected);
  });

  test('a policy document shows the line that changes, given as a structure or as JSON text', () => {
    const asStructure = show('Doc', policy('s3:PutObject'), policy('s3:*'));
    expect(asStructure).toContain('s3:*');
    expect(asStructure.split('\n').filter((l) => /^[-+]/.test(l))).toHaveLength(2);
    expect(show('Doc', JSON.stringify(policy('s3:PutObject')), JSON.stringify(policy('s3:*'), null, 2))).toBe(
      asStructure,
    );
  });
});

describe('nothing a person wrote can pass for something else', () => {
  test.each<readonly [string, string, Value, string]>([
    [
      'a JSON text that imitates a secret',
      'Doc',
      '{"$slipway":"secret"}',
      'Doc: "{\\"$slipway\\":\\"secret\\"}"',
    ],
    [
      'the same with an escape',
      'Doc',
      '{"\\u0024slipway":"unknown"}',
      'Doc: "{\\"\\\\u0024slipway\\":\\"unknown\\"}"',
    ],
    [
      'tags that imitate an unknown',
      'Tags',
      [{ Key: '$slipway', Value: 'unknown' }],
      'Tags: [{Key: $slipway, Value: unknown}]',
    ],
    [
      'a key given twice',
      'Doc',
      '{"Action":"*","Action":"s3:Get"}',
      'Doc: "{\\"Action\\":\\"*\\",\\"Action\\":\\"s3:Get\\"}"',
    ],
    [
      'two tags of one key',
      'Tags',
      [
        { Key: 'a', Value: 'x' },
        { Key: 'a', Value: 'y' },
      ],
      'Tags: [{Key: a, Value: x}, {Key: a, Value: y}]',
    ],
    ['the words for an unknown', 'Name', '(known after apply)', 'Name: "(known after apply)"'],
    [
      'an unknown text that imitates the end of one',
      'Name',
      { ...unknown, of: 'x) Admin (${Bucket}' },
      'Name: (known after apply: "x) Admin (${Bucket}")',
    ],
    [
      'an unknown text that imitates a reference',
      'Name',
      { ...unknown, of: '${!Vpc}' },
      'Name: (known after apply: ${!Vpc})',
    ],
    ['the words for a secret', 'Name', '(secret)', 'Name: "(secret)"'],
    ['a text that looks like true', 'Name', 'true', 'Name: "true"'],
    ['a carriage return', 'Name', 'a\r+ create Admin', 'Name: "a\\n+ create Admin"'],
    ['a key with a line feed', 'a\n+ create Admin', 1, 'a + create Admin: 1'],
    ['Base64 that does not give back its text', 'UserData', '////////', 'UserData: ////////'],
  ])('%s', (_, key, value, expected) => {
    const lines = key.includes('\n')
      ? differenceLines(difference(key, undefined, value)).map((l) => l.text)
      : valueLines(key, value);
    expect(lines.join('\n')).toBe(expected);
  });
});
