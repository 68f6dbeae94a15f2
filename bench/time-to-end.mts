import { type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface ShortLived extends Pick<SpawnOptions, 'cwd'> {
  /** The arguments of Node: the script and its arguments. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly input?: Buffer;
}

/** Milliseconds from the spawn until a script has exited and its output is complete. */
export async function timeToEnd({ args, cwd, env, input }: ShortLived): Promise<number> {
  const beganMs = performance.now();
  const child = spawn(process.execPath, [...args], { cwd, env: { ...env }, stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.on('error', () => undefined).end(input);
  child.stdout.resume();
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${args[0]} ended with ${code}`);
  return performance.now() - beganMs;
}
