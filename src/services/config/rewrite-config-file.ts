import { existsSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isAppError } from '../../domain/app-error.ts';
import { byteOrderMark } from '../../domain/byte-order-mark.ts';
import type { ConfigSources } from '../../domain/early-settings.ts';
import { placedFaultsError } from '../../domain/placed-fault.ts';
import { cannotWrite } from '../platform/cannot-write.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { replaceFile } from '../platform/files.ts';
import { withFileLock } from '../platform/folder-lock.ts';
import { realPathOf } from '../platform/real-path.ts';
import { readTextFile } from '../yaml/read-text-file.ts';
import { ignoreSecrets, keepSchemaBeside, newConfigHeader } from './config-folder.ts';
import type { FileLayerName, Setting } from './layer.ts';
import { fileOfLayer, validatePermissions } from './read-layer.ts';
import { readYamlLayer } from './read-yaml-layer.ts';

export interface RewrittenConfig {
  readonly file: string;
  /** Whether anything was written. */
  readonly isChanged: boolean;
  /** What the file sets afterwards. */
  readonly settings: readonly Setting[];
}

/**
 * The one way in which maitred changes a configuration file. The new text is validated as a whole before anything is written, unless it
 * may have faults; other layers may. The file is replaced atomically and keeps its permissions; links are followed. A missing file is made with its
 * folder (0600, 0700) and begins with a line for editors. The JSON Schema that this line names is kept beside it, and .gitignore gets a
 * line for a secrets file. Several processes take turns, so no change is lost; twice is safe. Cannot be cancelled.
 * @param edit returns the new text for the old one of the file at `path`; an error that it throws is rethrown, and nothing is written
 * @throws AppError `invalid_input`, naming the places, for a file that cannot be read or would not be valid; `unavailable` for one that
 * cannot be written
 */
export async function rewriteConfigFile(
  layer: FileLayerName,
  sources: ConfigSources,
  edit: (text: string, path: string) => string,
  mayHaveFaults = false,
): Promise<RewrittenConfig> {
  const file = fileOfLayer(layer, sources);
  const readText = () => readConfigText(layer, file);
  // Reject an unreadable file before making a folder or a lock for it.
  readText();
  return writingBeside(file, () =>
    withFileLock(realPathOf(file), async () => {
      const { text, hasByteOrderMark } = readText();
      const before = text ?? newConfigHeader(layer);
      const after = edit(before, file);
      const { settings, faults } = readYamlLayer(after, file, { ...sources, layer });
      if (faults.length > 0 && !mayHaveFaults) throw placedFaultsError(faults);
      if (after === before) return { file, isChanged: false, settings };
      await keepSchemaBeside(dirname(file), after);
      if (layer === 'secrets') await ignoreSecrets(dirname(file));
      await replaceFile(file, `${hasByteOrderMark ? byteOrderMark : ''}${after}`);
      return { file, isChanged: true, settings };
    }),
  );
}

function readConfigText(
  layer: FileLayerName,
  file: string,
): { readonly text: string | null; readonly hasByteOrderMark: boolean } {
  const reading = readTextFile(file);
  if ('fault' in reading) throw placedFaultsError([reading.fault]);
  const faults = layer === 'secrets' ? validatePermissions(file) : [];
  if (faults.length > 0) throw placedFaultsError(faults);
  return reading;
}

/** Removes a folder that was made for nothing, and explains a failed write. */
async function writingBeside<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  const folder = dirname(file);
  const isNewFolder = !existsSync(folder);
  try {
    return await work();
  } catch (thrown) {
    if (isAppError(thrown) || !(thrown instanceof Error && 'syscall' in thrown)) throw thrown;
    const isNoFolder = ['ENOTDIR', 'EEXIST'].includes(errorCodeOf(thrown));
    throw cannotWrite(isNoFolder ? folder : file, thrown);
  } finally {
    // Fails on a folder that is not empty.
    if (isNewFolder) await rmdir(folder).catch(() => undefined);
  }
}
