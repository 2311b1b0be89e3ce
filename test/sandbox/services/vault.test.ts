import { expect, test } from 'vitest';
import { describeWithServices } from '../../services.ts';

await describeWithServices('vault', ['vault'], ({ vault }) => {
  const { VAULT_ADDR, VAULT_TOKEN } = vault.environment;
  const call = (path: string, init: RequestInit, token: string) =>
    fetch(`${VAULT_ADDR}/v1/${path}`, { ...init, headers: { 'x-vault-token': token } });

  test('keeps a secret under secret/ for the token of its environment', async () => {
    const body = JSON.stringify({ data: { password: 'hunter2' } });
    const written = await call('secret/data/shop', { method: 'POST', body }, VAULT_TOKEN ?? '');
    expect(written.status).toBe(200);
    const read = await call('secret/data/shop', {}, VAULT_TOKEN ?? '');
    expect(await read.json()).toMatchObject({ data: { data: { password: 'hunter2' } } });
  });

  test('refuses any other token', async () => {
    expect((await call('secret/data/shop', {}, 'wrong')).status).toBe(403);
  });
});
