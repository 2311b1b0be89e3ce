import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Shown } from '../../src/sandbox/demo/shown.ts';
import { describeWithServices } from '../services.ts';

const top = fileURLToPath(new URL('../../', import.meta.url));

interface Story {
  readonly ok: boolean;
  readonly steps: readonly {
    readonly title: string;
    readonly ok: boolean;
    readonly seen: readonly string[];
  }[];
  /** How many each process took, where there are several. */
  readonly webhooks?: readonly number[];
  /** Why a step was. */
  readonly leftOut?: string;
  readonly shown: Shown;
}

/** As the README has it; rejects on any exit code but 0. */
async function played(...more: readonly string[]): Promise<Story> {
  const command = ['run', '--silent', 'demo', '--', '--once', '--json', ...more];
  const { stdout } = await promisify(execFile)('npm', command, { cwd: top });
  return JSON.parse(stdout) as Story;
}

/** What differs from one world to the next, whoever plays in it: ids, addresses, names with a random end, times. */
const passing: readonly (readonly [RegExp, string])[] = [
  [/\b([a-z]+)-[0-9a-f]{17}\b/g, '$1-id'],
  [/\b[0-9a-f]{40}\b|(?<=Commit `)[0-9a-f]{7}(?=`)|(?<=plan `)[0-9a-f]{8}(?=`)/g, 'digest'],
  [/(?<=#issuecomment-)\d+/g, 'number'],
  [/(?<=127\.0\.0\.1:)\d+/g, 'port'],
  [/\b10\.42\.\d+\.\d+\b(?!\/)/g, 'address'],
  [/\b(shop-dev-\w+)-[A-Z0-9]{12}\b/g, '$1-name'],
  [/\b\d+(\.\d+)? (ms|s|min)\b/g, 'time'],
  // More processes write more.
  [/\b\d+ (lines of Slipway's log|rows of Slipway's database)/g, '$1'],
];

function withoutPassing<T>(value: T): T {
  const text = passing.reduce((t, [pattern, word]) => t.replace(pattern, word), JSON.stringify(value));
  return JSON.parse(text) as T;
}

// Skipped with its reason where the demo would find no emulator; it starts one of its own.
await describeWithServices('the demo', ['moto'], () => {
  let alone: Story;

  test('every step of the story holds, and the plan comment is there within 5 seconds', async () => {
    alone = await played();
    expect(alone.ok).toBe(true);
    // Without a Vault it is one step less; the demo itself fails where one is required, as in CI.
    expect(alone.steps.map((s) => s.ok)).toEqual(Array(alone.leftOut === undefined ? 7 : 6).fill(true));
    const [, ms] = /plan comment (\d+) ms/.exec(alone.steps[0]!.seen.join('\n')) ?? [];
    console.info(`plan comment after ${ms} ms`);
    expect(Number(ms)).toBeLessThan(5_000);
  }, 180_000);

  test('two processes on PostgreSQL come to the same, though the one that applies is killed in the middle', async () => {
    const together = await played('--processes', '2');
    expect(together.webhooks?.every((count) => count > 5)).toBe(true);
    const [killed, tookOver, ...applied] = together.steps[3]!.seen;
    expect(killed).toMatch(/^process [12] of 2 was killed/);
    expect(tookOver).toMatch(/^another one took acme\/shop:infra\/shop\.yaml@dev over/);
    const steps = together.steps.map((step, i) => (i === 3 ? { ...step, seen: applied } : step));
    // The cloud after each step, and everything that GitHub shows in the end.
    expect(withoutPassing(steps.map(({ title, seen }) => ({ title, seen })))).toEqual(
      withoutPassing(alone.steps.map(({ title, seen }) => ({ title, seen }))),
    );
    expect(withoutPassing(together.shown)).toEqual(withoutPassing(alone.shown));
  }, 180_000);
});
