import { lstatSync, statSync } from 'node:fs';
import { AppError } from '../../../domain/app-error.ts';
import { errorCodeOf } from '../../platform/error-code.ts';
import { createFileAtomically } from '../../platform/files.ts';

export interface WrittenFile {
  /** Relative to the project's folder. */
  readonly path: string;
  /** `kept`: the name existed, and stays as it was. */
  readonly outcome: 'written' | 'kept';
}

/**
 * Writes the missing files of a project's `.maitred` folder atomically: files with mode 0600, folders with 0700. Nothing is overwritten.
 * Twice is safe; of several calls at the same time, the first wins for each file.
 * @throws AppError `unavailable`, naming the file that cannot be written; those before it are written
 */
export async function writeProjectFiles(
  projectDir: string,
  { configText, secretsText }: { readonly configText: string; readonly secretsText: string },
): Promise<readonly WrittenFile[]> {
  const texts = {
    '.maitred/temp/.gitignore': '*\n',
    '.maitred/.secrets.yaml': secretsText,
    '.maitred/config.yaml': configText,
  };
  const written: WrittenFile[] = [];
  for (const [path, text] of Object.entries(texts)) {
    const isMade = await createFileAtomically(`${projectDir}/${path}`, text);
    written.push({ path, outcome: isMade ? 'written' : 'kept' });
  }
  return written;
}

/**
 * Call it before asking a person. Writes nothing.
 * @throws AppError `conflict` if the project's `.maitred` is not a folder
 */
export function validateProjectFolder(projectDir: string): void {
  const path = `${projectDir}/.maitred`;
  const flaw = flawOf(path);
  if (flaw !== null) throw new AppError('conflict', `${path} ${flaw}`, { details: { path } });
}

function flawOf(path: string): string | null {
  try {
    if (statSync(path).isDirectory()) return null;
    return 'is a file, but maitred needs a folder of that name: move the file away';
  } catch (thrown) {
    const code = errorCodeOf(thrown);
    // Another process may have made the folder since.
    if (code === 'ENOENT' && lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return null;
    if (code === 'ENOENT' || code === 'ELOOP')
      return 'is a dangling link: remove it, or create the folder that it names';
    return `cannot be read (${code}): give this user access to it`;
  }
}
