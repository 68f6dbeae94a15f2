import { AppError } from '../domain/app-error.ts';
import { build } from './build.ts';
import type { ProgramFiles } from './program-files.ts';

/**
 * A part of the program that is loaded when it is needed, the first time from its file.
 * @throws AppError `unavailable` when the file is of another build: a package manager has replaced it under the running server
 */
export function loadChunk<Part extends { readonly build: typeof build }>(files: ProgramFiles, name: string): Part {
  const part = files.load(name) as Part;
  if (part.build.id !== build.id)
    throw new AppError('unavailable', `maitred was upgraded to ${part.build.version}; reconnect to use it`);
  return part;
}
