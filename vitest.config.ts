import { defineConfig } from 'vitest/config';

// `long` holds what takes minutes (all mutants, a million rows, hundreds of kills); `npm test` runs seeded parts of it.
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'main', include: ['test/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 120_000 } },
      { test: { name: 'long', include: ['test/**/*.long.ts'], testTimeout: 3_600_000, hookTimeout: 600_000 } },
    ],
  },
});
