import { describe, expect, test } from 'vitest';
import { readSshPublicKey } from '../../../../src/provider/slipway/access/ssh-public-key.ts';
import { publishedKeys } from './published-keys.ts';

test.each(Object.entries(publishedKeys))(
  '%s is read as ssh-keygen reads it',
  (name, { key, fingerprint }) => {
    const bits = /^rsa (\d+)$/.exec(name)?.[1];
    expect(readSshPublicKey(`${key} author@laptop`)).toEqual({
      kind: key.split(' ')[0],
      text: key,
      fingerprint,
      ...(bits === undefined ? {} : { bits: Number(bits) }),
    });
  },
);

test.each(['sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com'])('%s is read', (kind) => {
  const parts = kind.includes('ed25519')
    ? [Buffer.alloc(32, 7)]
    : [Buffer.from('nistp256'), Buffer.alloc(65, 4)];
  expect(readSshPublicKey(lineOf(kind, ...parts, Buffer.from('ssh:')))?.kind).toBe(kind);
});

describe('no key', () => {
  const { key } = publishedKeys.ed25519;
  const [kind, encoded] = key.split(' ') as [string, string];
  const blob = Buffer.from(encoded, 'base64');
  const rsa = (exponent: number, modulus = Buffer.from([0, ...Buffer.alloc(384, 0xff)])) =>
    lineOf('ssh-rsa', Buffer.from([exponent]), modulus);
  test.each([
    ['nothing', ''],
    ['DSA, which nobody should trust', lineOf('ssh-dss', ...[1, 2, 3, 4].map((n) => Buffer.from([n])))],
    ['one under the name of another kind', `ssh-rsa ${encoded}`],
    ['a kind that is a name of every object', `constructor ${encoded}`],
    ['a certificate', `ssh-ed25519-cert-v01@openssh.com ${encoded}`],
    ['one that is cut off', `${kind} ${blob.subarray(0, 40).toString('base64')}`],
    ['one with something behind it', `${kind} ${Buffer.concat([blob, Buffer.from('0')]).toString('base64')}`],
    [
      'one with a part more',
      `${kind} ${Buffer.concat([blob, stringOf(Buffer.from('0'))]).toString('base64')}`,
    ],
    ['one that is too short', lineOf('ssh-ed25519', Buffer.alloc(31))],
    [
      'another curve than its name says',
      lineOf('ecdsa-sha2-nistp256', Buffer.from('nistp384'), Buffer.alloc(65)),
    ],
    ['options before it', `command="/bin/true" ${key}`],
    ['what is no Base64', `${kind} ${encoded.slice(0, 20)}"${encoded.slice(20)}`],
    ['RSA with the exponent 1', rsa(1)],
    ['RSA with an even exponent', rsa(4)],
    ['RSA with a modulus below zero', rsa(3, Buffer.alloc(384, 0xff))],
  ])('%s', (_what, line) => {
    expect(readSshPublicKey(line)).toBeUndefined();
  });
});

function stringOf(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function lineOf(kind: string, ...parts: readonly Buffer[]): string {
  return `${kind} ${Buffer.concat([Buffer.from(kind), ...parts].map(stringOf)).toString('base64')}`;
}
