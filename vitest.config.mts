import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The build puts the real ones in.
  define: { __MAITRED_VERSION__: '"0.0.0"', __MAITRED_BUILD_ID__: '"unbuilt"' },
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/support/count-skipped-browser-tests.ts', 'tests/support/build-program.ts'],
    pool: 'forks',
    // The tests wait for processes and browsers half of the time, on two cores.
    maxWorkers: 3,
    // Loads each module once a worker, not once a file: a quarter of the time. Tests therefore leave no global changed.
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // What is certain to come may be late on a loaded machine.
    expect: { poll: { timeout: 20_000 } },
  },
});
