import { execFileSync } from 'node:child_process';
import { lchownSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { Fault } from '../../src/domain/app-error.ts';
import type { FileOperations } from '../fixtures/file-operation.ts';

/** Root may do everything, whatever the permissions of a file say. */
export const isRoot = process.getuid?.() === 0;

export const nobody = 65_534;

/** Options of a process that permissions bind: it runs as nobody where the tests run as root. */
export const boundUser = isRoot ? { uid: nobody, gid: nobody } : {};

/** Makes a folder and what is in it belong to that user. */
export function giveToBoundUser(folder: string): void {
  if (!isRoot) return;
  const names = readdirSync(folder, { recursive: true }).map(String);
  for (const path of [folder, ...names.map((name) => join(folder, name))]) lchownSync(path, nobody, nobody);
}

export type Outcome<Result> =
  | { readonly result: Result; readonly fault?: undefined }
  | { readonly fault: Fault; readonly result?: undefined };

/** Does one thing with files in a process of its own. */
export function doInProcess<Name extends keyof FileOperations>(
  name: Name,
  args: readonly string[],
  {
    wrapper = [],
    ...user
  }: { readonly wrapper?: readonly string[]; readonly uid?: number; readonly gid?: number } = {},
): Outcome<Awaited<ReturnType<FileOperations[Name]>>> {
  const [file = process.execPath, ...rest] = [...wrapper, process.execPath, inject('fileOperation'), name, ...args];
  return JSON.parse(execFileSync(file, rest, { ...user, cwd: '/', encoding: 'utf8', timeout: 20_000 })) as Outcome<
    Awaited<ReturnType<FileOperations[Name]>>
  >;
}
