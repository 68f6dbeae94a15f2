import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { inject, onTestFinished } from 'vitest';
import type { HookScript } from '../../src/domain/hook-registry.ts';
import { type StateFolder, stateFolderAt } from '../../src/domain/state-folder.ts';
import { tempFolder } from '../doubles/temp-folder.ts';

export interface HookWorld {
  readonly homeDir: string;
  readonly projectDir: string;
  readonly stateFolder: StateFolder;
}

/** Folders that nobody else uses; those of the project and of the state do not exist. */
export function aHookWorld(): HookWorld {
  const homeDir = tempFolder();
  return { homeDir, projectDir: join(homeDir, 'project'), stateFolder: stateFolderAt(join(homeDir, "the state's")) };
}

export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface HookOptions {
  readonly world?: HookWorld;
  readonly env?: Readonly<Record<string, string>>;
  /** Without it, the user of the tests. */
  readonly user?: { readonly uid?: number; readonly gid?: number };
}

export const headless = { env: { MAITRED_HEADLESS: '1' } } as const;

/** Starts a built script as a client does; it is killed when the test ends. */
export function startHook(script: HookScript, { world, env, user }: HookOptions = {}): ChildProcessWithoutNullStreams {
  const { homeDir, stateFolder } = world ?? aHookWorld();
  const file = join(inject('programDir'), 'hooks', `${script}.js`);
  const child = spawn(process.execPath, [file, stateFolder.dir], {
    ...user,
    cwd: homeDir,
    env: { HOME: homeDir, ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  // A script that does not read to the end is found by what it says.
  child.stdin.on('error', () => undefined);
  return child;
}

export async function whatItSays(child: ChildProcessWithoutNullStreams): Promise<Said> {
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { code, stdout, stderr };
}

/** Runs a script with this on its stdin. */
export function runHookWith(script: HookScript, input: string | Uint8Array, options?: HookOptions): Promise<Said> {
  const child = startHook(script, options);
  child.stdin.end(input);
  return whatItSays(child);
}

export const runHookOn = (script: HookScript, event: object, options?: HookOptions): Promise<Said> =>
  runHookWith(script, JSON.stringify(event), options);

export interface RecordedEvent {
  readonly session_id: string;
  readonly tool_input: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

/** An event as the client wrote it; see recorded/README.md. */
export const recorded = (name: string): RecordedEvent =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'recorded', `${name}.json`), 'utf8')) as RecordedEvent;

export const allowed: Said = { code: 0, stdout: '', stderr: '' };

/** Why the tool is not called; fails for any other answer. */
export function denialIn({ code, stdout, stderr }: Said): string {
  const { hookSpecificOutput: output, ...others } = JSON.parse(stdout || '{}') as {
    hookSpecificOutput?: Record<string, string>;
  };
  const { permissionDecisionReason: reason, ...rest } = output ?? {};
  const said = { code, stderr, others, rest };
  const denial = { hookEventName: 'PreToolUse', permissionDecision: 'deny' };
  if (JSON.stringify(said) !== JSON.stringify({ code: 0, stderr: '', others: {}, rest: denial }))
    throw new Error(`no denial: ${JSON.stringify({ code, stdout, stderr })}`);
  return reason ?? '';
}
