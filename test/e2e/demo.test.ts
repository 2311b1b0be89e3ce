import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { describeWithServices } from '../services.ts';

const top = fileURLToPath(new URL('../../', import.meta.url));

interface Story {
  readonly ok: boolean;
  readonly steps: readonly {
    readonly title: string;
    readonly ok: boolean;
    readonly seen: readonly string[];
  }[];
}

// Skipped with its reason where the demo would find no emulator; it starts one of its own.
await describeWithServices('the demo', ['moto'], () => {
  test('every step of the story holds, and the plan comment is there within 5 seconds', async () => {
    // As the README has it; rejects on any exit code but 0.
    const command = ['run', '--silent', 'demo', '--', '--once', '--json'];
    const { stdout } = await promisify(execFile)('npm', command, { cwd: top });
    const story = JSON.parse(stdout) as Story;
    expect(story.ok).toBe(true);
    expect(story.steps.map((s) => s.ok)).toEqual([true, true, true, true, true, true]);
    const [, ms] = /plan comment (\d+) ms/.exec(story.steps[0]!.seen.join('\n')) ?? [];
    console.info(`plan comment after ${ms} ms`);
    expect(Number(ms)).toBeLessThan(5_000);
  }, 120_000);
});
