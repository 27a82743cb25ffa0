import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// `long` holds what takes minutes (all mutants, a million rows, hundreds of kills); `npm test` runs seeded parts of it.
// As Node resolves: Vite would take graphql's other entry, and a schema of the one is none to the other.
const resolve = { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }] };
// CI's machine may stall for seconds, and tests that hold a time would fail for it; a fault fails twice, and the report says
// which tests were tried again.
const retry = process.env.CI === undefined ? 0 : 1;

export default defineConfig({
  test: {
    // Most files wait for servers: on two cores the default, one worker, would leave both idle half of the time.
    maxWorkers: 2,
    projects: [
      {
        resolve,
        test: { name: 'main', include: ['test/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 120_000, retry },
      },
      { resolve, test: { name: 'long', include: ['test/**/*.long.ts'], testTimeout: 3_600_000, hookTimeout: 600_000 } },
    ],
  },
});
