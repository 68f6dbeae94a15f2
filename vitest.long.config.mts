import { defineConfig } from 'vitest/config';

/** What takes minutes: `npm run test:long`. */
export default defineConfig({
  test: {
    include: [
      'tests/long/**/*.long.ts',
      'tests/end-to-end/killed-fronts.test.ts',
      'tests/end-to-end/interrupted-runs.test.ts',
      'tests/end-to-end/killed-sessions.test.ts',
      'tests/services/journal/killed-writer.test.ts',
      'tests/services/state/crash-recovery/killed-recovery.test.ts',
      'tests/services/state/session-log/killed-prune.test.ts',
    ],
    env: { MAITRED_EVERY_STEP: '1' },
    globalSetup: ['tests/support/build-program.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 1_800_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
