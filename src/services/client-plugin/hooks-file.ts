import { createHash } from 'node:crypto';
import { encodeJson } from '../../domain/encode-json.ts';
import { canonicalRegistryText, clientHooks, type HookPaths, hookRegistry } from '../../domain/hook-registry.ts';
import { parseJsonObject } from '../../domain/json-object.ts';
import { errorCodeOf } from '../platform/error-code.ts';
import { writeFileAtomically } from '../platform/files.ts';
import { openRegularFile } from '../platform/open-regular-file.ts';

/** What was wrong with the file on disk. */
export type HooksFlaw =
  /** A link, a folder, a pipe. */
  | 'no_regular_file'
  | 'unreadable'
  /** Not JSON, or incomplete. */
  | 'broken'
  /** Written by a maitred with other hooks. */
  | 'other_registry'
  /** The same hooks with other commands: another Node, program or state folder. */
  | 'other_commands'
  /** Changed in any other way. */
  | 'edited';

export type HooksFileState =
  | { readonly state: 'absent' | 'current' }
  | { readonly state: 'repaired'; readonly flaw: HooksFlaw };

/** The content that the plugin's `hooks/hooks.json` must have on this machine. The same paths give the same text. */
export function hooksFileText(paths: HookPaths): string {
  const registryHash = createHash('sha256').update(canonicalRegistryText(hookRegistry)).digest('hex');
  return `${encodeJson(clientHooks(hookRegistry, registryHash, paths), 2)}\n`;
}

/**
 * Replaces the file atomically if its content differs. An absent file stays absent: the plugin is not installed. Safe from several servers
 * at once; twice is safe.
 * @param text the exact content that the file must have
 * @param signal if it is aborted before the file is written, the file stays as it is
 * @throws AppError `unavailable`, naming the path and the fix, if the file cannot be written; it stays as it was
 */
export async function repairHooksFile(path: string, text: string, signal?: AbortSignal): Promise<HooksFileState> {
  const found = await readFound(path, 4 * Buffer.byteLength(text));
  if (found === null) return { state: 'absent' };
  if ('text' in found && found.text === text) return { state: 'current' };
  signal?.throwIfAborted();
  await writeFileAtomically(path, text);
  return { state: 'repaired', flaw: 'flaw' in found ? found.flaw : flawOf(found.text, text) };
}

type Found = { readonly text: string } | { readonly flaw: HooksFlaw };

/** @param mostBytes where reading stops: a longer file is not ours, whatever it holds */
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
  const [foundHooks, expectedHooks] = [parseJsonObject(found), parseJsonObject(expected)];
  if (foundHooks === null) return 'broken';
  if (foundHooks.maitred_registry !== expectedHooks?.maitred_registry) return 'other_registry';
  const isAlike = (view?: typeof withoutCommands) =>
    JSON.stringify(foundHooks, view) === JSON.stringify(expectedHooks, view);
  return isAlike(withoutCommands) && !isAlike() ? 'other_commands' : 'edited';
}

const withoutCommands = (key: string, value: unknown): unknown => (key === 'command' ? '' : value);
