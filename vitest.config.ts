import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes minutes goes first, so that nobody waits for it alone in the end. */
const longest =
  /test\/(contract\/(resource-types|faults)|e2e\/(kill|never-stuck|outside)|docs\/readme)\.test\.ts$/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => longest.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // For the processes that tests start: what Node compiles is kept for the next one, as bin/slipway does.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('.cache/compiled', import.meta.url)) },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // One more than CI has cores: tests wait for servers most of the time.
    maxWorkers: 3,
    // A worker takes one file after the other: to load everything anew for each took a quarter of the time.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // What is waited for comes sooner or later; on a busy machine, later.
    expect: { poll: { timeout: 20_000 } },
  },
});
