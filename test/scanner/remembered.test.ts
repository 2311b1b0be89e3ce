import { expect, test } from 'vitest';
import { remembered } from '../../src/scanner/remembered.ts';
import { done, failed, type Scanned } from '../../src/scanner/scanner.ts';
import { network, textOf } from './texts.ts';

function counting(answer: (count: number) => Scanned) {
  let count = 0;
  const scanner = remembered(
    { reads: 'template', scan: async () => answer(++count) },
    ({ template }) => template?.text,
  );
  return { scan: (text: string) => scanner.scan({ template: textOf(text) }), asked: () => count };
}

test('the same text is looked at once, another one again', async () => {
  const { scan, asked } = counting(() => done([]));
  await Promise.all([scan(network), scan(network)]);
  await scan(network);
  expect(asked()).toBe(1);
  await scan(`${network}# changed`);
  expect(asked()).toBe(2);
});

test('what failed is asked again', async () => {
  const { scan, asked } = counting((count) => (count === 1 ? failed('broke', 'mend') : done([])));
  expect((await scan(network)).kind).toBe('failed');
  expect((await scan(network)).kind).toBe('done');
  expect(asked()).toBe(2);
});

test('what breaks is asked again, and breaks nothing else', async () => {
  const { scan, asked } = counting((count) => {
    if (count === 1) throw new Error('broke');
    return done([]);
  });
  await expect(scan(network)).rejects.toThrow('broke');
  expect((await scan(network)).kind).toBe('done');
  expect(asked()).toBe(2);
});

test('only the latest are kept', async () => {
  const { scan, asked } = counting(() => done([]));
  for (let index = 0; index <= 200; index++) await scan(`${network}# ${index}`);
  await scan(`${network}# 200`);
  expect(asked()).toBe(201);
  await scan(`${network}# 0`);
  expect(asked()).toBe(202);
});

test('what many things were found in makes room first', async () => {
  const hit = { rule: 'R', message: 'wrong', level: 'error' as const };
  const { scan, asked } = counting(() => done(Array.from({ length: 2_000 }, () => hit)));
  for (let index = 0; index <= 10; index++) await scan(`${network}# ${index}`);
  await scan(`${network}# 10`);
  expect(asked()).toBe(11);
  await scan(`${network}# 0`);
  expect(asked()).toBe(12);
});
