import { existsSync } from 'node:fs';
import { withoutByteOrderMark } from '../../../domain/byte-order-mark.ts';
import { isJsonObject, parseJsonObject } from '../../../domain/json-object.ts';
import { readSmallFile } from '../../platform/read-regular-file.ts';

/** The files in a project's folder, from which its tools are detected. */
export interface ProjectFiles {
  has(name: string): boolean;
  /** Without a byte order mark; null if the file does not exist or is too large to be written by a person. */
  read(name: string): string | null;
}

const maxBytes = 1_048_576;

export const projectFilesIn = (projectDir: string): ProjectFiles => ({
  has: (name) => existsSync(`${projectDir}/${name}`),
  read(name) {
    const text = readSmallFile(`${projectDir}/${name}`, maxBytes);
    return text === null ? null : withoutByteOrderMark(text);
  },
});

/** The files in which task runners look for tasks, in their order. */
export const taskFiles = {
  task: ['Taskfile.yml', 'taskfile.yml', 'Taskfile.yaml', 'taskfile.yaml', 'Taskfile.dist.yml', 'Taskfile.dist.yaml'],
  make: ['GNUmakefile', 'makefile', 'Makefile'],
  just: ['justfile', 'Justfile', '.justfile'],
} as const;

/** The parts of package.json that name how the project is built and tested. */
export interface PackageJson {
  readonly packageManager: string | null;
  readonly testScript: string | null;
}

/** null if there is no readable package.json. */
export function readPackageJson(files: ProjectFiles): PackageJson | null {
  const content = parseJsonObject(files.read('package.json') ?? '');
  if (content === null) return null;
  const { packageManager, scripts } = content;
  return {
    packageManager: textOrNull(packageManager),
    testScript: isJsonObject(scripts) ? textOrNull(scripts.test) : null,
  };
}

const textOrNull = (value: unknown) => (typeof value === 'string' ? value : null);
