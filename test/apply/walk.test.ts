import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Step, walk } from '../../src/apply/walk.ts';

const graph = fc
  .array(fc.record({ needs: fc.array(fc.nat(20), { maxLength: 3 }), fails: fc.boolean() }), { maxLength: 15 })
  .map((all) =>
    all.map(({ needs, fails }, i) => ({
      id: `S${i}`,
      needs: [...new Set(needs.filter((n) => n < i).map((n) => `S${n}`))],
      fails: fails && i % 3 === 0,
    })),
  );

describe('walking a graph', () => {
  test('starts each step after all that it needs, at most so many at once, and stops only behind a failure', () =>
    fc.assert(
      fc.asyncProperty(graph, fc.integer({ min: 1, max: 4 }), async (steps, concurrency) => {
        const done: string[] = [];
        let running = 0;
        const result = await walk(
          steps,
          async (step) => {
            expect(done).toEqual(expect.arrayContaining([...step.needs]));
            running += 1;
            expect(running).toBeLessThanOrEqual(concurrency);
            await Promise.resolve();
            running -= 1;
            if (step.fails) throw new Error(step.id);
            done.push(step.id);
          },
          { concurrency },
        );
        const blocked = new Set<string>();
        for (const { id, needs, fails } of steps) {
          if (fails || needs.some((need) => blocked.has(need))) blocked.add(id);
        }
        expect([...result.done].sort()).toEqual(
          steps
            .map((s) => s.id)
            .filter((id) => !blocked.has(id))
            .sort(),
        );
        expect([...result.failed.keys(), ...result.notStarted].sort()).toEqual([...blocked].sort());
      }),
    ));

  const chain: Step[] = [
    { id: 'a', needs: [] },
    { id: 'b', needs: ['a'] },
    { id: 'c', needs: ['b'] },
  ];

  test('lets a step start beside a long queue of others that are of another lane', async () => {
    const steps = [
      ...Array.from({ length: 20 }, (_, i) => ({ id: `slow ${i}`, needs: [] })),
      { id: 'quick', needs: ['slow 0'] },
    ];
    const order: string[] = [];
    let running = 0;
    const run = async ({ id }: Step) => {
      if (id.startsWith('slow')) expect(++running).toBeLessThanOrEqual(2);
      await setImmediate();
      if (id.startsWith('slow')) running -= 1;
      order.push(id);
    };
    const lanes = { of: ({ id }: Step) => id.slice(0, 4), concurrency: 2 };
    await walk(steps, run, { concurrency: 10, lanes });
    expect(order).toHaveLength(21);
    expect(order.indexOf('quick')).toBeLessThan(5);
  });

  test('starts what most others wait for first', async () => {
    const steps = [
      { id: 'root', needs: [] },
      { id: 'leaf', needs: ['root'] },
      { id: 'table', needs: ['root'] },
      ...Array.from({ length: 3 }, (_, i) => ({ id: `route ${i}`, needs: ['table'] })),
    ];
    const order: string[] = [];
    await walk(steps, async ({ id }) => void order.push(id), { concurrency: 1 });
    expect(order.slice(0, 3)).toEqual(['root', 'table', 'leaf']);
  });

  test('goes on behind what is done, and does not run what failed in an earlier life', async () => {
    const ran: string[] = [];
    const run = async ({ id }: Step) => void ran.push(id);
    await walk(chain, run, { concurrency: 2, done: new Set(['a']) });
    expect(ran.splice(0)).toEqual(['b', 'c']);
    const result = await walk(chain, run, {
      concurrency: 2,
      done: new Set(['a']),
      failed: new Map([['b', 'why']]),
    });
    expect(ran).toEqual([]);
    expect(result).toMatchObject({ failed: new Map([['b', 'why']]), notStarted: ['c'] });
  });

  test('stopped, it starts nothing more, and what throws then has not failed', async () => {
    const stop = new AbortController();
    const result = await walk(
      chain,
      async ({ id }) => {
        if (id !== 'b') return;
        stop.abort();
        throw new Error('cut off');
      },
      { concurrency: 2, signal: stop.signal },
    );
    expect(result).toEqual({ done: new Set(['a']), failed: new Map(), notStarted: ['c', 'b'] });
  });

  test('leaves a circle alone, and says that it did not start', async () => {
    const steps = [
      { id: 'a', needs: ['b'] },
      { id: 'b', needs: ['a'] },
    ];
    const result = await walk(steps, async () => {}, { concurrency: 1 });
    expect(result.notStarted).toEqual(['a', 'b']);
  });
});
