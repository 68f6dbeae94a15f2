import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The program of Claude Code. */
    claudeFile: string;
  }
}

/** Installs the client into a temporary folder. It has several hundred megabytes, so it is not a dependency. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.MAITRED_CLAUDE;
  if (given) {
    project.provide('claudeFile', given);
    return async () => undefined;
  }
  const dir = await mkdtemp(join(tmpdir(), 'maitred-claude-'));
  const removeDir = () => rm(dir, { recursive: true, force: true });
  try {
    await execa('npm', ['install', '--prefix', dir, '--no-audit', '--no-fund', '@anthropic-ai/claude-code'], {
      timeout: 600_000,
    });
  } catch (problem) {
    await removeDir();
    throw problem;
  }
  project.provide('claudeFile', join(dir, 'node_modules/.bin/claude'));
  return removeDir;
}
