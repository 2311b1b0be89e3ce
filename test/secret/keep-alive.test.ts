import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepAlive } from '../../src/secret/vault/keep-alive.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** What happened, as second and word, in so many seconds. */
async function followed(
  life: { readonly seconds: number; readonly renewable: boolean },
  renew: (at: number) => number,
  seconds: number,
): Promise<readonly string[]> {
  const happened: string[] = [];
  const at = () => Math.round(Date.now() / 1000);
  keepAlive(life, {
    isWanted: () => true,
    renew: async () => {
      happened.push(`${at()} renew`);
      return { seconds: renew(at()) };
    },
    ending: (error) =>
      happened.push(`${at()} ends${error === undefined ? '' : `: ${(error as Error).message}`}`),
  });
  await vi.advanceTimersByTimeAsync(seconds * 1000);
  return happened;
}

const failing = () => {
  throw new Error('sealed');
};

test.each([
  [
    'is renewed each time that half of it is over',
    { seconds: 100, renewable: true },
    () => 100,
    170,
    ['50 renew', '100 renew', '150 renew'],
  ],
  ['is left alone where it never ends', { seconds: 0, renewable: true }, () => 100, 1e6, []],
  [
    'that cannot be renewed ends when a fifth is left',
    { seconds: 100, renewable: false },
    () => 100,
    200,
    ['80 ends'],
  ],
  [
    'that may not live longer is not renewed once there is hardly more than the reserve',
    { seconds: 100, renewable: true },
    (at: number) => (at < 60 ? 100 : 30),
    200,
    ['50 renew', '100 renew', '110 ends'],
  ],
  [
    'of many hours keeps five minutes in reserve',
    { seconds: 36_000, renewable: false },
    () => 0,
    36_000,
    ['35700 ends'],
  ],
])('a lease %s', async (_, life, renew, seconds, expected) => {
  expect(await followed(life, renew, seconds)).toEqual(expected);
});

test('where renewing fails it is tried again until only the reserve is left, and the reason is told', async () => {
  const happened = await followed({ seconds: 100, renewable: true }, failing, 200);
  expect(happened[0]).toBe('50 renew');
  expect(happened.slice(1, -1).every((what) => what.endsWith('renew'))).toBe(true);
  expect(happened.length).toBeGreaterThan(5);
  expect(happened.at(-1)).toBe('80 ends: sealed');
});

test('a Vault that answers again in time is as if nothing had been', async () => {
  const happened = await followed(
    { seconds: 100, renewable: true },
    (at) => (at < 60 ? failing() : 100),
    100,
  );
  expect(happened.some((what) => what.includes('ends'))).toBe(false);
});
