import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Clock } from '../../../src/base/clock.ts';
import { callRates } from '../../../src/provider/aws/call-rate.ts';

/** Time that stands still while anything is done, and goes on to the next sleeper's end when nothing is. */
function stillClock() {
  let now = 0;
  const sleepers: { readonly at: number; wake(): void }[] = [];
  const clock: Clock = {
    now: () => new Date(now),
    sleep: (ms) => new Promise((wake) => sleepers.push({ at: now + ms, wake })),
  };
  return {
    clock,
    seconds: () => now / 1000,
    async until(work: Promise<unknown>): Promise<void> {
      let isDone = false;
      const done = work
        .catch(() => {})
        .then(() => {
          isDone = true;
        });
      for (;;) {
        await setImmediate();
        if (isDone) return done;
        sleepers.sort((a, b) => a.at - b.at);
        const next = sleepers.shift();
        if (!next) throw new Error('nobody sleeps, and it is not done');
        now = next.at;
        next.wake();
      }
    },
  };
}

/** AWS's bucket of one action, 200 ms away. */
function bucketOf(size: { readonly capacity: number; readonly perSecond: number }, clock: Clock) {
  let tokens = size.capacity;
  let filledAt = clock.now().getTime();
  const counts = { answered: 0, throttled: 0 };
  const call = async () => {
    await clock.sleep(100);
    const now = clock.now().getTime();
    tokens = Math.min(size.capacity, tokens + ((now - filledAt) / 1000) * size.perSecond);
    filledAt = now;
    const isThrottled = tokens < 1;
    if (!isThrottled) tokens -= 1;
    counts[isThrottled ? 'throttled' : 'answered'] += 1;
    await clock.sleep(100);
    if (isThrottled) throw throttling();
  };
  return { call, counts };
}

const throttling = () => Object.assign(new Error('slow down'), { name: 'RequestLimitExceeded' });

const many = <T>(count: number, one: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => one(index)));

describe('an action that AWS throttles', () => {
  test.each([
    ['as EC2 begins with for changes', { capacity: 50, perSecond: 5 }, 'EC2.CreateSubnet', 400],
    ['as EC2 begins with for reads', { capacity: 100, perSecond: 20 }, 'EC2.DescribeSubnets', 2000],
    ['as for NAT gateways', { capacity: 10, perSecond: 1 }, 'EC2.CreateNatGateway', 100],
    ['as for VPC endpoints', { capacity: 4, perSecond: 0.3 }, 'EC2.CreateVpcEndpoint', 40],
    ['as for instances', { capacity: 5, perSecond: 2 }, 'EC2.RunInstances', 200],
    ['as of an account that asked for more', { capacity: 500, perSecond: 50 }, 'EC2.CreateSubnet', 3000],
  ])('is called as often as its bucket allows, %s', async (_, size, action, count) => {
    const { clock, until, seconds } = stillClock();
    const bucket = bucketOf(size, clock);
    const rates = callRates(clock);
    await until(many(count, () => rates.run(action, bucket.call)));
    const floor = (count - size.capacity) / size.perSecond;
    expect(seconds() / floor).toBeLessThan(1.1);
    expect(bucket.counts.answered).toBe(count);
    // Those that find it empty first, those that find its rate, and a few to see whether there is more.
    expect(bucket.counts.throttled).toBeLessThan(25 + count / 10);
  });

  test('does not hold up another one', async () => {
    const { clock, until, seconds } = stillClock();
    const [slow, quick] = [
      { capacity: 1, perSecond: 1 },
      { capacity: 100, perSecond: 100 },
    ];
    const [few, plenty] = [bucketOf(slow, clock), bucketOf(quick, clock)];
    const rates = callRates(clock);
    const rest = many(30, () => rates.run('EC2.CreateNatGateway', few.call));
    await until(many(30, () => rates.run('EC2.CreateSubnet', plenty.call)));
    expect(seconds()).toBeLessThan(1);
    await until(rest);
  });

  test('is called at once again after a pause, in which the bucket has filled', async () => {
    const { clock, until, seconds } = stillClock();
    const bucket = bucketOf({ capacity: 50, perSecond: 5 }, clock);
    const rates = callRates(clock);
    await until(many(100, () => rates.run('EC2.CreateSubnet', bucket.call)));
    await until(clock.sleep(60_000));
    const began = seconds();
    await until(many(15, () => rates.run('EC2.CreateSubnet', bucket.call)));
    expect(seconds() - began).toBeLessThan(0.5);
  });

  test('fails when nothing of it gets through for a minute, with what AWS said', async () => {
    const { clock, until, seconds } = stillClock();
    const rates = callRates(clock);
    const failed = expect(
      rates.run('EC2.CreateSubnet', async () => {
        throw throttling();
      }),
    ).rejects.toMatchObject({ name: 'RequestLimitExceeded' });
    await until(failed);
    expect(seconds()).toBeGreaterThan(60);
    expect(seconds()).toBeLessThan(70);
  });

  test('is not sent by those who wait when they are dismissed, and is by those who come later', async () => {
    const { clock, until } = stillClock();
    const bucket = bucketOf({ capacity: 2, perSecond: 1 }, clock);
    const rates = callRates(clock);
    const all = Promise.allSettled(
      Array.from({ length: 30 }, () => rates.run('EC2.CreateSubnet', bucket.call)),
    );
    await until(clock.sleep(2_000));
    rates.dismiss(new Error('the lock is lost'));
    const sent = bucket.counts.answered;
    await until(all);
    expect((await all).map((one) => one.status).filter((status) => status === 'rejected').length).toBe(
      30 - bucket.counts.answered,
    );
    expect(bucket.counts.answered).toBeLessThanOrEqual(sent + 1);
    await until(rates.run('EC2.CreateSubnet', bucket.call));
  });
});

test('an action that AWS does not throttle is never waited for', async () => {
  const { clock, until, seconds } = stillClock();
  const bucket = bucketOf({ capacity: 1000, perSecond: 100 }, clock);
  const rates = callRates(clock);
  await until(many(800, () => rates.run('EC2.CreateSubnet', bucket.call)));
  // Sixteen at once, a fifth of a second each.
  expect(seconds()).toBeCloseTo((800 / 16) * 0.2, 5);
});

test('a call that is under way when the run is stopped is not sent again', async () => {
  const { clock, until } = stillClock();
  const rates = callRates(clock);
  let sent = 0;
  const call = rates.run('EC2.CreateSubnet', async () => {
    sent += 1;
    await clock.sleep(100);
    throw throttling();
  });
  rates.dismiss(new Error('the lock is lost'));
  await until(call);
  await expect(call).rejects.toThrow('the lock is lost');
  expect(sent).toBe(1);
});

test('a clock that is set back does not stop the calls', async () => {
  const { clock, until, seconds } = stillClock();
  const anHour = 3_600_000;
  let back = 0;
  const rates = callRates({ ...clock, now: () => new Date(clock.now().getTime() + 10 * anHour - back) });
  let isThrottled = true;
  const call = () =>
    rates.run('EC2.CreateSubnet', async () => {
      if (isThrottled) {
        isThrottled = false;
        throw throttling();
      }
    });
  await until(call());
  back = anHour;
  await until(call());
  expect(seconds()).toBeLessThan(10);
});
