import { existsSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isAppError } from '../../domain/app-error.ts';
import type { ConfigSources } from '../../domain/early-settings.ts';
import { cannotWrite } from '../platform/cannot-write.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { withFileLock } from '../platform/file-lock.ts';
import { realPathOf } from '../platform/real-path.ts';
import { configError } from './config-error.ts';
import { nodeConfigFiles } from './config-files.ts';
import { ignoreSecrets } from './ignore-secrets.ts';
import type { FileLayerName, Setting } from './layer.ts';
import { keepSchemaBeside, newConfigHeader } from './new-config-file.ts';
import { judgeOpenness } from './read-file-layer.ts';
import { readFileText } from './read-file-text.ts';
import { fileOfLayer, layerContextOf } from './read-layer.ts';
import { readYamlLayer } from './read-yaml-layer.ts';
import { replaceFile } from './replace-file.ts';

export interface RewrittenConfig {
  readonly file: string;
  /** Whether anything was written. */
  readonly isChanged: boolean;
  /** What the file sets, as it stands afterwards. */
  readonly settings: readonly Setting[];
}

const byteOrderMark = '\uFEFF';

/**
 * The one way in which maitred changes a configuration file. What comes out is judged as a whole, key, value and placement, before
 * anything is written; other layers may be as they are. The file is replaced at once or not at all, keeps its permissions, and is
 * reached through links; a missing one is made with its folder (0600, 0700) and begins with a line for editors. Beside it the JSON
 * Schema is kept that this line names, and git is told to ignore a secrets file. Several processes take turns, so no change is lost;
 * twice is safe. Cannot be cancelled.
 * @param edit makes the new text of the old one; what it throws comes out, and nothing is written
 * @throws AppError `invalid_input`, naming the places, for a file that cannot be read or would not be valid; `unavailable` for one that
 * cannot be written
 */
export async function rewriteConfigFile(
  layer: FileLayerName,
  sources: ConfigSources,
  edit: (text: string) => string,
): Promise<RewrittenConfig> {
  const file = fileOfLayer(layer, sources);
  const readText = () => readConfigText(layer, file);
  // What cannot be read is refused before anything, a folder or a lock, is made for it.
  readText();
  return writingBeside(file, () =>
    withFileLock(realPathOf(file), async () => {
      const { text, hasByteOrderMark } = readText();
      const before = text ?? newConfigHeader(layer);
      const after = edit(before);
      const { settings, faults } = readYamlLayer(after, file, layerContextOf(layer, sources));
      if (faults.length > 0) throw configError(faults);
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
  const reading = readFileText(file, nodeConfigFiles);
  if ('fault' in reading) throw configError([reading.fault]);
  const open = layer === 'secrets' ? judgeOpenness(file, nodeConfigFiles) : [];
  if (open.length > 0) throw configError(open);
  return reading;
}

/** Leaves no empty folder where there was none, and says in our words why nothing could be written. */
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
    // Only an empty one can be removed so.
    if (isNewFolder) await rmdir(folder).catch(() => undefined);
  }
}
