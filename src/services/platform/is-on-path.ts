import { accessSync, constants, statSync } from 'node:fs';

/** Whether a shell with this `PATH` finds a program of that name. Empty and relative entries are ignored. */
export function isOnPath(program: string, path = ''): boolean {
  return path.split(':').some((dir) => dir.startsWith('/') && isExecutable(`${dir}/${program}`));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
