import { existsSync } from 'node:fs';
import { readSmallFile } from '../../platform/read-regular-file.ts';

/** The files in the folder of a project that tell how it is built and tested. */
export interface ProjectFiles {
  has(name: string): boolean;
  /** null where there is no such file, or none of a size that a person would write. */
  read(name: string): string | null;
}

const maxBytes = 1_048_576;

export const projectFilesIn = (projectDir: string): ProjectFiles => ({
  has: (name) => existsSync(`${projectDir}/${name}`),
  read: (name) => readSmallFile(`${projectDir}/${name}`, maxBytes),
});
