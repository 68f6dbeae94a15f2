import { defineConfig } from 'vitest/config';

/** With heavy servers, which are installed for it (or `MAITRED_HEAVY_SERVERS=path/to/node_modules`): `npm run test:servers`. */
export default defineConfig({
  test: {
    include: ['tests/heavy-servers/**/*.server.ts'],
    globalSetup: ['tests/support/build-program.ts', 'tests/heavy-servers/install-heavy-servers.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
