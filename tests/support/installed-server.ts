import { resolve } from 'node:path';

/** The command of a reference server among the dependencies. */
export const installedServer = (name: 'everything' | 'filesystem', ...args: readonly string[]): readonly string[] => [
  process.execPath,
  resolve(`node_modules/@modelcontextprotocol/server-${name}/dist/index.js`),
  ...args,
];
