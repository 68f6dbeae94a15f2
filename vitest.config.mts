import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The build puts the real ones in.
  define: { __MAITRED_VERSION__: '"0.0.0"', __MAITRED_BUILD_ID__: '"unbuilt"' },
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/support/build-program.ts'],
    pool: 'forks',
    // One more than the two cores of CI: the end-to-end tests wait for other processes most of the time.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
