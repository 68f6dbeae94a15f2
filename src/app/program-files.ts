import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Script } from 'node:vm';
import { readOwnFile } from '../services/platform/read-own-file.ts';
import { build } from './build.ts';

/** The files of the program that are loaded when they are asked for. */
export interface ProgramFiles {
  /** Where the built files lie. */
  readonly dir: string;
  /** What the file exports, as `require` would give it. @throws what loading it throws; the next call tries again */
  load(name: string): unknown;
  /**
   * Keeps the machine code of what was loaded for the next start, where it is not kept already. A failure is no harm: the next start compiles
   * again, and V8 itself refuses code of another version or other flags.
   * @param folder `existing`: only where something has been kept before; a command that reads makes no folder
   */
  keepCompiledCode(folder: 'made' | 'existing'): void;
}

interface Loaded {
  readonly exports: unknown;
  readonly script: Script;
  readonly isKept: boolean;
}

/**
 * @param programDir where the built files lie
 * @param codeDir where compiled code is kept; a file name there says build, Node and architecture
 */
export function createProgramFiles(
  programDir: string,
  codeDir: string,
  { version, arch, pid, getuid }: Pick<NodeJS.Process, 'version' | 'arch' | 'pid' | 'getuid'>,
): ProgramFiles {
  const loaded = new Map<string, Loaded>();
  const codeFile = (name: string) => `${codeDir}/${name}-${build.id}-${version}-${arch}`;
  return {
    dir: programDir,
    load(name) {
      const known = loaded.get(name);
      if (known !== undefined) return known.exports;
      const filename = `${programDir}/${name}.js`;
      const source = readFileSync(filename, 'utf8');
      // A file of another build, put there by an upgrade, may have the same length, and V8 looks no closer.
      const cachedData = source.trimEnd().endsWith(build.id) ? readKeptCode(codeFile(name), getuid?.()) : undefined;
      // The build writes each file as one function expression.
      const script = new Script(source, { filename, cachedData });
      const module = { exports: {} };
      script.runInThisContext()(module.exports, require, module, filename, programDir);
      const isKept = cachedData !== undefined && script.cachedDataRejected === false;
      loaded.set(name, { exports: module.exports, script, isKept });
      return module.exports;
    },
    keepCompiledCode(folder) {
      if (folder === 'existing' && !existsSync(codeDir)) return;
      for (const [name, { script, isKept }] of loaded) {
        if (isKept) continue;
        const file = codeFile(name);
        const temporary = `${file}.${pid}`;
        try {
          mkdirSync(codeDir, { recursive: true, mode: 0o700 });
          writeFileSync(temporary, script.createCachedData(), { mode: 0o600, flag: 'wx' });
          renameSync(temporary, file);
        } catch {
          // A full or read-only disk: the next start compiles again.
        }
      }
    },
  };
}

function readKeptCode(path: string, ownUid: number | undefined): Buffer | undefined {
  try {
    return readOwnFile(path, ownUid) ?? undefined;
  } catch {
    // What cannot be read is made anew.
    return undefined;
  }
}
