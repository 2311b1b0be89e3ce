import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { SlipwayError } from '../../src/base/error.ts';
import { callRates } from '../../src/provider/aws/call-rate.ts';
import { deleteWhenFree } from '../../src/provider/aws/delete-when-free.ts';
import { eventually, until } from '../../src/provider/aws/eventually.ts';
import { openWait, tellingWaits } from '../../src/provider/waiting.ts';
import { quickClock } from '../contract/quick-clock.ts';

const failure = (name: string) =>
  new SlipwayError('cloud-refused', { summary: 'no', cause: Object.assign(new Error('no'), { name }) });

/** Fails so often, and is done then. */
function failing(times: number, name: string): () => Promise<string> {
  let left = times;
  return async () => {
    if (left-- > 0) throw failure(name);
    return 'done';
  };
}

/** What is told while the work is done: `undefined` once it waits for nothing more. */
async function told(work: () => Promise<unknown>): Promise<readonly (string | undefined)[]> {
  const all: (string | undefined)[] = [];
  await tellingWaits(
    (wait) => all.push(wait?.what),
    () => work().catch(() => {}),
  );
  return all;
}

describe('what work waits for is told', () => {
  const clock = quickClock();
  const rates = () => {
    const call = failing(2, 'RequestLimitExceeded');
    return callRates(clock).run('EC2.CreateSubnet', async () => {
      try {
        return await call();
      } catch (error) {
        throw error instanceof SlipwayError ? error.problem.cause : error;
      }
    });
  };
  test.each<readonly [string, () => Promise<unknown>, string]>([
    [
      'a call that is refused as not yet',
      () => eventually({ clock }, failing(2, 'InvalidVpcID.NotFound')),
      'AWS to take a call that it refuses for now: InvalidVpcID.NotFound',
    ],
    [
      'something that takes its time',
      () => until({ clock }, 'instance i-1 to run', 60_000, soon()),
      'instance i-1 to run',
    ],
    [
      'what others still use',
      () =>
        deleteWhenFree(
          { clock },
          { what: 'vpc-1', send: failing(2, 'DependencyViolation'), holders: async () => [] },
        ),
      'what still uses it to go: AWS answers DependencyViolation',
    ],
    ['a rate that AWS throttles', rates, 'AWS to take more calls of EC2.CreateSubnet, which it throttles'],
  ])('%s', async (_name, work, what) => {
    expect(await told(work)).toContain(what);
    expect((await told(work)).at(-1)).toBeUndefined();
  });

  test('once for as long as it is the same, and of several the one that began first', async () => {
    const all = await told(async () => {
      const outer = openWait(clock);
      const inner = openWait(clock);
      outer.isFor('a');
      outer.isFor('a');
      inner.isFor('b');
      inner.over();
      inner.isFor('c');
      outer.over();
      inner.over();
    });
    expect(all).toEqual(['a', 'c', undefined]);
  });

  test('not to who began other work', async () => {
    const [one, other] = await Promise.all([
      told(async () => {
        const wait = openWait(clock);
        await setImmediate();
        wait.isFor('a');
        wait.over();
      }),
      told(() => setImmediate()),
    ]);
    expect([one, other]).toEqual([['a', undefined], []]);
  });

  test('to nobody where nobody listens', async () => {
    expect(await eventually({ clock }, failing(1, 'InvalidVpcID.NotFound'))).toBe('done');
  });
});

function soon(): () => Promise<true | undefined> {
  let left = 3;
  return async () => (left-- > 0 ? undefined : true);
}
