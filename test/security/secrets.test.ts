/** Getting a secret out of a plan, which nobody has to approve, or out of what is written about it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { seal, type Value } from '../../src/base/value.ts';
import { codeSpan, html, prose } from '../../src/review/escape.ts';
import { createMasker } from '../../src/secret/masker.ts';
import { vaultText } from '../../src/secret/vault/reference.ts';
import { openVault } from '../../src/secret/vault.ts';
import { evaluate } from '../../src/stack/evaluate.ts';
import { key, scopeOf } from '../stack/facts.ts';

const reference = 'secretsmanager:prod/database';
const plaintext = 'Tr0ub4dor&3';
const scope = scopeOf({}, { [reference]: seal(plaintext, key) });
const secret = { $slipway: 'resolve', reference };
const split = (at: string, text: Value = secret) => ({ 'Fn::Split': [at, text] });

describe('an expression in a template asks about a stored secret', () => {
  test.each([
    ['whether it begins with Tr0, by the number of pieces', { 'Fn::Length': split('Tr0') }],
    ['the same by the length of a list in the plan', split('Tr0')],
    ['the same by the error of an index', { 'Fn::Select': [5, split('Tr0')] }],
    ['behind a Join that changes nothing', { 'Fn::Length': split('Tr0', { 'Fn::Join': ['', [secret]] }) }],
    ['behind a Join that adds commas', { 'Fn::Length': split(',', { 'Fn::Join': [',', [secret, 'x']] }) }],
    ['for its first letters, in the error of Fn::Cidr', { 'Fn::Cidr': [secret, 1, 8] }],
    ['for its letters, in the error of an index', { 'Fn::Select': [secret, ['a', 'b']] }],
  ])('%s: it is refused, and the error holds nothing of it', (_, expression) => {
    const asked = () => evaluate(expression as Value, scope);
    expect(asked).toThrow(/^Fn::(Split cannot take a secret apart|Cidr cannot take|The index)|The index/);
    expect(asked).not.toThrow(/Tr0|items/);
  });
});

describe('a path in Vault that is another one once it stands in a URL', () => {
  test.each([
    'secret/data/shop/..\\..\\admin',
    'secret/data/shop/%2e%2e/admin',
    'secret/data/shop/.%2E/admin',
    'secret/data/shop/%2e%2e%2fadmin',
    'secret/data/shop/a?list=true',
    'secret/data/shop/./../admin',
    'secret/data/shop//admin',
    'secret/data/shop/a\tb',
  ])('%j is refused before Vault is asked', async (path) => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url!);
      response.setHeader('content-type', 'application/json').end('{"data":{"password":"of the admin"}}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const vault = openVault({
      address: `http://127.0.0.1:${port}`,
      login: { method: 'token', token: 'token' },
    });
    try {
      const read = vaultText(vault, `${path}#password`, ['secret/data/shop/*', 'secret/data/shop/**']);
      await expect(read).rejects.toMatchObject({ code: 'vault-refused' });
      expect(asked).toEqual([]);
    } finally {
      server.close();
    }
  });
});

describe('a secret that Markdown or HTML writes differently is masked all the same', () => {
  const awkward = 'p|pe_and*star<b>&"q"';
  const masker = createMasker();
  masker.add(awkward);
  test.each([
    ['in a sentence', prose(`Value (${awkward}) is not allowed`)],
    ['in a code span', codeSpan(`Value (${awkward}) is not allowed`)],
    ['in HTML', html(`Value (${awkward}) is not allowed`)],
  ])('%s', (_, shown) => {
    expect(masker.mask(shown)).not.toMatch(/pe\\?_and/);
  });
});
