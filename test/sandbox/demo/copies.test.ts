import { describe, expect, test } from 'vitest';
import { hasCopy } from '../../../src/sandbox/demo/copies.ts';
import { lookForCopies } from '../../../src/sandbox/demo/secrets-from-vault.ts';

const secret = 'Zq3vT8nLw0RkY5uBxGd1HsM7cJaP2eFi';

describe('a copy of a secret is found', () => {
  test.each([
    ['as it is', `{"password":"${secret}"}`],
    ['in hexadecimal', `\\x00${Buffer.from(secret).toString('hex')}`],
    ['in hexadecimal in capitals', Buffer.from(secret).toString('hex').toUpperCase()],
    ...['', 'u', 'ub', 'ubc'].flatMap((before) => [
      [`in Base64 after ${before.length}`, Buffer.from(`${before}${secret}`).toString('base64')],
      [
        `in Base64 between ${before.length} and more`,
        Buffer.from(`${before}${secret}:/~`).toString('base64'),
      ],
      [`in Base64 for URLs after ${before.length}`, Buffer.from(`${before}${secret}`).toString('base64url')],
    ]),
  ])('%s', (_, text) => {
    expect(hasCopy(text!, secret)).toBe(true);
    expect(hasCopy(text!, secret.replace('8n', '8N'))).toBe(false);
  });
});

test('whoever looks where a copy is, or where not even the path of the secret is, is told', () => {
  const place = { name: 'rows', texts: ['secret/data/shop', 'else'], holds: 'secret/data/shop' };
  expect(lookForCopies(secret, [place])).toEqual(['no copy of it, in whatever form, in 2 rows']);
  const found = { ...place, texts: [...place.texts, `"${secret}"`] };
  expect(() => lookForCopies(secret, [place, found])).toThrow('no copy of the password in the rows');
  expect(() => lookForCopies(secret, [place, { ...place, texts: [] }])).toThrow('is found in the rows');
});
