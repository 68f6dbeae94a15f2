import { lstatSync, statSync } from 'node:fs';
import { AppError } from '../../../domain/app-error.ts';
import { errorCodeOf } from '../../platform/error-code.ts';
import { createFileAtomically } from '../../platform/files.ts';

export interface ProjectFilesRequest {
  readonly projectDir: string;
  readonly configText: string;
  readonly secretsText: string;
}

export interface WrittenFile {
  /** From the project's folder. */
  readonly path: string;
  /** `kept`: something had the name before, and stays as it was. */
  readonly outcome: 'written' | 'kept';
}

const filesOf = ({ configText, secretsText }: ProjectFilesRequest): Readonly<Record<string, string>> => ({
  '.maitred/temp/.gitignore': '*\n',
  '.maitred/.secrets.yaml': secretsText,
  '.maitred/config.yaml': configText,
});

/**
 * Makes what is missing of a project's `.maitred` folder: files with mode 0600, folders with 0700. Nothing is ever overwritten, and a file
 * is there as a whole or not at all. Twice is safe; of several at the same time, the first wins for each file.
 * @throws AppError `unavailable`, naming the file that cannot be written; those before it are in place
 */
export async function writeProjectFiles(request: ProjectFilesRequest): Promise<readonly WrittenFile[]> {
  const written: WrittenFile[] = [];
  for (const [path, text] of Object.entries(filesOf(request))) {
    const isMade = await createFileAtomically(`${request.projectDir}/${path}`, text);
    written.push({ path, outcome: isMade ? 'written' : 'kept' });
  }
  return written;
}

/**
 * To be asked before a person is: writes nothing.
 * @throws AppError `conflict` when something stands where the project's `.maitred` folder must be
 */
export function checkProjectFolder(projectDir: string): void {
  const path = `${projectDir}/.maitred`;
  const flaw = flawOf(path);
  if (flaw !== null) throw new AppError('conflict', `${path} ${flaw}`, { details: { path } });
}

function flawOf(path: string): string | null {
  try {
    if (statSync(path).isDirectory()) return null;
    return 'is a file, and maitred keeps its settings in a folder of that name: move the file away';
  } catch (thrown) {
    const code = errorCodeOf(thrown);
    if (code === 'ENOENT' && lstatSync(path, { throwIfNoEntry: false }) === undefined) return null;
    if (code === 'ENOENT' || code === 'ELOOP')
      return 'is a link that leads nowhere: remove it, or make the folder that it names';
    return `cannot be looked at (${code}): give this user access to it`;
  }
}
