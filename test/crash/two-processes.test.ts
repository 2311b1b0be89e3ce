import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawn } from '../seeded.ts';
import { describeWithServices } from '../services.ts';
import { steps } from './versions.ts';
import { apply, type CrashWorld, openCrashWorld, problemsOf, sourceOf, spawnChild } from './world.ts';

const text = steps.create.to;

/** What a process says when it has ended. */
async function saidBy(child: ReturnType<typeof spawnChild>): Promise<unknown> {
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    said += part;
  });
  await once(child, 'close');
  return JSON.parse(said);
}

await describeWithServices(
  'two processes that apply one stack',
  ['moto', 'postgres'],
  ({ moto, postgres }) => {
    let world: CrashWorld;
    beforeAll(async () => {
      world = await openCrashWorld(moto, postgres);
    });
    afterAll(() => world?.close());

    test('at the same time: one waits for the other, and everything is made once', {
      timeout: 120_000,
    }, async () => {
      const task = { name: 'both', text, waitMs: 60_000 };
      const children = [spawnChild(world.environment, task), spawnChild(world.environment, task)];
      expect(await Promise.all(children.map(saidBy))).toEqual([
        { status: 'succeeded' },
        { status: 'succeeded' },
      ]);
      expect(await problemsOf(world, 'both', text)).toEqual([]);
      const runs = await world.workflow.state.runs(sourceOf('both', text).stack, 10);
      expect(runs.map((r) => [r.status, r.plan.changes.filter((c) => c.action !== 'none').length])).toEqual([
        ['succeeded', 0],
        ['succeeded', 6],
      ]);
    });

    test('without waiting: the second is told that the first is at it', async () => {
      const { state } = world.workflow;
      const lock = await state.lock(sourceOf('held', text).stack, 'another', 60_000);
      await expect(apply(world.workflow, sourceOf('held', text))).rejects.toMatchObject({
        code: 'apply-locked',
      });
      await state.unlock(lock!);
    });

    const pauses = {
      'before a call': 'before createVpc 1',
      'after a call, before it is recorded': 'after createVpc 1',
      'before it writes its intent': 'before begin 2',
      'before it records': 'before end 2',
    };
    test.for(drawn('STALLS', Object.entries(pauses), 2))(
      'one stalls %s for longer than its lock lives: the other takes over, and the first is fenced off when it wakes up',
      { timeout: 180_000, concurrent: true },
      async ([, pause], { onTestFinished }) => {
        const name = `stalled${pause.replace(/[^a-z0-9]/gi, '')}`;
        const stalled = spawnChild(world.environment, { name, text, pause });
        onTestFinished(() => void stalled.kill('SIGKILL'));
        const said = saidBy(stalled);
        await untilStopped(stalled.pid!);
        const { status } = await apply(world.workflow, sourceOf(name, text), 60_000);
        expect(status).toBe('succeeded');
        stalled.kill('SIGCONT');
        expect(await said).toEqual({ error: 'apply-fenced' });
        expect(await problemsOf(world, name, text)).toEqual([]);
      },
    );
  },
);

/** Until the kernel says that the process is stopped. */
async function untilStopped(pid: number): Promise<void> {
  for (;;) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    if (/\) T /.test(stat)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
