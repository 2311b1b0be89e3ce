import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../../src/sandbox/fault-proxy/random.ts';
import { seedOf } from '../seeded.ts';
import { describeWithServices } from '../services.ts';
import type { Point } from './points.ts';
import { type StepName, steps } from './versions.ts';
import { type CrashWorld, crashAt, openCrashWorld, pointsOf } from './world.ts';

/** `CRASH_SEED=7` draws three other points; `npm run test:crash` takes all of them. */
const seed = seedOf('CRASH');
const sampled = 3;

await describeWithServices(
  'a process that is killed in the middle',
  ['moto', 'postgres'],
  ({ moto, postgres }) => {
    const random = seededRandom(seed);
    const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!;
    const step = pick(Object.keys(steps) as StepName[]);
    let world: CrashWorld;
    let points: readonly Point[];

    beforeAll(async () => {
      world = await openCrashWorld(moto, postgres);
      points = await pointsOf(world, 'points', step);
    });
    afterAll(() => world?.close());

    test(`leaves a stack that applying again makes whole: ${sampled} points of '${step}' (seed ${seed})`, {
      timeout: 240_000,
    }, async () => {
      const chosen = Array.from({ length: sampled }, () => pick(points));
      const problems = await Promise.all(chosen.map((point, i) => crashAt(world, `crash${i}`, step, point)));
      expect(Object.fromEntries(chosen.map((point, i) => [point, problems[i]]))).toEqual(
        Object.fromEntries(chosen.map((point) => [point, []])),
      );
    });
  },
);
