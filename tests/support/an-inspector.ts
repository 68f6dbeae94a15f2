import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import type { World } from './spawned-server.ts';
import { type RunningInspector, startInspector } from './start-inspector.ts';

/** An inspector for the servers of a world; ends after the test. */
export async function anInspector(world: World, ...args: readonly string[]): Promise<RunningInspector> {
  const program = join(inject('programDir'), 'maitred.js');
  const inspector = await startInspector({ program, cwd: world.projectDir, env: world.env, args });
  onTestFinished(() => inspector.kill());
  return inspector;
}
