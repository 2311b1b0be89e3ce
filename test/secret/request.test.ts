/** What Vault, or what stands before it, answers where it does not answer as it should. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { vaultTransport } from '../../src/secret/vault/request.ts';
import type { VaultCall } from '../../src/secret/vault.ts';

interface Answer {
  readonly status: number;
  readonly body?: string;
}

const token = 'hvs.token-of-nobody';
const password = 'correct horse battery';
const read: VaultCall = { method: 'GET', path: 'secret/data/shop' };
const write: VaultCall = { method: 'POST', path: 'secret/data/shop', body: { data: { password } } };
const said = (...errors: string[]) => JSON.stringify({ errors });
const fine = { status: 200, body: JSON.stringify({ request_id: 'r', data: { password: 'x' } }) };

/** Answers one after the other, and the last one from then on; none hangs. */
async function vaultThatAnswers(...answers: readonly Answer[]) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)];
    asked.push(`${request.method} ${request.url}`);
    if (answer)
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    send: vaultTransport({ address, timeoutMs: 300 }),
    impatient: vaultTransport({ address, timeoutMs: 300, retries: 0 }),
    asked,
  };
}

test.each<readonly [string, VaultCall, readonly Answer[], string, string]>([
  ['sealed', read, [{ status: 503, body: said('Vault is sealed') }], 'vault-sealed', 'sealed'],
  [
    'without an active node',
    read,
    [{ status: 500, body: said('local node not active but active cluster node not found') }],
    'vault-unavailable',
    'no active node',
  ],
  [
    'behind a balancer that reaches none',
    read,
    [{ status: 502, body: '<html>Bad gateway</html>' }],
    'vault-unavailable',
    '502',
  ],
  [
    'behind a page of somebody else',
    read,
    [{ status: 200, body: '<html>Log in</html>' }],
    'vault-unavailable',
    'not Vault',
  ],
  [
    'not at that address',
    read,
    [{ status: 404, body: '<html>Not found</html>' }],
    'vault-unavailable',
    'not Vault',
  ],
  ['slow', read, [], 'vault-unavailable', 'in time'],
  [
    'of another mind',
    write,
    [{ status: 400, body: said(`cannot take ${password} from ${token}`) }],
    'vault-rejected',
    'did not take',
  ],
  [
    'not willing',
    write,
    [{ status: 403, body: said('1 error occurred: permission denied') }],
    'vault-denied',
    'write secret/data/shop',
  ],
])(
  'a Vault that is %s is told as that, without the token or what was sent',
  async (_, call, answers, code, text) => {
    const { impatient } = await vaultThatAnswers(...answers);
    const error = await impatient(call, token).catch((e: unknown) => e);
    expect(error).toMatchObject({ code, message: expect.stringContaining(text) });
    const whole = JSON.stringify(error, Object.getOwnPropertyNames(error));
    expect(whole).not.toContain(password);
    expect(whole).not.toContain(token);
  },
);

test('what only reads is asked again where Vault does not answer for a moment', async () => {
  const { send, asked } = await vaultThatAnswers({ status: 502 }, { status: 429, body: said('quota') }, fine);
  expect((await send(read, token))?.data).toEqual({ password: 'x' });
  expect(asked).toHaveLength(3);
});

test.each([
  ['what writes', write, { status: 502 }],
  ['a Vault that is sealed', read, { status: 503, body: said('Vault is sealed') }],
])('%s is not asked again', async (_, call, answer) => {
  const { send, asked } = await vaultThatAnswers(answer, fine);
  await expect(send(call, token)).rejects.toThrow();
  expect(asked).toHaveLength(1);
});

test('what is not there is no error; and a path that would be another in a URL is not sent', async () => {
  const { send, asked } = await vaultThatAnswers({ status: 404, body: said() });
  expect(await send(read, token)).toBeUndefined();
  await expect(send({ method: 'DELETE', path: 'secret/../sys/seal' }, token)).rejects.toMatchObject({
    code: 'vault-refused',
  });
  expect(asked).toEqual(['GET /v1/secret/data/shop']);
});
