import { defineConfig } from 'vitest/config';

/** With real clients, which tests/clients/install-clients.ts installs: `npm run test:clients`. */
export default defineConfig({
  test: {
    include: ['tests/clients/**/*.client.ts'],
    globalSetup: ['tests/support/build-program.ts', 'tests/clients/install-clients.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
