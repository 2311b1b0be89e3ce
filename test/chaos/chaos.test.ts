import { expect, test } from 'vitest';
import { seedOf } from '../seeded.ts';
import { describeWithServices } from '../services.ts';
import { chaos } from './chaos.ts';

// Its own servers: the database crashes, and the pool's are handed on.
await describeWithServices(
  'seconds of chaos, of which `npm run test:chaos` makes minutes',
  ['moto', 'postgres'],
  () => {
    test('leave every pull request, every stack and the record as if nothing had gone wrong', {
      timeout: 240_000,
    }, async () => {
      const report = await chaos({
        seed: seedOf('CHAOS'),
        seconds: 8,
        merges: 1,
        processes: 2,
        repositories: 1,
      });
      if (report.problems.length > 0) console.error(report.timeline.join('\n'));
      expect(report.problems).toEqual([]);
      expect(report.figures.merged).toBeGreaterThan(0);
      expect(Object.keys(report.faults)).not.toHaveLength(0);
    });
  },
);
