import { readFileSync, statSync } from 'node:fs';

export interface ConfigFileFacts {
  isFile(): boolean;
  isDirectory(): boolean;
  /** Bytes. */
  readonly size: number;
  readonly mode: number;
}

/**
 * The files that a configuration is read from. Both functions follow links, wait for the disk and throw Node's
 * own errors (`ENOENT`, `EACCES`, …).
 */
export interface ConfigFiles {
  stat(path: string): ConfigFileFacts;
  readFile(path: string): Buffer;
}

export const nodeConfigFiles: ConfigFiles = {
  stat: (path) => statSync(path),
  readFile: (path) => readFileSync(path),
};
