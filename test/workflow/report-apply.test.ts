/** What people read while a merge is applied: the comment, and the progress with what the cloud keeps it waiting for. */
import { describe, expect, test } from 'vitest';
import { openWait } from '../../src/provider/waiting.ts';
import { applyMerge } from '../../src/workflow/apply-merge.ts';
import { reportTrouble } from '../../src/workflow/report-trouble.ts';
import { approved, mergedAndInterrupted, openHub, openWorld, thingsNamed } from '../security/world.ts';

async function applying(
  beforeCreate: (read: { main: () => string; progress: () => string }) => Promise<void>,
) {
  const { workflow, cloud } = await openWorld();
  const hub = openHub();
  const bodies = () => [...hub.comments.values()].map((c) => c.body);
  const main = () => bodies().find((b) => b.startsWith('<!-- slipway:review -->')) ?? '';
  const progress = () => bodies().find((b) => b.startsWith('<!-- slipway:progress:')) ?? '';
  await approved(workflow, hub, 1, thingsNamed('a'));
  let seen: Promise<void> | undefined;
  cloud.beforeCreate = () => {
    seen = beforeCreate({ main, progress });
    return seen;
  };
  hub.merge(1);
  await applyMerge(workflow, hub, 1);
  await seen;
  return { workflow, hub, main, progress };
}

async function until(done: () => boolean): Promise<void> {
  await expect.poll(done, { timeout: 10_000, interval: 20 }).toBe(true);
}

describe('while a merge is applied', () => {
  test('the comment says so, who approved it, and where the progress is', async () => {
    let during = '';
    const { main, progress } = await applying(async (read) => {
      during = read.main();
    });
    expect(during).toContain('## 🔵 Applying: 1 to create');
    expect(during).toMatch(
      /Applying, approved by `@reviewer` · \[progress\]\(\S+\/pull\/1#issuecomment-\d+\)/,
    );
    expect(during).toContain('`/slipway cancel`');
    expect(during).not.toContain('Merge it');
    expect(main()).toMatch(/✅ Applied, approved by `@reviewer` · \[progress\]/);
    expect(progress()).toContain('<sub>Approved by `@reviewer`</sub>');
  });

  test('what AWS keeps waiting is told with the time since when, though nothing else happens', async () => {
    let during = '';
    await applying(async ({ progress }) => {
      const wait = openWait({ now: () => new Date('2026-01-01T10:01:37.000Z') });
      wait.isFor('what still uses it to go: AWS answers DependencyViolation');
      await until(() => progress().includes('waiting since'));
      during = progress();
      wait.over();
      await until(() => !progress().includes('waiting since'));
    });
    expect(during).toContain(
      'creating, waiting since 10:01:37 UTC for what still uses it to go: AWS answers DependencyViolation',
    );
  });

  test('an apply that Slipway gives up on is not said to go on, nor not to have been begun', async () => {
    const { workflow, cloud } = await openWorld();
    const hub = openHub();
    const main = () => [...hub.comments.values()].find((c) => c.body.includes('slipway:review'))?.body ?? '';
    await approved(workflow, hub, 1, thingsNamed('a', 'b'));
    await mergedAndInterrupted(workflow, cloud, hub, 1);
    expect(main()).toContain('🔵 Applying');
    await reportTrouble(workflow, hub, 1);
    expect(main()).not.toContain('🔵 Applying');
    expect(main()).toContain('**Next:** Fix what is below, then comment `/slipway retry`.');
    await applyMerge(workflow, hub, 1);
    expect(main()).toMatch(/✅ Applied, approved by `@reviewer`/);
  });

  test('GitHub that takes no comment keeps nothing from being applied', async () => {
    const { workflow, cloud } = await openWorld();
    const hub = openHub();
    await approved(workflow, hub, 1, thingsNamed('a'));
    hub.merge(1);
    const { writeComment } = hub;
    let refused = 0;
    const stubborn = {
      ...hub,
      writeComment: (...args: Parameters<typeof writeComment>) => {
        if (cloud.things.size > 0) return writeComment(...args);
        refused++;
        return Promise.reject(new Error('GitHub says 502'));
      },
    };
    await applyMerge(workflow, stubborn, 1);
    expect(refused).toBe(2);
    expect([...cloud.things.keys()]).toEqual(['a']);
  });
});
