import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMasker, masked } from '../../src/secret/masker.ts';

const secret = 'hunter2/"quoted" & <é>';

describe('The masker', () => {
  const masker = createMasker();
  masker.add(secret);

  test.each([
    ['raw', secret],
    ['in JSON', JSON.stringify({ password: secret })],
    ['in a URL', `https://example.com/?password=${encodeURIComponent(secret)}`],
    ['in HTML', '<td>hunter2/"quoted" &amp; &lt;é&gt;</td>'],
    ['in hexadecimal', Buffer.from(secret).toString('hex')],
    ['in Base64', Buffer.from(secret).toString('base64')],
    ['inside a longer text in Base64', Buffer.from(`user:${secret}:tail`).toString('base64')],
    ['in Base64 for URLs', Buffer.from(`a${secret}b`).toString('base64url')],
  ])('hides a secret %s', (_, text) => {
    const shown = masker.mask(text);
    expect(shown).toContain(masked);
    expect(shown).not.toContain('hunter2');
    expect(Buffer.from(shown, 'base64').toString()).not.toContain('hunter2');
  });

  test('hides each line of a secret of many lines', () => {
    const keys = createMasker();
    keys.add('-----BEGIN KEY-----\nMIIEpAIBAAKCAQEA\n-----END KEY-----');
    expect(keys.mask('error near MIIEpAIBAAKCAQEA')).toBe(`error near ${masked}`);
  });

  test('a secret that contains another is hidden whole', () => {
    const two = createMasker();
    two.add('password');
    two.add('password-and-more');
    expect(two.mask('it is password-and-more')).toBe(`it is ${masked}`);
  });

  test('leaves everything else as it is, and what is too short to hide', () => {
    const short = createMasker();
    short.add('a.c');
    short.add('1234');
    expect(short.mask('abc a.c 1234')).toBe('abc a.c 1234');
    const pattern = createMasker();
    pattern.add('a.c+d*');
    expect(pattern.mask('abccdd a.c+d*')).toBe(`abccdd ${masked}`);
  });

  test('no text around a secret lets it through', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 5, maxLength: 40 }),
        fc.string(),
        fc.string(),
        (plain, before, after) => {
          const any = createMasker();
          any.add(plain);
          fc.pre(!masked.includes(plain));
          const encoded = Buffer.from(before + plain + after).toString('base64');
          expect(any.mask(before + plain + after)).not.toBe(before + plain + after);
          expect(any.mask(encoded)).not.toBe(encoded);
        },
      ),
    );
  });
});
