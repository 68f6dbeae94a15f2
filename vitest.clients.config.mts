import { defineConfig } from 'vitest/config';

/** With a real client, which is installed for it (or `MAITRED_CLAUDE=path/to/claude`): `npm run test:clients`. */
export default defineConfig({
  test: {
    include: ['tests/clients/**/*.client.ts'],
    globalSetup: ['tests/support/build-program.ts', 'tests/clients/install-claude.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
