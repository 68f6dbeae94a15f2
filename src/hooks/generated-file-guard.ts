import { basename, dirname, resolve } from 'node:path';
import { printable } from '../domain/printable-text.ts';
import { readSmallFile } from '../services/platform/read-regular-file.ts';
import { isWithin, realPathOf } from '../services/platform/real-path.ts';
import { textFrom } from './read-event.ts';
import { type HookInput, runHook } from './run-hook.ts';

/* Keeps a session from editing what a program makes, and what decides over the session itself. */

/** Far more than there is in ours. */
const maxHooksFileBytes = 256 * 1_024;

void runHook((input) => {
  const { toolInput, cwd } = input.event;
  const asked = textFrom(toolInput.file_path) ?? textFrom(toolInput.notebook_path);
  if (asked === null) return null;
  const path = resolve(cwd ?? '', asked);
  const reason = reasonAgainst(path, input) ?? reasonAgainst(realPathOf(path), input);
  return reason === null ? null : { deny: `${printable(asked)} ${reason}` };
});

function reasonAgainst(path: string, { stateFolder }: HookInput): string | null {
  const isOurs = [stateFolder.pluginDir, realPathOf(stateFolder.pluginDir)].some((dir) => isWithin(path, dir));
  if (isOurs || isHooksFileOfOurs(path))
    return 'is made by maitred, and is made again when it has been changed. Leave it as it is; what maitred does is set in .maitred/config.yaml.';
  if (basename(path) === 'settings.json' && basename(dirname(path)) === '.claude')
    return 'decides what this session may do. Leave it as it is, and tell the person which line you would change and why.';
  return null;
}

/** A copy of our plugin too, such as the one that a client keeps. */
const isHooksFileOfOurs = (path: string): boolean =>
  basename(path) === 'hooks.json' && readSmallFile(path, maxHooksFileBytes)?.includes('"maitred_registry"') === true;
