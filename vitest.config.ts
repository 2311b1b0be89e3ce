import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // Some tests hold figures against budgets, and CI's machines are shared.
    retry: process.env.CI ? 2 : 0,
    // What is waited for comes sooner or later; on a busy machine, later.
    expect: { poll: { timeout: 20_000 } },
  },
});
