import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // For the processes that tests start: what Node compiles is kept for the next one, as bin/slipway does.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('.cache/compiled', import.meta.url)) },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // One more than CI has cores: tests wait for servers most of the time.
    maxWorkers: 3,
    // What is waited for comes sooner or later; on a busy machine, later.
    expect: { poll: { timeout: 20_000 } },
  },
});
