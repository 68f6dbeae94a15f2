import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { TestProject } from 'vitest/node';

const packages = ['@wonderwhy-er/desktop-commander@0.2.52', 'mongodb-mcp-server@3.0.4'];

declare module 'vitest' {
  export interface ProvidedContext {
    /** The `node_modules` folder with the heavy servers. */
    heavyServersDir: string;
  }
}

/** Installs the servers into a temporary folder. They have several hundred megabytes, so they are not dependencies. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.MAITRED_HEAVY_SERVERS;
  if (given) {
    project.provide('heavyServersDir', given);
    return async () => undefined;
  }
  const dir = await mkdtemp(join(tmpdir(), 'maitred-heavy-servers-'));
  const removeDir = () => rm(dir, { recursive: true, force: true });
  try {
    // Their install scripts download browsers and report the installation.
    await execa('npm', ['install', '--prefix', dir, '--ignore-scripts', '--no-audit', '--no-fund', ...packages], {
      timeout: 600_000,
    });
  } catch (problem) {
    await removeDir();
    throw problem;
  }
  project.provide('heavyServersDir', join(dir, 'node_modules'));
  return removeDir;
}
