import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import type { World } from './spawned-server.ts';
import { type RunningWindow, startWindow } from './start-window.ts';

/** The window on the servers of a world; it goes with the test. */
export async function aWindow(world: World, ...args: readonly string[]): Promise<RunningWindow> {
  const program = join(inject('programDir'), 'maitred.js');
  const window = await startWindow({ program, cwd: world.projectDir, env: world.env, args });
  onTestFinished(() => window.kill());
  return window;
}
