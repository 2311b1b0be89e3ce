import { expect, test } from 'vitest';
import { accountTurns } from '../../src/workflow/account-turns.ts';

test('an account is asked for so many stacks at once and changed for as many, and others do not wait for it', async () => {
  const turns = accountTurns(2);
  const running: string[] = [];
  const ended = new Map<string, () => void>();
  const begin = (what: 'read' | 'apply', account: string, name: string) =>
    turns(what, account, () => {
      running.push(name);
      return new Promise<void>((resolve) => ended.set(name, resolve));
    });
  const all = [
    ...['a', 'b', 'c', 'd'].map((name) => begin('read', '1', name)),
    begin('apply', '1', 'apply'),
    begin('read', '2', 'other'),
  ];
  await new Promise(setImmediate);
  expect(running).toEqual(['a', 'b', 'apply', 'other']);
  ended.get('b')!();
  await new Promise(setImmediate);
  expect(running).toEqual(['a', 'b', 'apply', 'other', 'c']);
  ended.get('a')!();
  await new Promise(setImmediate);
  expect(running.at(-1)).toBe('d');
  for (const end of ended.values()) end();
  await Promise.all(all);
});

test('one that fails gives its turn to the next', async () => {
  const turns = accountTurns(1);
  const fails = turns('apply', '1', () => Promise.reject(new Error('no')));
  const next = turns('apply', '1', async () => 'done');
  await expect(fails).rejects.toThrow('no');
  expect(await next).toBe('done');
});
