import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Script } from 'node:vm';
import { AppError } from '../domain/app-error.ts';
import type { RefuseServeFlag } from '../domain/serve-flags.ts';
import type { DescribeUnknownOption } from '../domain/unknown-option.ts';
import { readOwnFile } from '../services/platform/read-regular-file.ts';
import { build } from './build.ts';

/** A part of the program in a file of its own, loaded when it is first needed. */
export interface Chunk {
  readonly build: typeof build;
}

/** The files of the program. */
export interface ProgramFiles {
  /** Where the built files lie. */
  readonly dir: string;
  /**
   * What the chunk exports, as `require` would give it.
   * @throws AppError `unavailable` when the file is of another build, because a package manager has replaced it under the running program; what
   * loading it throws. The next call tries again.
   */
  load<Loaded extends Chunk>(name: string): Loaded;
  /**
   * Reads a chunk that is loaded later: an upgrade until then does not matter any more.
   * @throws AppError `unavailable` when the file is of another build already; Node's error
   */
  fetch(name: string): void;
  /** The text of a data file. @throws Node's error */
  read(name: string): string;
  /**
   * Keeps the machine code of what was loaded for the next start, where it is not kept already. A failure does no harm: the next start compiles
   * again. V8 itself rejects code of another version or other flags.
   * @param folder `existing`: only where something has been kept before; a command that reads makes no folder
   */
  keepCompiledCode(folder: 'made' | 'existing'): void;
}

interface LoadedChunk {
  readonly exports: Chunk;
  readonly script: Script;
  readonly isKept: boolean;
}

/**
 * @param programDir where the built files lie
 * @param codeDir where compiled code is kept; a file name there names build, Node version and architecture
 */
export function createProgramFiles(
  programDir: string,
  codeDir: string,
  { version, arch, pid, getuid }: Pick<NodeJS.Process, 'version' | 'arch' | 'pid' | 'getuid'>,
): ProgramFiles {
  const loaded = new Map<string, LoadedChunk>();
  /** Of chunks that are not loaded yet. */
  const fetched = new Map<string, string>();
  const isOfThisBuild = (source: string) => source.trimEnd().endsWith(build.id);
  const codeFile = (name: string) => `${codeDir}/${name}-${build.id}-${version}-${arch}`;
  return {
    dir: programDir,
    load<Loaded extends Chunk>(name: string) {
      const known = loaded.get(name);
      if (known !== undefined) return known.exports as Loaded;
      const filename = `${programDir}/${name}.js`;
      const source = fetched.get(name) ?? readFileSync(filename, 'utf8');
      // A file of another build, put there by an upgrade, may have the same length, and V8 compares nothing else.
      const cachedData = isOfThisBuild(source) ? readKeptCode(codeFile(name), getuid?.()) : undefined;
      // The build writes each file as one function expression.
      const script = new Script(source, { filename, cachedData });
      const module = { exports: { build: { id: '', version: 'another version' } } };
      script.runInThisContext()(module.exports, require, module, filename, programDir);
      if (module.exports.build?.id !== build.id) throw upgradedTo(module.exports.build?.version ?? 'another version');
      const isKept = cachedData !== undefined && script.cachedDataRejected === false;
      loaded.set(name, { exports: module.exports, script, isKept });
      fetched.delete(name);
      return module.exports as unknown as Loaded;
    },
    fetch(name) {
      if (loaded.has(name) || fetched.has(name)) return;
      const source = readFileSync(`${programDir}/${name}.js`, 'utf8');
      if (!isOfThisBuild(source)) throw upgradedTo('another version');
      fetched.set(name, source);
    },
    read: (name) => readFileSync(`${programDir}/${name}`, 'utf8'),
    keepCompiledCode(folder) {
      if (folder === 'existing' && !existsSync(codeDir)) return;
      for (const [name, { script, isKept }] of loaded) {
        if (isKept) continue;
        const file = codeFile(name);
        // Containers that share the folder may have the same pids.
        const temporary = `${file}.${pid}${Date.now()}`;
        try {
          if (!existsSync(codeDir)) mkdirSync(codeDir, { mode: 0o700 });
          writeFileSync(temporary, script.createCachedData(), { mode: 0o600, flag: 'wx', flush: true });
          renameSync(temporary, file);
        } catch {
          // No state folder, or a full or read-only disk: the next start compiles again.
          rmSync(temporary, { force: true });
        }
      }
    },
  };
}

/** `describeUnknownOption`, which is loaded with the first use. */
export const describeUnknownOptionWith =
  (files: Pick<ProgramFiles, 'load'>): DescribeUnknownOption =>
  (...args) =>
    files.load<typeof import('./settings.ts')>('settings').describeUnknownOption(...args);

/** `refuseServeFlag`, which is loaded with the first use. */
export const refuseServeFlagWith =
  (files: Pick<ProgramFiles, 'load'>): RefuseServeFlag =>
  (...args) =>
    files.load<typeof import('./settings.ts')>('settings').refuseServeFlag(...args);

/** The error for a file of the program that belongs to another build. */
export const upgradedTo = (version: string): AppError =>
  new AppError('unavailable', `maitred was upgraded to ${version}; reconnect to use it`);

function readKeptCode(path: string, ownUid: number | undefined): Buffer | undefined {
  try {
    return readOwnFile(path, ownUid) ?? undefined;
  } catch {
    // Code that cannot be read is compiled again.
    return undefined;
  }
}
