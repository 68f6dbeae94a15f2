import { createHash } from 'node:crypto';
import { canonicalRegistryText, clientHooks, type HookPaths, hookRegistry } from '../../domain/hook-registry.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { writeFileAtomically } from '../platform/files.ts';
import { openRegularFile } from '../platform/open-regular-file.ts';

/** What of the file on disk was not as it must be. */
export type HooksFlaw =
  /** A link, a folder, a pipe. */
  | 'no_regular_file'
  | 'unreadable'
  /** Not JSON: torn, or something else. */
  | 'broken'
  /** Made by a maitred with other hooks. */
  | 'other_registry'
  /** The same hooks, started by other commands: those of another Node, program or state folder. */
  | 'other_commands'
  /** Changed in any other way. */
  | 'edited';

export type HooksFileState =
  | { readonly state: 'absent' | 'current' }
  | { readonly state: 'mended'; readonly flaw: HooksFlaw };

export interface RepairOptions {
  readonly path: string;
  /** What the file must hold, to the byte. */
  readonly text: string;
  /** Aborted before the file is written, it leaves the file as it is. */
  readonly signal?: AbortSignal;
}

/** The text that the plugin's `hooks/hooks.json` must have on this machine. The same paths give the same text. */
export function hooksFileText(paths: HookPaths): string {
  const registryHash = createHash('sha256').update(canonicalRegistryText(hookRegistry)).digest('hex');
  return `${JSON.stringify(clientHooks(hookRegistry, registryHash, paths), null, 2)}\n`;
}

/**
 * Compares the file with what it must hold, and puts that in place as a whole where it differs. A file that is absent stays absent:
 * nobody has asked for the plugin. Several servers may do so at once, and twice is safe.
 * @throws AppError `unavailable`, naming the path and what to do, when the file cannot be written; it is as it was
 */
export async function repairHooksFile({ path, text, signal }: RepairOptions): Promise<HooksFileState> {
  const found = await readFound(path, 4 * Buffer.byteLength(text));
  if (found === null) return { state: 'absent' };
  if ('text' in found && found.text === text) return { state: 'current' };
  signal?.throwIfAborted();
  await writeFileAtomically(path, text);
  return { state: 'mended', flaw: 'flaw' in found ? found.flaw : flawOf(found.text, text) };
}

type Found = { readonly text: string } | { readonly flaw: HooksFlaw };

/** @param mostBytes what is longer is not ours whatever it holds, and is not read to its end */
async function readFound(path: string, mostBytes: number): Promise<Found | null> {
  try {
    const file = await openRegularFile(path);
    if (file === null) return { flaw: 'no_regular_file' };
    try {
      const { buffer, bytesRead } = await file.handle.read(Buffer.alloc(mostBytes), 0, mostBytes, 0);
      return { text: buffer.toString('utf8', 0, bytesRead) };
    } finally {
      await file.handle.close();
    }
  } catch (thrown) {
    const code = errorCodeOf(thrown);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    return { flaw: code === 'ELOOP' || code === 'ENXIO' ? 'no_regular_file' : 'unreadable' };
  }
}

function flawOf(found: string, expected: string): HooksFlaw {
  const [foundHooks, expectedHooks] = [parse(found), parse(expected)];
  if (foundHooks === null) return 'broken';
  if (foundHooks.maitred_registry !== expectedHooks?.maitred_registry) return 'other_registry';
  const isAlike = (view?: typeof withoutCommands) =>
    JSON.stringify(foundHooks, view) === JSON.stringify(expectedHooks, view);
  return isAlike(withoutCommands) && !isAlike() ? 'other_commands' : 'edited';
}

const withoutCommands = (key: string, value: unknown): unknown => (key === 'command' ? '' : value);

function parse(text: string): { maitred_registry?: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
